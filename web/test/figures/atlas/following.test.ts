/** What an atlas says: tables, moments, and findings in sentences. */

import { describe, expect, test } from "vitest";
import { Atlas, type AtlasAbout, type AtlasFeature } from "../../../src/atlas/atlas.ts";
import { FIRST, featureNamed, findings } from "../../../src/figures/atlas/findings.ts";
import {
  arranged,
  cellsFollowing,
  featureRows,
  featuresOf,
  margin,
  momentsOf,
  usualReach,
  wayOf,
} from "../../../src/figures/atlas/following.ts";

const CELLS = 4;

function feature(name: string, best: readonly [number, number], chance: number, more = {}): AtlasFeature {
  return {
    name,
    what: `What ${name} is.`,
    unit: "",
    kind: "linear",
    lags: true,
    rows: 100,
    best: { c: best, h: best },
    chance: { c: chance, h: chance },
    probe: { metric: "R2", value: 0.5, control: 0.01 },
    ...more,
  };
}

const SCORES: readonly (readonly number[])[] = [
  [0.1, -0.6, 0.3, 0],
  [0.2, 0.1, -0.7, 0.4],
  [0.05, 0.3, 0.1, 0.2],
];
const FEATURES = [
  feature(FIRST, [1, -0.6], 0.05, { probe: { metric: "AUC", value: 0.9, control: 0.5 } }),
  feature("x in line", [2, -0.7], 0.65),
  feature("speed", [1, 0.3], 0.1, { probe: { metric: "R2", value: 0.97, control: -0.01 } }),
];

function atlas(features = FEATURES): Atlas {
  const F = features.length;
  const about = {
    checkpoint: { name: "made", sha256: "", layers: 2, hidden: 2 },
    data: { fit: { lines: 5 }, held_out: { lines: 3 }, terms: "" },
    orders: [],
    features,
    lags: [0],
    clusters: [],
    lines: { source: "samples", seed: 1, count: 3, steps: 9, variation: 0.5 },
    effects: [],
  } as AtlasAbout;
  const score = new Float32Array(F * CELLS);
  for (let row = 0; row < F; row++) score.set(SCORES[row]!, row * CELLS);
  return new Atlas(
    about,
    new Map<string, Float32Array | Int8Array | Uint16Array>([
      ["score.c", score],
      ["lag.c", Int8Array.from(score, (_, at) => (at === 1 ? 2 : 0))],
      ["lagged.c", score.map((value, at) => (at === 1 ? -0.8 : value))],
      ["preferred.c", Float32Array.of(0, -90, 45, 180)],
      // 2 ends, N cells, 2 moments
      ["strongest.line", Uint16Array.from({ length: 16 }, (_, at) => at % 3)],
      ["strongest.step", Uint16Array.from({ length: 16 }, (_, at) => at)],
      ["strongest.value", Float32Array.from({ length: 16 }, (_, at) => at / 2)],
      ["range.c", Float32Array.from({ length: 20 }, (_, at) => at - 10)],
    ]),
  );
}

const said = (parts: ReturnType<typeof findings>[number]): string =>
  parts.map((part) => (typeof part === "string" ? part : `[${part.cell}]`)).join("");

describe("the table of features", () => {
  const rows = featureRows(atlas());

  test.each([
    ["alone", ["x in line", FIRST, "speed"]],
    // Far above chance, though not the largest.
    ["above", [FIRST, "speed", "x in line"]],
    // R2 and AUC are compared by what lies between chance and all.
    ["together", ["speed", FIRST, "x in line"]],
    ["name", [FIRST, "speed", "x in line"]],
    ["cell", [FIRST, "speed", "x in line"]],
  ] as const)("sorted by %s", (sort, names) => {
    expect(arranged(rows, sort, "").map(({ name }) => name)).toEqual(names);
  });

  test.each([
    ["LIFT", [FIRST]],
    ["line x", ["x in line"]],
    ["cell 2", ["x in line"]],
    ["what", ["x in line", FIRST, "speed"]],
    ["nothing like it", []],
  ])("“%s” finds what has all its words", (filter, names) => {
    expect(arranged(rows, "alone", filter).map(({ name }) => name)).toEqual(names);
  });

  test("the margin is over the best by chance, whichever the sign", () => {
    expect(rows.map(margin).map((value) => Number(value.toFixed(2)))).toEqual([0.55, 0.05, 0.2]);
  });
});

