/// <reference types="node" />
/** Limits and colours of cells: the same in Python. */

import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { plainest, rhythm } from "../../src/cells/rhythm.ts";
import {
  ColourScale,
  centreOf,
  clippedShare,
  type LimitsKind,
  limitOf,
  limitsOf,
  summarise,
} from "../../src/cells/scale.ts";
import { divergingPalette, parse } from "../../src/draw/palette.ts";
import type { Quantity } from "../../src/engine/cell-trace.ts";

const ROOT = new URL("../../../", import.meta.url);

interface Case {
  readonly what: Quantity;
  readonly limits: LimitsKind;
  readonly log: boolean;
  readonly each: readonly number[];
  readonly beyond: number;
  readonly levels: readonly number[];
}

interface Golden {
  readonly cells: number;
  readonly values: Readonly<Record<string, readonly number[]>>;
  readonly heights: readonly number[];
  readonly rhythm: Readonly<Record<string, readonly number[]>>;
  readonly plainest: Readonly<Record<string, number>>;
  readonly palettes: Readonly<Record<"light" | "dark", readonly number[]>>;
  readonly cases: readonly Case[];
}

// Made by Python: both have the same colours (spec/cells.md).
const golden = JSON.parse(readFileSync(new URL("spec/golden/cells.json", ROOT), "utf-8")) as Golden;

test.each(["light", "dark"] as const)("the palette for %s paper", (theme) => {
  const found = divergingPalette(theme).css.flatMap((text) =>
    [...parse(text)].map((part) => Math.round(255 * part)),
  );
  expect(found).toHaveLength(golden.palettes[theme].length);
  found.forEach((value, k) => {
    expect(Math.abs(value - golden.palettes[theme][k]!)).toBeLessThanOrEqual(1);
  });
});

test.each(
  golden.cases.map((each) => [`${each.what}, ${each.limits}${each.log ? ", log" : ""}`, each] as const),
)("limits and colours of %s", (_, { what, limits: kind, log, each, beyond, levels }) => {
  const { cells } = golden;
  const values = Float32Array.from(golden.values[what]!);
  const limits = limitsOf(summarise(values, cells, centreOf(what)), kind, centreOf(what));
  expect(Array.from({ length: cells }, (_, cell) => limitOf(limits, cell))).toEqual(each);
  const scale = new ColourScale(limits, log);
  expect(Array.from(values, (value, k) => scale.level(value, k % cells))).toEqual(levels);
  // With limits of their own nothing lies beyond.
  if (kind !== "own") expect(clippedShare(values, limits)).toBe(beyond);
});

test.each(["c", "f"])("how closely %s keeps time with the pen", (what) => {
  const { cells, heights, values, rhythm: expected } = golden;
  const given = Float32Array.from(values[what]!);
  const swing = rhythm(given, cells, heights);
  expect(plainest(given, swing)).toBe(golden.plainest[what]);
  swing.forEach((share, cell) => {
    expect(share).toBeCloseTo(expected[what]![cell]!, 6);
  });
});
