/**
 * The influence of earlier strokes on what comes next: each is changed, the ink is read again, and the predictions are
 * compared (spec/explain.md, Memory of a stroke): the twin of src/pentrace/explain/memory.py. No DOM: for workers and
 * for Node.
 *
 * Letter key: n offsets, F futures, M mixture components.
 */

import type { Engine, State } from "../../engine/engine.ts";
import { mean, measured, type SampleMeasure, standardError } from "../../engine/measures.ts";
import { divergence } from "../../explain/density.ts";
import type { PenDown } from "../../ink/path.ts";
import { type Change, type Changed, changed, strokesBefore } from "./strokes.ts";

/** Offsets after the step at which the hand is looked at, and for how many. */
const LATER = 50;
/** Traits of a hand, and the measures that they are. */
const HAND = { slant: "slant", size: "stroke height" } as const satisfies Record<string, SampleMeasure>;
/** Offsets since a stroke was left at which its influence is measured. */
export const DISTANCES = [1, 2, 3, 5, 8, 12, 20, 30, 50, 80, 120, 200, 300] as const;
/** Rows of predictions that are kept: 29 MB with 20 components. */
const MOST_ROWS = 60_000;

/** How much a trait of the hand changes: the mean over futures, and its standard error. */
export interface Shift {
  readonly change: number;
  readonly error: number;
}
export type HandShift = Readonly<Record<keyof typeof HAND, Shift>>;

/** The model along an ink with one changed stroke, as far as it was read. */
interface Track {
  readonly changed: Changed;
  /** Before the next row of the changed ink. */
  readonly state: State;
  /** [1 + 6M] each, from row `changed.first` on. */
  readonly rows: Float32Array[];
}

export class Memory {
  readonly #engine: Engine;
  readonly #seed: number;
  readonly offsets: Float32Array;
  readonly firstLifted: boolean;
  /** The strokes that can be changed, in the whole ink. */
  readonly strokes: readonly PenDown[];
  /** [1 + 6M] before each offset, and after the last. */
  readonly #plain: Float32Array[] = [];
  /** Before the first row that a change of each stroke can change. */
  readonly #states: State[] = [];
  readonly #tracks = new Map<string, Track>();

  constructor(engine: Engine, offsets: Float32Array, firstLifted: boolean, seed: number) {
    this.#engine = engine;
    this.#seed = seed;
    this.offsets = offsets;
    this.firstLifted = firstLifted;
    const n = offsets.length / 3;
    this.strokes = strokesBefore(offsets, firstLifted, n);
    const state = engine.start();
    let row = 0;
    for (const { begin } of this.strokes) {
      const first = Math.max(begin - 1, 0);
      this.#plain.push(...predictions(engine, state, offsets.subarray(3 * row, 3 * first)));
      this.#states.push(state.copy());
      row = first;
    }
    this.#plain.push(...predictions(engine, state, offsets.subarray(3 * row)), engine.mixture(state));
    state.free();
  }

  /** The divergence at a row from what would be predicted there with a changed stroke, in nats. */
  divergence(stroke: number, how: Change, row: number): number {
    const { changed: other, rows } = this.#track(stroke, how, row);
    return divergence(this.#plain[row]!, rows[row - other.shift - other.first]!);
  }

  /** The same at each of DISTANCES after the stroke, as far as the ink goes. */
  near(stroke: number, how: Change): number[] {
    const n = this.offsets.length / 3;
    const rows = DISTANCES.map((distance) => this.strokes[stroke]!.end - 1 + distance);
    return rows.filter((row) => row < n).map((row) => this.divergence(stroke, how, row));
  }

  /** The state before a row, after the ink as it was, or with a changed stroke. */
  state(row: number, stroke?: number, how: Change = "drop"): State {
    const state = this.#engine.start();
    this.#engine.consume(state, this.before(row, stroke, how));
    return state;
  }

  /** The offsets before a row [n, 3], as they were, or with a changed stroke. */
  before(row: number, stroke?: number, how: Change = "drop"): Float32Array {
    if (stroke === undefined) return this.offsets.subarray(0, 3 * row);
    const { offsets, shift } = this.#changed(stroke, how);
    return offsets.subarray(0, 3 * (row - shift));
  }

  /** Futures [F, 2 LATER, 3] of a state; the same random numbers each time. */
  futures(state: State, count: number): Float32Array {
    return this.#engine.futures(state, count, 2 * LATER, { seed: this.#seed });
  }

  #changed(stroke: number, how: Change): Changed {
    const part = this.strokes[stroke]!;
    const count = 2 * (part.end - part.begin);
    const numbers = this.#engine.random(count, { seed: this.#seed, stream: stroke });
    return changed(this.offsets, part, how, numbers);
  }

  /** The model along the changed ink, read at least to the row where the ink as it was has row `row`. */
  #track(stroke: number, how: Change, row: number): Track {
    const key = `${stroke} ${how}`;
    const track = this.#tracks.get(key) ?? this.#begin(key, stroke, how);
    const { offsets, first, shift } = track.changed;
    const from = first + track.rows.length;
    const to = row - shift + 1;
    if (to <= from) return track;
    const { state, rows } = track;
    rows.push(...predictions(this.#engine, state, offsets.subarray(3 * from, 3 * to)));
    // After the last offset of the ink.
    if (rows.length < to - first) rows.push(this.#engine.mixture(state));
    return track;
  }

  #begin(key: string, stroke: number, how: Change): Track {
    let kept = 0;
    for (const { rows } of this.#tracks.values()) kept += rows.length;
    if (kept > MOST_ROWS) this.#forget();
    const track = { changed: this.#changed(stroke, how), state: this.#states[stroke]!.copy(), rows: [] };
    this.#tracks.set(key, track);
    return track;
  }

  #forget(): void {
    for (const { state } of this.#tracks.values()) state.free();
    this.#tracks.clear();
  }
}

/** What is predicted before each of some offsets, which are then consumed. */
function predictions(engine: Engine, state: State, offsets: Float32Array): Float32Array[] {
  const n = offsets.length / 3;
  if (n === 0) return [];
  const { mixture } = engine.trace(state, offsets, { c: false, h: false, loglik: false, mixture: true });
  const width = mixture!.length / n;
  return Array.from({ length: n }, (_, k) => mixture!.slice(width * k, width * (k + 1)));
}

/** How the hand changes from some futures [F, 2 LATER, 3] to others of the same random numbers. */
export function handShift(before: Float32Array, after: Float32Array, count: number): HandShift {
  const [one, other] = [traits(before, count), traits(after, count)];
  const shift = (trait: keyof typeof HAND): Shift => {
    const apart = other.map((values, k) => values[HAND[trait]] - one[k]![HAND[trait]]);
    const known = apart.filter(Number.isFinite).length > 1;
    return { change: known ? mean(apart) : Number.NaN, error: standardError(apart) };
  };
  return { slant: shift("slant"), size: shift("size") };
}

/** What is measured of each future, from LATER offsets on. */
function traits(futures: Float32Array, count: number) {
  return Array.from({ length: count }, (_, f) => measured(futureOf(futures, count, f).subarray(3 * LATER)));
}

/** Future number f of some. */
export function futureOf(futures: Float32Array, count: number, f: number): Float32Array {
  const width = futures.length / count;
  return futures.subarray(width * f, width * (f + 1));
}
