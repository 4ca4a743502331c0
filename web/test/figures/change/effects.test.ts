/** Effects are measured here as in Python (spec/golden/effects.json), and claimed by the same rule. */

import { expect, test } from "vitest";
import { Engine } from "../../../src/engine/engine.ts";
import { type Changed, change, type Intervention } from "../../../src/engine/interventions.ts";
import { measured } from "../../../src/engine/measures.ts";
import { Model } from "../../../src/engine/model.ts";
import { DRAWS } from "../../../src/explain/silence.ts";
import { beatsRandom, type Figures, randomReach } from "../../../src/figures/change/effect.ts";
import { Laboratory, type Setup } from "../../../src/figures/change/laboratory.ts";
import { goldenCheckpoint, json, wasm } from "../../files.ts";

interface Case {
  cells: number[];
  of: Changed;
  scale: number;
  shift: number[];
}
interface Golden {
  setup: Setup;
  other: Case;
  cases: (Case & {
    figures: Record<string, [number | null, number | null, number | null]>;
    random: { cells: number[]; shift: number[] }[];
  })[];
}

const golden = json<Golden>("spec/golden/effects.json");
const module = wasm("engine");
const model = new Model(module, goldenCheckpoint("tiny"));
const engine = new Engine(model);
const laboratory = new Laboratory(new Engine(model), golden.setup);
const figuresOf = (measured: Iterable<Figures | undefined>): Figures[] =>
  [...measured].filter((figures) => figures !== undefined);

const made = ({ cells, of, scale, shift }: Case): Intervention => change(cells, of, scale, shift);

test.each(golden.cases.map((each, k) => [k, each] as const))("golden case %i", (_, each) => {
  const figures = figuresOf(laboratory.measure(made(each), [made(golden.other)])).at(-1)!;
  expect(Object.keys(figures)).toEqual(Object.keys(each.figures));
  for (const [name, { before, after, random }] of Object.entries(figures)) {
    const found = [before, after, random[0]];
    each.figures[name]!.forEach((value, k) => {
      if (value === null) expect(found[k]).toBeNull();
      // Python sums the surprise in float32.
      else expect(found[k]).toBeCloseTo(value, name === "surprise" ? 4 : 9);
    });
  }
});

test.each(golden.cases.map((each, k) => [k, each] as const))("random cells of golden case %i", (_, each) => {
  each.random.forEach(({ cells, shift }, draw) => {
    const other = [...laboratory.like(made(each), draw)].sort((a, b) => a.cell - b.cell);
    expect(other.map(({ cell }) => cell)).toEqual(cells);
    other.forEach((found, k) => {
      expect(found.shift).toBeCloseTo(shift[k]!, 4);
    });
  });
});

test("no intervention has no effect, and another engine of the same model is not changed", () => {
  const before = engine.sample(engine.start(), 50, { seed: 3 });
  const [figures] = figuresOf(laboratory.measure(made(golden.cases[0]!), []));
  expect(figures!.advance!.error).toBeGreaterThan(0);
  const [none] = figuresOf(laboratory.measure([], []));
  for (const figure of Object.values(none!)) {
    expect(figure.after).toBe(figure.before);
    expect(figure.error ?? 0).toBe(0);
  }
  expect(engine.sample(engine.start(), 50, { seed: 3 })).toEqual(before);
});

test("random cells are other cells of the layer, the same number, drawn again each time", () => {
  const own = change([2, 9, 31, 40], "c", 0, [0.5, -0.5, 1, 2]);
  const seen = new Set<string>();
  for (let draw = 0; draw < 10; draw++) {
    const other = laboratory.like(own, draw);
    expect(laboratory.like(own, draw)).toEqual(other);
    const cells = other.map(({ cell }) => cell);
    expect(new Set(cells).size).toBe(4);
    for (const cell of cells) expect([2, 9, 31, 40]).not.toContain(cell);
    expect(cells.map((cell) => Math.floor(cell / 30))).toEqual([0, 0, 1, 1]);
    seen.add(cells.join());
  }
  expect(seen.size).toBeGreaterThan(7);
  expect(laboratory.like(change([1, 2], "h", 0.5, 0), 0).map(({ scale, shift }) => [scale, shift])).toEqual([
    [0.5, 0],
    [0.5, 0],
  ]);
});

test("there is nothing to compare with where most cells are changed", () => {
  const most = change([...Array(20).keys()], "c", 0, 0);
  expect(laboratory.like(most, 0)).toEqual([]);
});

test.each([
  [2, 4.5, DRAWS, -1, true],
  [2, 4.5, DRAWS, 1, false],
  [2, 4.5, DRAWS - 1, 0, false],
  [2, 1.5, DRAWS, -1, false],
  [2, 6.5, DRAWS, -1, true],
  [2, 6.5, DRAWS, 0, false],
  [3, 4.5, DRAWS, 1, false],
  [4, 4, DRAWS, 0, false],
])("after %f, random %f %i times, expected %i: %s", (after, other, draws, expected, beats) => {
  const random = [...new Array<number>(draws - 1).fill(4.5), other];
  expect(beatsRandom({ before: 4, after, error: 0.1, random }, expected)).toBe(beats);
});

test("what random cells reached is told for both sides, or for the larger", () => {
  const figure = { before: 4, after: 2, error: 0.1, random: [3, 3.5, 7, null] };
  expect(randomReach(figure, -1)).toEqual([-1, 3]);
  expect(randomReach(figure, 0)).toEqual([-3, 3]);
  expect(randomReach({ ...figure, random: [] }, 1)).toEqual([0, 0]);
});

const sample = (count: number, at: (k: number) => [number, number, number]): Float32Array =>
  Float32Array.from(Array.from({ length: count }, (_, k) => at(k)).flat());

test.each([
  ["a straight line", sample(160, () => [0.5, 0, 0]), 100],
  ["dots", sample(20, () => [1, 0, 1]), 100],
  ["a scribble", sample(160, (k) => [Math.cos(k), Math.sin(k), 0]), 100],
  ["loops that move on", sample(160, (k) => [0.2 + Math.cos(k), Math.sin(k), Number(k % 40 === 39)]), 0],
])("%s", (_, drawn, collapse) => {
  expect(measured(drawn).collapse).toBe(collapse);
});
