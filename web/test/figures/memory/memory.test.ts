/// <reference types="node" />
/** Strokes are changed here as in Python, and do the same to predictions (spec/golden/memory.json). */

import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { decodeCheckpoint } from "../../../src/engine/checkpoint.ts";
import { Engine } from "../../../src/engine/engine.ts";
import { Model } from "../../../src/engine/model.ts";
import { Recogniser } from "../../../src/engine/recogniser.ts";
import { letterAfter } from "../../../src/explain/letters.ts";
import { DISTANCES, futureOf, handShift, Memory } from "../../../src/figures/memory/influence.ts";
import { CHANGES, type Change, changed, strokesBefore } from "../../../src/figures/memory/strokes.ts";

interface Golden {
  checkpoint: string;
  recogniser: string;
  step: number;
  futures: number;
  seed: number;
  distances: number[];
  offsets: number[];
  strokes: [number, number][];
  letters: string[];
  cases: {
    stroke: number;
    change: Change;
    offsets: number[];
    shift: number;
    divergence: number;
    near: number[];
    hand: Record<"slant" | "size", [number, number]>;
    letters: string[];
  }[];
}

const ROOT = new URL("../../../../", import.meta.url);
const read = (path: string) => new Uint8Array(readFileSync(new URL(path, ROOT)));
const golden = JSON.parse(new TextDecoder().decode(read("spec/golden/memory.json"))) as Golden;
const { step, seed, futures: count } = golden;
const compiled = (name: string) => new WebAssembly.Module(read(`src/pentrace/static/${name}.wasm`));
const model = new Model(compiled("engine"), decodeCheckpoint(read(golden.checkpoint), "default"));
const engine = new Engine(model);
const recogniser = Recogniser.create(compiled("recogniser"), read(golden.recogniser));
const offsets = Float32Array.from(golden.offsets);
const memory = new Memory(engine, offsets, false, seed);
const before = memory.futures(memory.state(step), count);
const lettersOf = (futures: Float32Array): string[] =>
  Array.from({ length: count }, (_, f) =>
    letterAfter(recogniser, memory.before(step), futureOf(futures, count, f)),
  );

/** The greatest difference of two lists; Infinity where one is longer. */
function farthest(a: readonly number[], b: readonly number[]): number {
  return a.length === b.length
    ? Math.max(...a.map((value, k) => Math.abs(value - b[k]!)))
    : Number.POSITIVE_INFINITY;
}

test("the strokes and distances are Python's", () => {
  const strokes = strokesBefore(offsets, false, step).map(({ begin, end }) => [begin, end]);
  expect(strokes).toEqual(golden.strokes);
  expect([...DISTANCES]).toEqual(golden.distances);
  expect(golden.cases.map(({ change }) => change).slice(0, CHANGES.length)).toEqual([...CHANGES]);
  expect(lettersOf(before)).toEqual(golden.letters);
});

test.each(golden.cases)("stroke $stroke: $change", ({ stroke, change, ...expected }) => {
  const part = memory.strokes[stroke]!;
  const numbers = engine.random(2 * (part.end - part.begin), { seed, stream: stroke });
  const made = changed(offsets, part, change, numbers);
  expect(made.shift).toBe(expected.shift);
  expect(farthest([...made.offsets], expected.offsets)).toBeLessThan(1e-6);
  expect(memory.divergence(stroke, change, step)).toBeCloseTo(expected.divergence, 6);
  expect(farthest(memory.near(stroke, change), expected.near)).toBeLessThan(1e-6);
  const after = memory.futures(memory.state(step, stroke, change), count);
  const hand = handShift(before, after, count);
  for (const trait of ["slant", "size"] as const) {
    expect(hand[trait].change).toBeCloseTo(expected.hand[trait][0], 6);
    expect(hand[trait].error).toBeCloseTo(expected.hand[trait][1], 6);
  }
  expect(lettersOf(after)).toEqual(expected.letters);
});

test("the last prediction of an ink is known too, and a stroke that trembles hardly changes it", () => {
  const last = offsets.length / 3;
  const stroke = memory.strokes.length - 1;
  const dropped = memory.divergence(stroke, "drop", last);
  expect(dropped).toBeGreaterThan(10 * memory.divergence(stroke, "tremble", last));
  // The same when it was read to the end at once.
  const other = new Memory(engine, offsets, false, seed);
  expect(other.divergence(stroke, "drop", last)).toBe(dropped);
});
