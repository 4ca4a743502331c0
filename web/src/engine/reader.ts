/**
 * An ink as the model reads it: the state after it, kept up to date stroke by stroke.
 *
 * The state after each closed stroke is kept, so that a stroke that grows, or an undo, costs only what is new, and
 * no point is consumed twice. All of it is a function of the ink alone: the same ink gives the same state whether
 * it was written, undone to or opened from a link.
 */

import type { Engine, RawInk, State } from "./engine.ts";
import type { InkStroke } from "./source.ts";
import { WritingSize } from "./writing-size.ts";

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** The model after some strokes. */
export interface Reading {
  readonly state: State;
  /** Offsets consumed since the start of the line. */
  readonly position: number;
  /** The last point that the model has seen, in sheet units; null before the first. */
  readonly end: Point | null;
  /** Model units in a sheet unit. */
  readonly scale: number;
}

const DOT = { points: new Float32Array(2), penUp: Uint8Array.of(1) };

export class Reader {
  readonly #engine: Engine;
  readonly #size: WritingSize;
  readonly #start: State;
  /** After each closed stroke, all with one scale. */
  #readings: Reading[] = [];
  #open: Reading | null = null;

  /** ruling: the writing size that the sheet's rules ask for, in sheet units. */
  constructor(engine: Engine, ruling: number) {
    this.#engine = engine;
    this.#size = new WritingSize(engine, ruling);
    this.#start = engine.start();
  }

  /** Reads an ink of which the first `keep` strokes are those of the call before. */
  read(strokes: readonly InkStroke[], keep: number): Reading {
    const size = this.#size.of(strokes, keep);
    const { scale } = this.#engine.prepare(DOT, size);
    this.#forget(this.#readings[0]?.scale === scale ? keep : 0);
    const start: Reading = { state: this.#start, position: 0, end: null, scale };
    for (let k = this.#readings.length; k < strokes.length; k++) {
      const stroke = strokes[k]!;
      const reading = this.#readOn(this.#readings.at(-1) ?? start, stroke, size);
      if (stroke.lifted) this.#readings.push(reading);
      else this.#open = reading;
    }
    return this.#open ?? this.#readings.at(-1) ?? start;
  }

  #readOn({ state: before, position, end, scale }: Reading, stroke: InkStroke, size: number): Reading {
    const read = offsetsOf(this.#engine, stroke, end, scale, size);
    const state = before.copy();
    this.#engine.consume(state, read.offsets);
    return { state, position: position + read.offsets.length / 3, end: read.end, scale };
  }

  /** Drops what was read after the first `keep` strokes. */
  #forget(keep: number): void {
    for (const { state } of this.#readings.splice(keep)) state.free();
    this.#open?.state.free();
    this.#open = null;
  }
}

/** The offsets [n, 3] of a stroke that is read after another one ended at `end`, and where they lead. */
export function offsetsOf(
  engine: Engine,
  stroke: InkStroke,
  end: Point | null,
  scale: number,
  size: number,
): { offsets: Float32Array; end: Point } {
  const offsets =
    stroke.writer === "model"
      ? plainOffsets(stroke, end, scale)
      : engine.prepare(from(end, stroke), size).offsets;
  return { offsets, end: endOf(stroke, end, offsets, scale) };
}

/** A stroke with the lifted point that the pen comes from. */
function from(end: Point | null, { points, lifted }: InkStroke): RawInk {
  const before = end === null ? [] : [end.x, end.y];
  const all = new Float32Array(before.length + points.length);
  all.set(before);
  all.set(points, before.length);
  const penUp = new Uint8Array(all.length / 2);
  if (end !== null) penUp[0] = 1;
  if (lifted) penUp[penUp.length - 1] = 1;
  return { points: all, penUp };
}

/** Offsets of points that have the model's own spacing. */
function plainOffsets({ points, lifted }: InkStroke, end: Point | null, scale: number): Float32Array {
  const first = end === null ? 1 : 0;
  const n = points.length / 2;
  const offsets = new Float32Array(3 * (n - first));
  let { x, y } = end ?? { x: points[0]!, y: points[1]! };
  for (let k = first; k < n; k++) {
    const at = 3 * (k - first);
    offsets[at] = (points[2 * k]! - x) * scale;
    offsets[at + 1] = (points[2 * k + 1]! - y) * scale;
    x = points[2 * k]!;
    y = points[2 * k + 1]!;
  }
  if (lifted && offsets.length > 0) offsets[offsets.length - 1] = 1;
  return offsets;
}

/** Where the offsets lead: a closed stroke's end; in one that goes on, what is left of a step is not read yet. */
function endOf(stroke: InkStroke, end: Point | null, offsets: Float32Array, scale: number): Point {
  const { points, lifted, writer } = stroke;
  if (lifted || writer === "model") return { x: points.at(-2)!, y: points.at(-1)! };
  let { x, y } = end ?? { x: points[0]!, y: points[1]! };
  for (let k = 0; k < offsets.length; k += 3) {
    x += offsets[k]! / scale;
    y += offsets[k + 1]! / scale;
  }
  return { x, y };
}
