/**
 * A stroke: the points of one pen-down run, in sheet units.
 *
 * Sheet units: x right from the left end of the ruled line, y down from it; the rules are X_HEIGHT apart.
 * Points lie on a grid of 1 / GRID unit and whole milliseconds, so that a link keeps them exactly.
 */

export const X_HEIGHT = 32;
/** The writing size (spec/ink.md) of letters as high as the rules are apart: what the page's example has. */
export const RULING = X_HEIGHT / 2;
/**
 * Millimetres in a sheet unit, on paper: a model unit is 1 mm, as in Python, and writing of the standard size
 * (2.1875 model units) lies between the rules. Small letters are then about 3 mm high.
 */
export const UNIT_MM = 2.1875 / RULING;
export const GRID = 8;
export const PRESSURE_LEVELS = 100;

/** Model units in one raw unit of the whiteboard that the training data was written on. */
export const WHITEBOARD_SCALE = 0.025;
/** Milliseconds between two points of the model: the whiteboard's median (10 to 20 ms). */
export const MODEL_MS = 12;

export interface Stroke {
  /** Who wrote it. */
  readonly writer: "hand" | "model";
  readonly x: readonly number[];
  readonly y: readonly number[];
  /** Milliseconds since the ink's first point. */
  readonly time: readonly number[];
  /** 0 to 1 a point; null where the device does not tell. */
  readonly pressure: readonly number[] | null;
  /** False while the pen is down after the last point; only the last stroke of an ink can be so. */
  readonly lifted: boolean;
}

/** What a pointer gives: sheet units, milliseconds of any clock, pressure 0 to 1 or null. */
export interface RawPoint {
  readonly x: number;
  readonly y: number;
  readonly time: number;
  readonly pressure: number | null;
}

/** What devices without pressure report, and one with pressure before it has shown that. */
export const USUAL_PRESSURE = 0.5;

/** Closer points than this (sheet units) say nothing about the path; a mouse of 1000 Hz sends many. */
const NEAREST = 0.75;

export function onGrid(value: number): number {
  return Math.round(value * GRID) / GRID + 0; // never -0
}

/** A stroke that grows: what the pen is drawing now. */
export class OpenStroke implements Stroke {
  readonly writer = "hand";
  readonly lifted = false;
  readonly x: number[] = [];
  readonly y: number[] = [];
  readonly time: number[] = [];
  pressure: number[] | null;
  readonly #clock: number;
  readonly #start: number;
  #last: RawPoint;

  /** start: the time of the first point since the ink's first point, in milliseconds. */
  constructor(first: RawPoint, start: number) {
    this.#clock = first.time;
    this.#start = start;
    this.pressure = first.pressure === null ? null : [];
    this.#last = first;
    this.#push(first);
  }

  /** When the last point came, by the pointer's clock. */
  get clock(): number {
    return this.#last.time;
  }

  /** Adds a point; returns whether it was far enough from the last one to be kept. */
  add(point: RawPoint): boolean {
    this.#last = point;
    const n = this.x.length;
    const near = Math.hypot(point.x - this.x[n - 1]!, point.y - this.y[n - 1]!) < NEAREST;
    if (!near) this.#push(point);
    return !near;
  }

  /** The finished stroke, with its very last point. */
  close(): Stroke {
    const n = this.x.length;
    const { x, y } = this.#last;
    if (onGrid(x) !== this.x[n - 1] || onGrid(y) !== this.y[n - 1]) this.#push(this.#last);
    const { writer, time, pressure } = this;
    return { writer, x: this.x, y: this.y, time, pressure, lifted: true };
  }

  #push(point: RawPoint): void {
    this.x.push(onGrid(point.x));
    this.y.push(onGrid(point.y));
    const elapsed = Math.round(this.#start + point.time - this.#clock);
    this.time.push(Math.max(elapsed, this.time.at(-1) ?? 0));
    // A tablet that calls itself a mouse shows only after a while that it has pressure.
    if (point.pressure !== null) this.pressure ??= this.x.slice(1).map(() => USUAL_PRESSURE);
    const pressure = point.pressure ?? this.pressure?.at(-1) ?? USUAL_PRESSURE;
    this.pressure?.push(Math.round(pressure * PRESSURE_LEVELS) / PRESSURE_LEVELS);
  }
}

/** Points of a continuation: [n, 2] in sheet units, and [n], 1 where the pen lifts at the point. */
export interface Continuation {
  readonly points: Float32Array;
  readonly lifts: Uint8Array;
}

/**
 * The ink that has written on: `strokes`, then a continuation of them.
 *
 * Where the pen is still down at the end of the strokes, their last one goes on; what is left open stays open.
 */
export function writtenOn(strokes: readonly Stroke[], { points, lifts }: Continuation): Stroke[] {
  const last = strokes.at(-1);
  const open = last !== undefined && !last.lifted;
  const result = open ? strokes.slice(0, -1) : [...strokes];
  let time = last?.time.at(-1) ?? -MODEL_MS;
  let stroke = open ? { x: [...last.x], y: [...last.y], time: [...last.time] } : emptyStroke();
  for (let k = 0; k < lifts.length; k++) {
    time += MODEL_MS;
    stroke.x.push(onGrid(points[2 * k]!));
    stroke.y.push(onGrid(points[2 * k + 1]!));
    stroke.time.push(time);
    if (lifts[k] !== 1) continue;
    result.push({ writer: "model", ...stroke, pressure: null, lifted: true });
    stroke = emptyStroke();
  }
  if (stroke.x.length > 0) result.push({ writer: "model", ...stroke, pressure: null, lifted: false });
  return result;
}

function emptyStroke(): { x: number[]; y: number[]; time: number[] } {
  return { x: [], y: [], time: [] };
}
