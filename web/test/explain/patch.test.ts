/// <reference types="node" />
/** States are put into others here as in Python (spec/golden/patch.json). */

import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { decodeCheckpoint } from "../../src/checkpoint/checkpoint.ts";
import { Engine, type State } from "../../src/engine/engine.ts";
import { Model } from "../../src/engine/model.ts";
import { CAP } from "../../src/engine/text/written.ts";
import {
  OWN_LINES,
  ownLines,
  patched,
  randomCells,
  randomly,
  type Taken,
  type Trait,
  type Traits,
  telling,
  traitsAfter,
} from "../../src/explain/patch.ts";
import { lastStep, Reading } from "../../src/explain/reading.ts";

interface Drawn {
  readonly seed: number;
  readonly steps: number;
  readonly variation: number;
}
type Means = Record<Trait, number | null>;
interface Case {
  readonly cells: number[] | null;
  readonly at: [number | null, number | null];
  readonly draws: number;
  readonly futures: number;
  readonly steps: number;
  readonly seed: number;
  readonly a: Means;
  readonly b: Means;
  readonly both: Means;
  readonly random: Means[];
}
interface Said extends Drawn {
  readonly text: string;
  readonly hand: number;
}
interface Golden {
  readonly inks: Record<"a" | "b", Drawn>;
  readonly lines: Drawn & { readonly count: number };
  readonly order: number[];
  readonly cases: Case[];
  readonly along: Case & { readonly weight: number[]; readonly spread: number[] };
  readonly texts: Record<"a" | "b", Said>;
  readonly "text cases": Case[];
}

const ROOT = new URL("../../../", import.meta.url);
const read = (path: string) => new Uint8Array(readFileSync(new URL(path, ROOT)));
const golden = JSON.parse(new TextDecoder().decode(read("spec/golden/patch.json"))) as Golden;
const module = new WebAssembly.Module(read("src/pentrace/static/engine.wasm"));
const engineOf = (name: string) =>
  new Engine(new Model(module, decodeCheckpoint(read(`spec/golden/${name}.safetensors`), name)));
const engine = engineOf("tiny");
const CELLS = engine.architecture.layers * engine.architecture.hidden;
const ALL = Array.from({ length: CELLS }, (_, cell) => cell);
/** All cells of the checkpoint that knows text. */
const SOME = Array.from({ length: 14 }, (_, cell) => cell);

const inkOf = ({ seed, steps, variation }: Drawn): Float32Array =>
  engine.sample(engine.start(), steps, { seed, variation });
const inks = {
  a: new Reading(engine, inkOf(golden.inks.a)),
  b: new Reading(engine, inkOf(golden.inks.b)),
};
/** A line with its text, as it is read. */
const lineOf = (reader: Engine, { text: words, hand, steps, seed, variation }: Said): Reading => {
  const line = reader.write(reader.start(words, hand), steps, { seed, variation, cap: CAP });
  return new Reading(reader, line.offsets, { words, hand, pointers: line.pointers });
};

/** What a generator gives in the end. */
function done<T>(steps: Generator<unknown, T>): T {
  let next = steps.next();
  while (next.done !== true) next = steps.next();
  return next.value;
}
const reader = engineOf("tiny-text");
const texts = { a: lineOf(reader, golden.texts.a), b: lineOf(reader, golden.texts.b) };

function states({ at }: Pick<Case, "at">, { a, b } = inks) {
  const [there, here] = [at[0] ?? lastStep(a.length, a.text), at[1] ?? lastStep(b.length, b.text)];
  const donor = a.state(there);
  const last = {
    before: b.state(here - 1),
    offset: b.offsets.subarray(3 * (here - 1), 3 * here),
    pointers: b.text?.pointers.subarray(here - 1, here + 1),
  };
  return {
    donor,
    receiver: b.state(here),
    withCells: (some: Taken) => patched(b.engine, last, donor, some),
  };
}

const { weight, spread, ...alongCase } = golden.along;
const along = { weight: Float64Array.from(weight), spread: Float64Array.from(spread) };
const cases = [
  ...golden.cases.map((each) => ["cells", each, each.cells ?? ALL, inks] as const),
  ["a direction", alongCase, along, inks] as const,
  ...golden["text cases"].map((each) => ["cells along a text", each, each.cells ?? SOME, texts] as const),
];

test.each(cases)("golden case of %s", (_, each, taken, of) => {
  const { engine } = of.a;
  const { donor, receiver, withCells } = states(each, of);
  const setup = { count: each.futures, steps: each.steps, seed: each.seed };
  const same = (found: Traits, expected: Means): void => {
    for (const [name, value] of Object.entries(expected)) {
      if (value === null) expect(found[name as Trait].mean).toBeNaN();
      else expect(found[name as Trait].mean).toBeCloseTo(value, 9);
    }
  };
  const after = (state: State): Traits => done(traitsAfter(engine, state, setup));
  same(after(donor), each.a);
  same(after(receiver), each.b);
  same(after(withCells(taken)), each.both);
  each.random.forEach((expected, stream) => {
    same(after(withCells(randomly(engine, taken, { stream, seed: each.seed }))), expected);
  });
});

test("the cells that tell hands apart come in the same order", () => {
  const { seed, count, steps, variation } = golden.lines;
  const all = engine.futures(engine.start(), count, steps, { seed, variation });
  const lines = Array.from({ length: count }, (_, k) => all.subarray(3 * steps * k, 3 * steps * (k + 1)));
  expect(done(telling(engine, lines))).toEqual(golden.order);
});

test("the model's own lines are those that Python draws", () => {
  const { count, steps, ...draws } = OWN_LINES;
  const all = engine.futures(engine.start(), count, steps, draws);
  const lines = done(ownLines(engine));
  expect(lines).toHaveLength(count);
  expect(lines.flatMap((line) => [...line])).toEqual([...all]);
});

test("with all cells the state is the donor's, and nothing stays in force", () => {
  const { donor, receiver, withCells } = states({ at: [null, null] });
  const whole = withCells(ALL);
  expect(engine.cells(whole)).toEqual(engine.cells(donor));
  expect(engine.mixture(whole)).toEqual(engine.mixture(donor));
  const some = withCells([0, 59]);
  expect(engine.cells(some)[59]).toBe(engine.cells(donor)[59]);
  expect(engine.hiddenStates(some)[0]).toBe(engine.hiddenStates(donor)[0]);
  expect(engine.mixture(inks.b.state(inks.b.length))).toEqual(engine.mixture(receiver));
});

test("of fewer cells than are wanted, all are drawn", () => {
  expect(randomCells(engine, [4, 2, 9], 5, { stream: 0, seed: 1 })).toEqual([2, 4, 9]);
});
