/** Numbers of a file brought into what an ink can hold, as pentrace/ink/formats/_columns.py. */

import { bounds } from "./matrix.ts";
import { counted, type Notes } from "./notes.ts";
import type { Pair } from "./path-data.ts";

/** What an ink says. */
export interface FileText {
  readonly text: string;
  /** [n], the place in the text of the character of each point, in Unicode characters. */
  readonly characters: Int32Array;
}

/** Ink of a file. */
export interface FileInk {
  /** [n, 2] */
  readonly points: Float32Array;
  /** [n], 1 on the last point of a stroke. */
  readonly penUp: Uint8Array;
  /** [n] in milliseconds, or null where it is not known. */
  readonly time: Float32Array | null;
  /** [n] in 0 to 1, NaN at points where it is not known, or null where it is known at none. */
  readonly pressure: Float32Array | null;
  /** Model units in a unit of x and y, or null where it is not known. */
  readonly scale: number | null;
  /** Millimetres in a unit of x and y, or null where it is not known. */
  readonly unitMm: number | null;
  /** What it says, where that is known. */
  readonly text?: FileText;
  /** What could not be taken from the file, a sentence each. */
  readonly notes: readonly string[];
}

/** Largest coordinate and time: beyond it float32 cannot tell neighbours one unit apart. */
export const LIMIT = 2 ** 24;
/** Times are left out where more than this part of them would have to be changed. */
const MOST_REPAIRED = 0.1;

interface Rest {
  readonly time?: readonly number[] | null;
  readonly pressure?: readonly number[] | null;
  readonly scale?: number | null;
  readonly unitMm?: number | null;
}

/** The ink of strokes of at least one point each; times in milliseconds, NaN where one is not known. */
export function build(strokes: readonly (readonly Pair[])[], notes: Notes, rest: Rest): FileInk {
  const { points, divisor } = withinFloat32(strokes.flat(), notes);
  const penUp = liftsAfter(strokes.map((stroke) => stroke.length));
  const { time = null, pressure = null, scale = null, unitMm = null } = rest;
  return {
    points,
    penUp,
    time: time === null ? null : inOrder(time, notes),
    pressure: pressure === null || pressure.every(Number.isNaN) ? null : Float32Array.from(pressure),
    scale: scale === null ? null : scale * divisor,
    unitMm: unitMm === null ? null : unitMm * divisor,
    notes: notes.all(),
  };
}

/** 1 at the last point of each stroke, from how many points each has. */
export function liftsAfter(lengths: readonly number[]): Uint8Array {
  return Uint8Array.from(lengths.flatMap((n) => Array.from({ length: n }, (_, k) => Number(k + 1 === n))));
}

/** Points moved to begin at 0, and divided by a power of two, where float32 cannot tell neighbours apart. */
function withinFloat32(points: readonly Pair[], notes: Notes): { points: Float32Array; divisor: number } {
  const result = new Float32Array(2 * points.length);
  const [left, top, right, bottom] = bounds(points);
  const beyond = Math.max(-left, -top, right, bottom) > LIMIT;
  const [x0, y0] = beyond ? [Math.floor(left), Math.floor(top)] : [0, 0];
  const extent = Math.max(right - x0, bottom - y0);
  let divisor = 1;
  while (beyond && extent / divisor > LIMIT) divisor *= 2;
  points.forEach(([x, y], k) => {
    result[2 * k] = (x - x0) / divisor;
    result[2 * k + 1] = (y - y0) / divisor;
  });
  if (beyond) {
    const divided = divisor === 1 ? "" : ` and divided by ${BigInt(divisor)}`;
    notes.add(
      `coordinates beyond ${counted(LIMIT)}: moved to begin at 0${divided}, so that float32 holds them`,
    );
  }
  return { points: result, divisor };
}

/** Times counted from the first point, none before one that came earlier; null where too many are wrong. */
export function inOrder(time: readonly number[], notes: Notes): Float32Array | null {
  const n = time.length;
  const unknown = time.filter(Number.isNaN).length;
  if (unknown > 0) {
    notes.add(`the time of ${counted(unknown)} of ${counted(n)} points is not known: times are left out`);
    return null;
  }
  const ordered: number[] = [];
  let wrong = 0;
  for (const value of time) {
    const elapsed = value - time[0]!;
    const latest = Math.max(elapsed, ordered.at(-1) ?? elapsed);
    if (latest !== elapsed) wrong++;
    ordered.push(latest);
  }
  const where = `times run backwards at ${counted(wrong)} of ${counted(n)} points`;
  if (wrong > MOST_REPAIRED * n) {
    notes.add(`${where}: times are left out`);
    return null;
  }
  if (wrong > 0) notes.add(`${where}: they take the time before them`);
  if (ordered.at(-1)! > LIMIT) {
    notes.add(`times go on for more than ${counted(LIMIT)} ms: times are left out`);
    return null;
  }
  return Float32Array.from(ordered);
}
