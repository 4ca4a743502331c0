/**
 * A sheet's ink as the model reads it, kept up to date stroke by stroke.
 *
 * What was read of each closed stroke is kept, so a stroke that grows, or an undo, costs only what is new, and no point
 * is consumed twice. All of it is a function of the ink alone: the same ink gives the same offsets and the same state
 * whether it was written, undone to or opened from a link.
 */

import { joined } from "../checkpoint/joined.ts";
import type { Engine, RawInk, State } from "./engine.ts";
import type { InkStroke } from "./source.ts";
import { WritingSize } from "./writing-size.ts";

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** What was read of a stroke: its offsets [n, 3], and where they lead. */
interface Part {
  readonly offsets: Float32Array;
  readonly end: Point;
}

interface Parts {
  /** One for each stroke. */
  readonly parts: readonly Part[];
  /** How many of them are the same as the time before. */
  readonly kept: number;
  /** Model units in a sheet unit. */
  readonly scale: number;
}

/** The offsets of an ink. */
export interface SheetOffsets {
  /** [n, 3] in model units. */
  readonly offsets: Float32Array;
  /** Whether the pen lifts at the first point. */
  readonly firstLifted: boolean;
  /** Model units in a sheet unit. */
  readonly scale: number;
}

/** Reads an ink to offsets. */
export class SheetReader {
  readonly #engine: Engine;
  readonly #size: WritingSize;
  /** As they were read last. */
  #strokes: readonly InkStroke[] = [];
  #parts: Part[] = [];
  #scale = 0;

  /** ruling: the writing size that the sheet's rules ask for, in sheet units. */
  constructor(engine: Engine, ruling: number) {
    this.#engine = engine;
    this.#size = new WritingSize(engine, ruling);
  }

  read(strokes: readonly InkStroke[]): SheetOffsets {
    const { parts, scale } = this.parts(strokes);
    const dot = strokes[0]?.lifted === true && strokes[0].points.length === 2;
    return { offsets: joined(parts.map(({ offsets }) => offsets)), firstLifted: dot, scale };
  }

  parts(strokes: readonly InkStroke[]): Parts {
    const changed = strokes.findIndex((stroke, k) => !stroke.lifted || !equal(stroke, this.#strokes[k]));
    const same = changed < 0 ? strokes.length : changed;
    const size = this.#size.of(strokes, same);
    const scale = scaleOf(this.#engine, size);
    const kept = scale === this.#scale ? Math.min(same, this.#parts.length) : 0;
    this.#parts.length = kept;
    this.#strokes = strokes;
    this.#scale = scale;
    for (const stroke of strokes.slice(kept)) {
      this.#parts.push(offsetsOf(this.#engine, stroke, this.#parts.at(-1)?.end ?? null, scale, size));
    }
    return { parts: this.#parts, kept, scale };
  }
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

/** Reads an ink to the state after it. */
export class Reader {
  readonly #engine: Engine;
  readonly #sheet: SheetReader;
  readonly #start: State;
  /** After each stroke. */
  readonly #readings: Reading[] = [];

  /** ruling: the writing size that the sheet's rules ask for, in sheet units. */
  constructor(engine: Engine, ruling: number) {
    this.#engine = engine;
    this.#sheet = new SheetReader(engine, ruling);
    this.#start = engine.start();
  }

  read(strokes: readonly InkStroke[]): Reading {
    const { parts, kept, scale } = this.#sheet.parts(strokes);
    for (const { state } of this.#readings.splice(kept)) state.free();
    const start: Reading = { state: this.#start, position: 0, end: null, scale };
    for (const { offsets, end } of parts.slice(kept)) {
      const before = this.#readings.at(-1) ?? start;
      const state = before.state.copy();
      this.#engine.consume(state, offsets);
      this.#readings.push({ state, position: before.position + offsets.length / 3, end, scale });
    }
    return this.#readings.at(-1) ?? start;
  }
}

function equal(a: InkStroke, b: InkStroke | undefined): boolean {
  return (
    a.lifted === b?.lifted &&
    a.writer === b.writer &&
    a.points.length === b.points.length &&
    a.points.every((value, k) => value === b.points[k])
  );
}

const DOT: RawInk = { points: new Float32Array(2), penUp: Uint8Array.of(1) };

/** Model units in a sheet unit, for writing of a size in sheet units. */
export function scaleOf(engine: Engine, size: number): number {
  return engine.prepare(DOT, size).scale;
}

/** The offsets [n, 3] of a stroke that is read after another one ended at `end`, and where they lead. */
function offsetsOf(engine: Engine, stroke: InkStroke, end: Point | null, scale: number, size: number): Part {
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
