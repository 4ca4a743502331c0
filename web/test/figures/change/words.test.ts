/** What the figure of changes says: numbers, claims only where there is one, and what becomes of a broken atlas. */

import { expect, test } from "vitest";
import { MEASURE_WORDS, short } from "../../../src/engine/measure-words.ts";
import { MEASURES } from "../../../src/engine/measures.ts";
import { type Effect, effectsOf } from "../../../src/figures/change/effect.ts";
import { figureRow, presetRow, surpriseTold, told, toldOwn } from "../../../src/figures/change/words.ts";

const random = [3, 4, 5, ...new Array<number>(16).fill(3.5)];
const effect: Effect = {
  name: "no-lift",
  title: "No lift in sight",
  what: "Some cells, held.",
  feature: "pen lift in 1 step",
  cells: [4, 7],
  of: "c",
  scale: 0,
  shift: [0.5, -0.25],
  random: [{ cells: [1, 2], of: "c", scale: 0, shift: [0.1, 0.2] }],
  measure: "pen lifts",
  expected: -1,
  controls: true,
  samples: 200,
  steps: 160,
  variation: 1,
  figures: { "pen lifts": { before: 3.62, after: 0.944, error: 0.106, random } },
};

test.each([
  [3.616, "3.62"],
  [-0.284, "\u22120.28"],
  [0.003, "0.003"],
  [-0.00001, "0"],
  [0, "0"],
  [12.345, "12.3"],
  [155.4, "155"],
  [null, "–"],
])("%f is %s", (value, text) => {
  expect(short(value)).toBe(text);
});

test("every measure has its words", () => {
  expect(Object.keys(MEASURE_WORDS)).toEqual([...MEASURES, "surprise"]);
});

test("a claim is told with its figures", () => {
  const text = told(effect).join(" ");
  for (const part of [
    "3.62",
    "0.94",
    "± 0.11",
    "3.00 to 5.00",
    "19 times",
    "they control how often the pen lifts",
  ]) {
    expect(text).toContain(part);
  }
  expect(presetRow(effect).detail).toBe("3.62 → 0.94 lifts in 100 points; random 3.00 to 5.00");
  expect(presetRow(effect).controls).toBe(true);
});

test.each([
  [3.2, "Some of these go as far"],
  [6.0, "The effect is not in the expected direction"],
])("no claim is made where there is none: %f", (after, why) => {
  const figures = { "pen lifts": { before: 3.62, after, error: 0.1, random } };
  const text = told({ ...effect, controls: false, figures }).join(" ");
  expect(text).toContain(why);
  expect(text).toContain("not shown that they control anything");
  expect(presetRow({ ...effect, controls: false, figures }).controls).toBe(false);
});

test("a row of a measure says what it beats", () => {
  expect(figureRow("pen lifts", effect.figures["pen lifts"]!).controls).toBe(true);
  const few = { before: 3.62, after: 0.9, error: null, random: random.slice(1) };
  expect(figureRow("pen lifts", few).controls).toBe(false);
  const unknown = figureRow("slant", { before: null, after: 3, error: null, random: [null] });
  expect(unknown.effect).toBeNaN();
  expect(unknown.detail).toBe("– → 3.00 degrees");
});

test("the surprise is told as a difference", () => {
  const worse = [1.1, 0.7] as const;
  expect(surpriseTold(worse, 500, false)).toContain("0.40 nats a point more: 200 nats over a line of 500");
  expect(surpriseTold(worse, 500, true)).toMatch(/^With the random cells changed/);
  expect(surpriseTold([1, 1.001], 500, false)).toContain("as much as before");
});

test("measuring is told as it goes", () => {
  expect(toldOwn(3, 20)).toBe("Measuring: 3 of 20 runs of 200 samples.");
  expect(toldOwn(20, 20)).toContain("any of 19 random choices");
  expect(toldOwn(1, 1)).toContain("too few other cells");
});

test("what is no effect is left out", () => {
  const broken = [null, {}, { ...effect, of: "x" }, { ...effect, figures: {} }, { ...effect, shift: [null] }];
  expect(effectsOf([...broken, effect])).toEqual([effect]);
});
