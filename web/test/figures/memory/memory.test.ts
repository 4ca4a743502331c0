/// <reference types="node" />
/** Strokes are changed here as in Python, and do the same to predictions (spec/golden/memory.json). */

import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { decodeCheckpoint } from "../../../src/checkpoint/checkpoint.ts";
import { Engine, type Line } from "../../../src/engine/engine.ts";
import { Model } from "../../../src/engine/model.ts";
import { Recogniser } from "../../../src/engine/text/recogniser.ts";
import { letterAfter } from "../../../src/explain/letters.ts";
import { DISTANCES, handShift, Memory } from "../../../src/figures/memory/influence.ts";
import { CHANGES, type Change, changed, strokesBefore } from "../../../src/figures/memory/strokes.ts";

interface GoldenInk {
  checkpoint: string;
  step: number;
  offsets: number[];
  text: { words: string; hand: number | null; pointers: number[] | null };
  strokes: [number, number][];
  letters: string[] | null;
  cases: {
    stroke: number;
    change: Change;
    offsets: number[];
    pointers: number[] | null;
    shift: number;
    divergence: number;
    near: number[];
    /** null where fewer than two futures show a hand. */
    hand: Record<"slant" | "size", [number | null, number | null]>;
    letters: string[] | null;
  }[];
}

interface Golden {
  recogniser: string;
  futures: number;
  seed: number;
  distances: number[];
  inks: GoldenInk[];
}

const ROOT = new URL("../../../../", import.meta.url);
const read = (path: string) => new Uint8Array(readFileSync(new URL(path, ROOT)));
const golden = JSON.parse(new TextDecoder().decode(read("spec/golden/memory.json"))) as Golden;
const { seed, futures: count } = golden;
const compiled = (name: string) => new WebAssembly.Module(read(`src/pentrace/static/${name}.wasm`));
const recogniser = Recogniser.create(compiled("recogniser"), read(golden.recogniser));

/** The greatest difference of two lists; Infinity where one is longer. */
function farthest(a: readonly number[], b: readonly number[]): number {
  return a.length === b.length
    ? Math.max(...a.map((value, k) => Math.abs(value - b[k]!)))
    : Number.POSITIVE_INFINITY;
}

test("the distances are Python's", () => {
  expect([...DISTANCES]).toEqual(golden.distances);
});

describe.each(golden.inks)("$checkpoint", ({ checkpoint, step, strokes, letters, cases, ...ink }) => {
  const engine = new Engine(new Model(compiled("engine"), decodeCheckpoint(read(checkpoint), "model")));
  const offsets = Float32Array.from(ink.offsets);
  const { words, hand, pointers } = ink.text;
  const text = pointers === null ? undefined : { words, hand, pointers: Int32Array.from(pointers) };
  const begun = { firstLifted: false, text, seed };
  const memory = new Memory(engine, offsets, begun);
  const before = memory.futures(memory.state(step), count);
  const lettersOf = (futures: readonly Line[]): string[] =>
    futures.map((future) => letterAfter(recogniser, memory.before(step), future.offsets));

  test("the strokes are Python's", () => {
    expect(strokesBefore(offsets, false, step).map(({ begin, end }) => [begin, end])).toEqual(strokes);
    expect(cases.map(({ change }) => change).slice(0, CHANGES.length)).toEqual([...CHANGES]);
    if (letters !== null) expect(lettersOf(before)).toEqual(letters);
  });

  test.each(cases)("stroke $stroke: $change", ({ stroke, change, ...expected }) => {
    const part = memory.strokes[stroke]!;
    const numbers = engine.random(2 * (part.end - part.begin), { seed, stream: stroke });
    const made = changed(offsets, part, change, numbers, text?.pointers);
    expect(made.shift).toBe(expected.shift);
    expect(farthest([...made.offsets], expected.offsets)).toBeLessThan(1e-6);
    expect(made.pointers && [...made.pointers]).toEqual(expected.pointers ?? undefined);
    expect(memory.divergence(stroke, change, step)).toBeCloseTo(expected.divergence, 6);
    expect(farthest(memory.near(stroke, change), expected.near)).toBeLessThan(1e-6);
    const after = memory.futures(memory.state(step, stroke, change), count);
    const shift = handShift(before, after);
    for (const trait of ["slant", "size"] as const) {
      const { change, error } = shift[trait];
      const [wanted, wantedError] = expected.hand[trait];
      if (wanted === null || wantedError === null) expect(change).toBeNaN();
      else expect(farthest([change, error], [wanted, wantedError])).toBeLessThan(5e-7);
    }
    if (expected.letters !== null) expect(lettersOf(after)).toEqual(expected.letters);
  });

  test("the last prediction of an ink is known too, and a stroke that trembles hardly changes it", () => {
    const last = offsets.length / 3;
    const stroke = memory.strokes.length - 1;
    const dropped = memory.divergence(stroke, "drop", last);
    expect(dropped).toBeGreaterThan(10 * memory.divergence(stroke, "tremble", last));
    // The same when it was read to the end at once.
    const other = new Memory(engine, offsets, begun);
    expect(other.divergence(stroke, "drop", last)).toBe(dropped);
  });

  test("where no step is chosen", () => {
    expect(memory.lastStep).toBe(text === undefined ? memory.length : memory.length >> 1);
  });
});
