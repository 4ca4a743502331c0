/**
 * The influence of earlier strokes on what comes next: each is changed, the ink is read again, and the predictions are
 * compared (spec/explain.md, Memory of a stroke): the twin of src/pentrace/explain/memory.py. No DOM: for workers and
 * for Node.
 *
 * Letter key: n offsets, F futures, M mixture components.
 */

import type { Engine, Line, State } from "../../engine/engine.ts";
import { mean, measured, type SampleMeasure, standardError } from "../../engine/measures.ts";
import type { SourceText } from "../../engine/source.ts";
import { TextReading } from "../../engine/text/read-text.ts";
import { divergence } from "../../explain/density.ts";
import { lastStep } from "../../explain/reading.ts";
import type { PenDown } from "../../ink/path.ts";
import { type Change, type Changed, changed, strokesBefore } from "./strokes.ts";

/** Offsets after the step at which the hand is looked at, and for how many. */
const LATER = 50;
/** Offsets since a stroke was left at which its influence is measured. */
export const DISTANCES = [1, 2, 3, 5, 8, 12, 20, 30, 50, 80, 120, 200, 300] as const;
/** Rows of predictions that are kept: 29 MB with 20 components. */
const MOST_ROWS = 60_000;

/** How much a trait of the hand changes: the mean over futures, and its standard error. */
export interface Shift {
  readonly change: number;
  readonly error: number;
}
export type HandShift = Readonly<Record<"slant" | "size", Shift>>;

/** An ink, and how the model reads it. */
interface ReadInk extends Pick<Changed, "offsets" | "shift"> {
  readonly reading: TextReading;
}

/** The model along an ink with one changed stroke, as far as it was read. */
interface Track extends ReadInk {
  /** Before the next row of the changed ink. */
  readonly state: State;
  /** [1 + 6M] each, from row `rowBefore(stroke)` on. */
  readonly rows: Float32Array[];
}

/** The first row whose prediction is kept along a changed stroke: with a text, the one before it knows what follows. */
function rowBefore({ begin }: PenDown): number {
  return Math.max(begin - 2, 0);
}

export class Memory {
  readonly #engine: Engine;
  readonly #seed: number;
  readonly offsets: Float32Array;
  /** What it is read along with; undefined for the ink alone. */
  readonly text: SourceText | undefined;
  /** The strokes that can be changed, in the whole ink. */
  readonly strokes: readonly PenDown[];
  readonly #reading: TextReading;
  /** [1 + 6M] before each offset, and after the last. */
  readonly #plain: Float32Array[] = [];
  /** Before row `rowBefore` of each stroke. */
  readonly #states: State[] = [];
  readonly #tracks = new Map<string, Track>();

  constructor(
    engine: Engine,
    offsets: Float32Array,
    { firstLifted, text, seed }: { firstLifted: boolean; text: SourceText | undefined; seed: number },
  ) {
    this.#engine = engine;
    this.#seed = seed;
    this.offsets = offsets;
    this.text = text;
    this.strokes = strokesBefore(offsets, firstLifted, this.length);
    this.#reading = new TextReading(engine, text);
    const state = this.#reading.start();
    let row = 0;
    const readTo = (end: number): void => {
      this.#plain.push(...predictions(engine, this.#reading, state, offsets, [row, end]));
      row = end;
    };
    for (const stroke of this.strokes) {
      readTo(rowBefore(stroke));
      this.#states.push(state.copy());
    }
    readTo(this.length);
    this.#plain.push(engine.mixture(state));
    state.free();
  }

  /** n */
  get length(): number {
    return this.offsets.length / 3;
  }

  /** The step that is looked at where none is chosen. */
  get lastStep(): number {
    return lastStep(this.length, this.text);
  }

