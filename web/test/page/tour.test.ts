/// <reference types="node" />
/** The stations of the tour: their figures and their controls are those of the page. */

import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { Control } from "../../src/frame/control.ts";
import { controls } from "../../src/page/state.ts";
import stations from "../../src/page/stations.json";

const html = readFileSync(new URL("../../index.html", import.meta.url), "utf-8");

test("there is a link to each station", () => {
  expect(controls.tour.greatest).toBe(stations.length);
});

test.each(stations)("$title", ({ figure, state }) => {
  expect(html).toContain(`<figure id="${figure}"`);
  for (const [name, text] of Object.entries(state)) {
    const control = controls[name as keyof typeof controls] as Control<unknown> | undefined;
    const value = control?.parse(text);
    expect(value, name).toBeDefined();
    expect(control!.format(value), name).toBe(text);
  }
});