test("from a feature to cells, and from a cell to features", () => {
  expect(cellsFollowing(atlas(), FIRST, 2).map(({ cell }) => cell)).toEqual([1, 2]);
  const [first, ...others] = featuresOf(atlas(), 1);
  expect(first).toMatchObject({ feature: FIRST, chance: 0.05, lag: 2 });
  expect(first!.score).toBeCloseTo(-0.6);
  expect(first!.lagged).toBeCloseTo(-0.8);
  expect(others.map(({ feature: name }) => name)).toEqual(["speed", "x in line"]);
});

test("a direction has a way in which the cell is highest", () => {
  const directed = atlas([feature("direction", [1, 0.6], 0.05, { kind: "circular" }), FEATURES[1]!]);
  const [way, other] = featuresOf(directed, 1);
  expect(way).toMatchObject({ feature: "direction", toward: -90 });
  expect(other!.toward).toBeNull();
});

test.each([
  [0, "right"],
  [90, "down"],
  [-90, "up"],
  [180, "left"],
  [-180, "left"],
  [-134, "up left"],
  [22, "right"],
  [24, "down right"],
  [-1, "right"],
  [359, "right"],
])("%d degrees is %s", (degrees, way) => {
  expect(wayOf(degrees)).toBe(way);
});

test("moments of a cell, at either end", () => {
  expect(momentsOf(atlas(), 1, false)).toEqual([
    { line: 2, step: 2, value: 1 },
    { line: 0, step: 3, value: 1.5 },
  ]);
  expect(momentsOf(atlas(), 1, true)[0]).toEqual({ line: 1, step: 10, value: 5 });
});

test("colours go to the farther of two percentiles", () => {
  // Percentiles 5 and 95 are rows 1 and 3 of five.
  expect(usualReach(atlas(), 0)).toBe(6);
  expect(usualReach(atlas(), 3)).toBe(5);
});

describe("findings", () => {
  test("each number and each cell is the atlas's", () => {
    const [ahead, best, hollow, together] = findings(atlas()).map(said);
    expect(ahead).toMatch(
      /^\[1\] falls one step before .* is −0\.60, on a scale from −1 to 1 .* By chance, the best of 4 cells would reach 0\.05/,
    );
    expect(best).toBe(
      "Of the other features, “speed” is followed farthest above chance: [1] reaches +0.30, where chance gives 0.10.",
    );
    expect(hollow).toContain(
      "“x in line”, the best of 4 cells reaches 0.65 even with labels from other lines",
    );
    expect(together).toContain("“speed” can be predicted with an R² of 0.97, against −0.01 by chance");
  });

  test("what chance does as well is no finding", () => {
    const [ahead, best] = findings(
      atlas([feature(FIRST, [1, 0.04], 0.05), feature("speed", [0, 0.1], 0.2)]),
    ).map(said);
    expect(ahead).toContain("No single cell predicts a pen lift one step ahead better than chance");
    expect(best).toBe("No cell follows any other feature better than chance.");
  });

  test("an atlas of other features has other findings, or none", () => {
    const only = findings(atlas([feature("speed", [0, 0.5], 0.1)])).map(said);
    expect(only[0]).toContain("“speed”");
    expect(findings(atlas([]))).toEqual([]);
  });

  test("the feature that is looked at is one that there is", () => {
    expect(featureNamed(atlas(), "speed")).toBe("speed");
    expect(featureNamed(atlas(), "gone")).toBe(FIRST);
    expect(featureNamed(atlas([feature("speed", [0, 0.5], 0.1)]), "")).toBe("speed");
  });
});
