/** An ink as points on a sheet. */

import type { Trail } from "./outline.ts";
import { type Continuation, MODEL_MS } from "./stroke.ts";

/** Offsets, and where they lie on a sheet. */
export interface PlacedOffsets {
  /** [n, 3] in model units. */
  readonly offsets: Float32Array;
  /** Whether the pen lifts at the first point. */
  readonly firstLifted: boolean;
  /** Where the first point lies, in sheet units. */
  readonly origin: { readonly x: number; readonly y: number };
  /** Model units in a sheet unit. */
  readonly scale: number;
}

export interface InkPath {
  /** n */
  readonly length: number;
  /** The n + 1 points, sheet units. */
  readonly x: Float64Array;
  readonly y: Float64Array;
  /** [n + 1], 1 where the pen lifts at the point. */
  readonly lifted: Uint8Array;
}

/** The points that offsets lead to, the first point included. */
export function inkPath({ offsets, firstLifted, origin, scale }: PlacedOffsets): InkPath {
  const length = offsets.length / 3;
  const x = new Float64Array(length + 1).fill(origin.x);
  const y = new Float64Array(length + 1).fill(origin.y);
  const lifted = new Uint8Array(length + 1);
  lifted[0] = Number(firstLifted);
  for (let p = 0; p < length; p++) {
    x[p + 1] = x[p]! + offsets[3 * p]! / scale;
    y[p + 1] = y[p]! + offsets[3 * p + 1]! / scale;
    lifted[p + 1] = offsets[3 * p + 2]!;
  }
  return { length, x, y, lifted };
}

/** The same points as a continuation. from: 0 with the first point, 1 without it. */
export function pointsOf(placed: PlacedOffsets, from: 0 | 1): Continuation {
  const { x, y, lifted } = inkPath(placed);
  const points = new Float32Array(2 * (x.length - from));
  for (let p = from; p < x.length; p++) points.set([x[p]!, y[p]!], 2 * (p - from));
  return { points, lifts: lifted.slice(from) };
}

/** Points with the pen down, from `begin` to `end`, `end` left out. */
export interface PenDown {
  readonly begin: number;
  readonly end: number;
}

/** The strokes of `count` points; the last one ends with the points. */
export function penDownRuns(lifted: Uint8Array, count: number): PenDown[] {
  const runs: PenDown[] = [];
  let begin = 0;
  for (let p = 0; p < count; p++) {
    if (lifted[p] !== 1 && p + 1 < count) continue;
    runs.push({ begin, end: p + 1 });
    begin = p + 1;
  }
  return runs;
}

/** The points of a run, from points [n, 2]. */
export function columnsOf(points: Float32Array, { begin, end }: PenDown): { x: number[]; y: number[] } {
  const column = (axis: 0 | 1): number[] =>
    Array.from({ length: end - begin }, (_, k) => points[2 * (begin + k) + axis]!);
  return { x: column(0), y: column(1) };
}

/** The strokes of a path, at the pace of the model. */
export function trailsOf({ x, y, lifted, length }: InkPath): Trail[] {
  return penDownRuns(lifted, length + 1).map(({ begin, end }) => ({
    x: Array.from(x.subarray(begin, end)),
    y: Array.from(y.subarray(begin, end)),
    time: Array.from({ length: end - begin }, (_, k) => (begin + k) * MODEL_MS),
    pressure: null,
  }));
}

/**
 * The points of a stroke from `begin` to `count`, which need not be whole: between two points the pen is on its way.
 * place: where a point lies.
 */
export function trailTo(
  { begin, end }: PenDown,
  count: number,
  place: (p: number) => { readonly x: number; readonly y: number },
): Trail {
  const whole = Math.min(Math.max(Math.floor(count), begin + 1), end);
  const points = Array.from({ length: whole - begin }, (_, k) => place(begin + k));
  const time = points.map((_, k) => (begin + k) * MODEL_MS);
  const part = count - whole;
  if (whole < end && part > 0) {
    const [from, to] = [points.at(-1)!, place(whole)];
    points.push({ x: from.x + (to.x - from.x) * part, y: from.y + (to.y - from.y) * part });
    time.push((whole - 1 + part) * MODEL_MS);
  }
  return { x: points.map(({ x }) => x), y: points.map(({ y }) => y), time, pressure: null };
}

/** The point nearest to a place, and how far it is. */
export function nearestPoint(
  { x, y }: Pick<InkPath, "x" | "y">,
  atX: number,
  atY: number,
): { row: number; distance: number } {
  let found = { row: 0, distance: Number.POSITIVE_INFINITY };
  for (let p = 0; p < x.length; p++) {
    const distance = Math.hypot(x[p]! - atX, y[p]! - atY);
    if (distance < found.distance) found = { row: p, distance };
  }
  return found;
}

/** The least and the greatest of some values; 0 and 0 of none. */
export function extent(values: ArrayLike<number>): [number, number] {
  if (values.length === 0) return [0, 0];
  let [least, greatest] = [values[0]!, values[0]!];
  for (let k = 1; k < values.length; k++) {
    const value = values[k]!;
    if (value < least) least = value;
    if (value > greatest) greatest = value;
  }
  return [least, greatest];
}
