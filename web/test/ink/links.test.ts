/** Links that Python makes (spec/link.md): the page reads from them what was put in, and writes the same codes. */

import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { decodeInk, encodeInk } from "../../src/ink/encode.ts";
import { placed } from "../../src/ink/place.ts";
import { type ControlName, controls, readAddress } from "../../src/page/state.ts";

const ROOT = new URL("../../../", import.meta.url);

interface Golden {
  readonly inks: Record<string, { points: number[]; pen_up: number[]; codes: string[] }>;
  readonly links: readonly { settings: Record<string, unknown>; link: string }[];
}

const golden = JSON.parse(readFileSync(new URL("spec/golden/links.json", ROOT), "utf-8")) as Golden;

test.each(Object.entries(golden.inks))("the code of an ink: %s", (_, { points, pen_up, codes }) => {
  const strokes = placed({ points: Float32Array.from(points), penUp: Uint8Array.from(pen_up) });
  expect([0, 1, 4].map((coarseness) => encodeInk(strokes, coarseness))).toEqual(codes);
  expect(decodeInk(codes[0]!)).toStrictEqual(strokes);
});

test.each(golden.links)("a link to a figure: $settings.figure", ({ settings, link }) => {
  const { figure, checkpoint, ...rest } = settings;
  const { values, ink } = readAddress(new URL(link));
  expect(values.checkpoint).toBe(checkpoint ?? "");
  expect(decodeInk(ink)).toHaveLength(2);
  const asked = Object.entries(rest).map(([name, value]) => [
    figure === "writing" ? name : `${figure}.${name}`,
    value,
  ]) as [ControlName, unknown][];
  for (const [name, value] of asked) expect(values[name]).toEqual(value);
  for (const name of Object.keys(controls) as ControlName[]) {
    if (name !== "checkpoint" && !asked.some(([each]) => each === name)) {
      expect(values[name]).toEqual(controls[name].initial);
    }
  }
});
