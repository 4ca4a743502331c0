/**
 * Activation patching (spec/explain.md): the twin of src/pentrace/explain/patch.py and hands.py. No DOM: for workers and
 * for Node.
 *
 * Letter key: C cells of all layers in turn, F futures, n offsets.
 */

import type { Engine, State } from "../engine/engine.ts";
import { change, type Intervention, intervene } from "../engine/interventions.ts";
import { mean, measured, type SampleMeasure, standardError } from "../engine/measures.ts";
import { type Direction, move, shuffled } from "./directions.ts";
import { othersOf, randomOrder } from "./silence.ts";

/** Traits of a hand, and the measures that they are. */
export const TRAITS = {
  slant: "slant",
  size: "stroke height",
  spacing: "advance",
  "pen rhythm": "pen lifts",
} as const satisfies Record<string, SampleMeasure>;
export type Trait = keyof typeof TRAITS;
export const TRAIT_NAMES = Object.keys(TRAITS) as Trait[];

/** A mean over futures; NaN where no future has the trait. */
export interface Figure {
  readonly mean: number;
  /** Its standard error; NaN where fewer than two futures have it. */
  readonly error: number;
}
export type Traits = Readonly<Record<Trait, Figure>>;

/** Futures that show a hand. */
export interface Futures {
  readonly count: number;
  readonly steps: number;
  readonly seed: number;
}

/** Lines of a model's own that say which of its cells tell hands apart. */
export const OWN_LINES = { count: 24, steps: 200, seed: 0, variation: 0.8 } as const;
/** Futures that are drawn at once, so that a newer request need not wait long. */
const AT_ONCE = 16;

/** Holds c and h of cells at what they are in a state. */
function put(engine: Engine, donor: State, cells: readonly number[]): Intervention {
  const [c, h] = [engine.cells(donor), engine.hiddenStates(donor)];
  const of = (values: Float32Array): number[] => cells.map((cell) => values[cell]!);
  return [...change(cells, "c", 0, of(c)), ...change(cells, "h", 0, of(h))];
}

/** What is taken from one state to another: cells, numbered through all layers, or a direction. */
export type Taken = readonly number[] | Direction;

export function isDirection(taken: Taken): taken is Direction {
  return !Array.isArray(taken);
}

/** One step of an ink. */
export interface InkStep {
  readonly before: State;
  /** [3] */
  readonly offset: Float32Array;
  /** With a text, the characters of this offset and of the next, as Engine.consume takes them. */
  readonly pointers?: Int32Array | undefined;
}

/**
 * The state after a step with what is taken from the donor, and the z that follows: from the state before it, the step is
 * made with some cells held at the donor's c and h, or with c moved along a direction.
 */
export function patched(engine: Engine, step: InkStep, donor: State, taken: Taken): State {
  const state = step.before.copy();
  intervene(engine, changeTo(engine, step, donor, taken));
  engine.consume(state, step.offset, step.pointers);
  intervene(engine, []);
  return state;
}

function changeTo(
  engine: Engine,
  { before, offset, pointers }: InkStep,
  donor: State,
  taken: Taken,
): Intervention {
  if (!isDirection(taken)) return put(engine, donor, taken);
  const own = before.copy();
  engine.consume(own, offset, pointers);
  const change = move(engine, taken, donor, own);
  own.free();
  return change;
}

/** As many random cells out of the others, or a random direction. */
export function randomly(
  engine: Engine,
  taken: Taken,
  draw: { readonly stream: number; readonly seed: number },
): Taken {
  if (isDirection(taken)) return shuffled(engine, taken, draw);
  const { layers, hidden } = engine.architecture;
  return randomCells(engine, othersOf(taken, layers * hidden), taken.length, draw);
}

/** `count` of some cells at random, in rising order; fewer where there are not as many. */
export function randomCells(
  engine: Engine,
  among: readonly number[],
  count: number,
  draw: { readonly stream: number; readonly seed: number },
): number[] {
  return randomOrder(engine, among.length, draw)
    .slice(0, count)
    .map((k) => among[k]!)
    .sort((a, b) => a - b);
}

/**
 * The traits of what the model writes on after a state. A future of a text counts only if its line does not end before
 * its last step.
 */
export function* traitsAfter(
  engine: Engine,
  state: State,
  { count, steps, seed }: Futures,
): Generator<undefined, Traits> {
  const values: Record<string, number>[] = [];
  for (let first = 0; first < count; first += AT_ONCE) {
    const some = Math.min(AT_ONCE, count - first);
    for (const { offsets } of engine.lines(state, some, steps, { seed, first })) {
      if (offsets.length === 3 * steps) values.push(measured(offsets));
    }
    yield;
  }
  const entries = TRAIT_NAMES.map((name): [Trait, Figure] => {
    const own = values.map((each) => each[TRAITS[name]]!);
    return [name, { mean: mean(own), error: standardError(own) }];
  });
  return Object.fromEntries(entries) as Traits;
}

/** Lines [n, 3] of the model's own, each from nothing and so each in another hand. */
export function* ownLines(engine: Engine): Generator<undefined, Float32Array[]> {
  const { count, steps, seed, variation } = OWN_LINES;
  const lines: Float32Array[] = [];
  const start = engine.start();
  for (let first = 0; first < count; first += AT_ONCE) {
    const all = engine.futures(start, Math.min(AT_ONCE, count - first), steps, { seed, variation, first });
    for (let at = 0; at < all.length; at += 3 * steps) lines.push(all.subarray(at, at + 3 * steps));
    yield;
  }
  start.free();
  return lines;
}

/** All cells, first those that tell the hands of some lines apart best. */
export function* telling(
  engine: Engine,
  lines: readonly Float32Array[],
): Generator<undefined, readonly number[]> {
  const { layers, hidden } = engine.architecture;
  const cells = layers * hidden;
  const means: Float64Array[] = [];
  const within = new Float64Array(cells);
  for (const line of lines) {
    const state = engine.start();
    const { c } = engine.trace(state, line, { h: false, loglik: false });
    state.free();
    const rows = line.length / 3;
    const later = columns(c!.subarray(Math.floor(rows / 4) * cells), cells);
    means.push(later.mean);
    later.variance.forEach((value, cell) => {
      within[cell]! += value / lines.length;
    });
    yield;
  }
  const all = Float64Array.from(means.flatMap((each) => [...each]));
  const between = columns(all, cells).variance.map((value, cell) => value / Math.max(within[cell]!, 1e-12));
  return Array.from(between.keys()).sort((a, b) => between[b]! - between[a]!);
}

/** Mean and variance of each column of rows [n, C]. */
function columns(
  rows: Float32Array | Float64Array,
  cells: number,
): { readonly mean: Float64Array; readonly variance: Float64Array } {
  const n = rows.length / cells;
  const [middle, variance] = [new Float64Array(cells), new Float64Array(cells)];
  rows.forEach((value: number, k: number) => {
    middle[k % cells]! += value / n;
  });
  rows.forEach((value: number, k: number) => {
    variance[k % cells]! += (value - middle[k % cells]!) ** 2 / n;
  });
  return { mean: middle, variance };
}