  /** The divergence at a row from what would be predicted there with a changed stroke, in nats. */
  divergence(stroke: number, how: Change, row: number): number {
    const { shift, rows } = this.#track(stroke, how, row);
    return divergence(this.#plain[row]!, rows[row - shift - rowBefore(this.strokes[stroke]!)]!);
  }

  /** The same at each of DISTANCES after the stroke, as far as the ink goes. */
  near(stroke: number, how: Change): number[] {
    const rows = DISTANCES.map((distance) => this.strokes[stroke]!.end - 1 + distance);
    return rows.filter((row) => row < this.length).map((row) => this.divergence(stroke, how, row));
  }

  /** The state before a row, after the ink as it was, or with a changed stroke. */
  state(row: number, stroke?: number, how?: Change): State {
    const { offsets, shift, reading } = this.#ink(stroke, how);
    const state = reading.start();
    reading.consume(state, offsets.subarray(0, 3 * (row - shift)), row - shift);
    return state;
  }

  /** The offsets before a row [n, 3], as they were, or with a changed stroke. */
  before(row: number, stroke?: number, how?: Change): Float32Array {
    const { offsets, shift } = this.#ink(stroke, how);
    return offsets.subarray(0, 3 * (row - shift));
  }

  /** Futures of a state, 2 LATER offsets each or as far as its line goes; the same random numbers each time. */
  futures(state: State, count: number): Line[] {
    return this.#engine.lines(state, count, 2 * LATER, { seed: this.#seed });
  }

  /** The ink as it was, or with a changed stroke. */
  #ink(stroke?: number, how: Change = "drop"): ReadInk {
    if (stroke === undefined) return { offsets: this.offsets, shift: 0, reading: this.#reading };
    const part = this.strokes[stroke]!;
    const count = 2 * (part.end - part.begin);
    const numbers = this.#engine.random(count, { seed: this.#seed, stream: stroke });
    const { pointers, ...ink } = changed(this.offsets, part, how, numbers, this.text?.pointers);
    const text = this.text && pointers && { ...this.text, pointers };
    return { ...ink, reading: new TextReading(this.#engine, text) };
  }

  /** The model along the changed ink, read at least to the row where the ink as it was has row `row`. */
  #track(stroke: number, how: Change, row: number): Track {
    const key = `${stroke} ${how}`;
    const track = this.#tracks.get(key) ?? this.#begin(key, stroke, how);
    const { offsets, shift, reading, state, rows } = track;
    const from = rowBefore(this.strokes[stroke]!) + rows.length;
    const to = row - shift + 1;
    if (to <= from) return track;
    const end = Math.min(to, offsets.length / 3);
    rows.push(...predictions(this.#engine, reading, state, offsets, [from, end]));
    // After the last offset of the ink.
    if (to > end) rows.push(this.#engine.mixture(state));
    return track;
  }

  #begin(key: string, stroke: number, how: Change): Track {
    let kept = 0;
    for (const { rows } of this.#tracks.values()) kept += rows.length;
    if (kept > MOST_ROWS) {
      for (const { state } of this.#tracks.values()) state.free();
      this.#tracks.clear();
    }
    const ink = this.#ink(stroke, how);
    // From the beginning of the ink the pointer may be elsewhere.
    const begins = rowBefore(this.strokes[stroke]!) === 0;
    const state = begins ? ink.reading.start() : this.#states[stroke]!.copy();
    const track = { ...ink, state, rows: [] };
    this.#tracks.set(key, track);
    return track;
  }
}

/** What is predicted before each of the offsets from `begin` to `end`, which are then consumed. */
function predictions(
  engine: Engine,
  reading: TextReading,
  state: State,
  offsets: Float32Array,
  [begin, end]: readonly [number, number],
): Float32Array[] {
  const n = end - begin;
  if (n <= 0) return [];
  const pointers = reading.pointers(begin, end, offsets.length / 3);
  const wanted = { c: false, h: false, loglik: false, mixture: true, ...(pointers && { pointers }) };
  const { mixture } = engine.trace(state, offsets.subarray(3 * begin, 3 * end), wanted);
  const width = mixture!.length / n;
  return Array.from({ length: n }, (_, k) => mixture!.slice(width * k, width * (k + 1)));
}

/** How the hand changes from some futures to others of the same random numbers. */
export function handShift(before: readonly Line[], after: readonly Line[]): HandShift {
  const [one, other] = [before.map(later), after.map(later)];
  const shift = (measure: SampleMeasure): Shift => {
    const apart = other.map((hand, k) => (hand?.[measure] ?? Number.NaN) - (one[k]?.[measure] ?? Number.NaN));
    const known = apart.filter(Number.isFinite).length > 1;
    return { change: known ? mean(apart) : Number.NaN, error: standardError(apart) };
  };
  return { slant: shift("slant"), size: shift("stroke height") };
}

/** The hand of a future, from LATER offsets on; null where its line ends before. */
function later({ offsets }: Line) {
  return offsets.length < 6 * LATER ? null : measured(offsets.subarray(3 * LATER));
}
