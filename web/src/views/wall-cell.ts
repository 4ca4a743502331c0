/** One sample of the wall: where it lies in its cell, and as much of it as has been written. */

import { outline, type PathSink } from "../ink/outline.ts";
import { type Continuation, MODEL_MS } from "../ink/stroke.ts";

/** Client pixels. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** A run of points with the pen down: from `begin` up to, not with, `end`. */
interface Run {
  readonly begin: number;
  readonly end: number;
  path: Path2D | null;
}

/** Client pixels in a sheet unit, by the cell's width. */
const LEAST_ZOOM = 0.46;
const GREATEST_ZOOM = 0.6;
const UNITS_IN_WIDTH = 430;
const PADDING_X = 14;
const PADDING_Y = 10;
/** The first points say where the sample's left end is. */
const BEGINNING = 30;
/** Writing at this zoom is fine, so the nib is a little broader. */
const NIB = 1.12;

export class PlacedSample {
  /** Points that fit the cell's width. */
  readonly length: number;
  readonly zoom: number;
  /** Where the sample's origin lies, client pixels. */
  readonly left: number;
  readonly top: number;
  readonly runs: readonly Run[];
  readonly #sample: Continuation;

  /** wanted: client pixels in a sheet unit where there is room for the sample's height; most: never more. */
  constructor(sample: Continuation, box: Box, wanted = zoomFor(box.width), most = Number.POSITIVE_INFINITY) {
    this.#sample = sample;
    const { points, lifts } = sample;
    const from = least(points, 0, Math.min(BEGINNING, lifts.length));
    const room = (box.width - 2 * PADDING_X) / wanted;
    let length = 0;
    while (length < lifts.length && points[2 * length]! - from <= room) length++;
    this.length = length;
    const top = least(points, 1, length);
    const bottom = -least(
      points.map((value) => -value),
      1,
      length,
    );
    const high = (box.height - 2 * PADDING_Y) / Math.max(bottom - top, 1);
    this.zoom = Math.min(wanted, high, most);
    this.left = box.left + PADDING_X - from * this.zoom;
    this.top = box.top + box.height / 2 - ((top + bottom) / 2) * this.zoom;
    this.runs = penDownRuns(lifts, length);
  }

  /** The outline of a whole run, in sheet units; made once. */
  path(run: Run): Path2D {
    if (run.path === null) {
      run.path = new Path2D();
      this.trace(run, run.end, run.path);
    }
    return run.path;
  }

  /** Writes the outline of a run up to point `count`, which need not be whole. */
  trace({ begin, end }: Run, count: number, sink: PathSink): void {
    const { points } = this.#sample;
    const whole = Math.min(Math.max(Math.floor(count), begin + 1), end);
    const x: number[] = [];
    const y: number[] = [];
    const time: number[] = [];
    for (let k = begin; k < whole; k++) {
      x.push(points[2 * k]!);
      y.push(points[2 * k + 1]!);
      time.push(k * MODEL_MS);
    }
    const part = count - whole;
    if (whole < end && part > 0) {
      x.push(x.at(-1)! + (points[2 * whole]! - x.at(-1)!) * part);
      y.push(y.at(-1)! + (points[2 * whole + 1]! - y.at(-1)!) * part);
      time.push((whole - 1 + part) * MODEL_MS);
    }
    outline({ x, y, time, pressure: null }, sink, NIB);
  }

  /** Where the pen is at point `count`, sheet units. */
  pen(count: number): { x: number; y: number } {
    const { points } = this.#sample;
    const at = Math.min(Math.max(count - 1, 0), this.length - 1);
    const [before, part] = [Math.floor(at), at % 1];
    const after = Math.min(before + 1, this.length - 1);
    const between = (axis: 0 | 1): number =>
      points[2 * before + axis]! * (1 - part) + points[2 * after + axis]! * part;
    return { x: between(0), y: between(1) };
  }

  /** Lets a context draw in sheet units. */
  enter(context: CanvasRenderingContext2D, density: number): void {
    const scale = this.zoom * density;
    context.setTransform(scale, 0, 0, scale, this.left * density, this.top * density);
  }
}

function zoomFor(width: number): number {
  return Math.min(Math.max(width / UNITS_IN_WIDTH, LEAST_ZOOM), GREATEST_ZOOM);
}

/** Where an element lies in another, client pixels. */
export function boxIn(outer: HTMLElement, inner: HTMLElement): Box {
  const from = outer.getBoundingClientRect();
  const { left, top, width, height } = inner.getBoundingClientRect();
  return { left: left - from.left, top: top - from.top - outer.clientTop, width, height };
}

function penDownRuns(lifts: Uint8Array, length: number): Run[] {
  const runs: Run[] = [];
  let begin = 0;
  for (let k = 0; k < length; k++) {
    if (lifts[k] !== 1 && k + 1 < length) continue;
    runs.push({ begin, end: k + 1, path: null });
    begin = k + 1;
  }
  return runs;
}

/** The least x (axis 0) or y (axis 1) of the first `length` points. */
function least(points: Float32Array, axis: 0 | 1, length: number): number {
  let result = Number.POSITIVE_INFINITY;
  for (let k = 0; k < length; k++) result = Math.min(result, points[2 * k + axis]!);
  return length === 0 ? 0 : result;
}
