/**
 * Changes of one stroke of an ink (spec/explain.md, Memory of a stroke): the twin of src/pentrace/explain/strokes.py. No
 * DOM: for workers and for Node.
 *
 * Letter key: n offsets, k points of a stroke.
 */

import { type InkPath, inkPath, type PenDown, penDownRuns } from "../../ink/path.ts";
import { WHITEBOARD_SCALE } from "../../ink/stroke.ts";

export const CHANGES = ["drop", "straighten", "lean", "move", "tremble"] as const;
export type Change = (typeof CHANGES)[number];

const LEAN = (20 * Math.PI) / 180;
const DOWN = 3;
const TREMBLE = WHITEBOARD_SCALE / 2;

/** An ink with a changed stroke. */
export interface Changed {
  /** [n, 3] of the whole ink, model units. */
  readonly offsets: Float32Array;
  /** [n], the character of each offset; undefined without a text. */
  readonly pointers: Int32Array | undefined;
  /** How many rows earlier the same point lies in the changed ink. */
  readonly shift: number;
}

/** Where the points of an ink lie in model units: it begins at zero. */
const PLACE = { origin: { x: 0, y: 0 }, scale: 1 };

/** The points of each stroke that ended, and from which the pen had gone to the next, before row `step`. */
export function strokesBefore(offsets: Float32Array, firstLifted: boolean, step: number): PenDown[] {
  const { lifted, length } = inkPath({ offsets, firstLifted, ...PLACE });
  return penDownRuns(lifted, length + 1).filter(({ end }) => end <= step);
}

/**
 * Makes a change to the points of one stroke, which is not the last. numbers: [k, 2] in (0, 1), for what trembles.
 * pointers: the character of each offset, [n]; every point keeps its own.
 */
export function changed(
  offsets: Float32Array,
  stroke: PenDown,
  how: Change,
  numbers: Float64Array,
  pointers?: Int32Array,
): Changed {
  const { begin, end } = stroke;
  const n = offsets.length / 3;
  const points = inkPath({ offsets, firstLifted: false, ...PLACE });
  const first = Math.max(begin - 1, 0);
  const shift = how === "drop" ? end - begin : 0;
  if (how !== "drop") alter(points, stroke, how, numbers);
  const result = new Float32Array(3 * (n - shift));
  // Outside the stroke the offsets stay as they were, without another rounding.
  result.set(offsets.subarray(0, 3 * first));
  result.set(offsets.subarray(3 * end), 3 * (end - shift));
  // The points from the one before the stroke to the one after it.
  const before = begin > 0 ? [begin - 1] : [];
  const kept = how === "drop" ? [] : Array.from({ length: end - begin }, (_, k) => begin + k);
  const path = [...before, ...kept, end];
  for (let k = 1; k < path.length; k++) {
    const [from, to, at] = [path[k - 1]!, path[k]!, 3 * (first + k - 1)];
    result[at] = points.x[to]! - points.x[from]!;
    result[at + 1] = points.y[to]! - points.y[from]!;
    result[at + 2] = offsets[3 * to - 1]!;
  }
  // Number k is the character of point k + 1.
  const places = shift === 0 ? pointers : pointers?.filter((_, k) => k < first || k >= first + shift);
  return { offsets: result, pointers: places, shift };
}

/** Changes the points of a stroke in their places. y points down. */
function alter(
  { x, y }: Pick<InkPath, "x" | "y">,
  { begin, end }: PenDown,
  how: Exclude<Change, "drop">,
  numbers: Float64Array,
): void {
  const last = end - 1;
  const from = { x: x[begin]!, y: y[begin]! };
  const along = { x: x[last]! - from.x, y: y[last]! - from.y };
  const middle = y.subarray(begin, end).reduce((sum, value) => sum + value, 0) / (end - begin);
  for (let k = begin; k < end; k++) {
    if (how === "move") y[k] = y[k]! + DOWN;
    else if (how === "lean") x[k] = x[k]! - Math.tan(LEAN) * (y[k]! - middle);
    else if (how === "tremble") {
      x[k] = x[k]! + TREMBLE * (2 * numbers[2 * (k - begin)]! - 1);
      y[k] = y[k]! + TREMBLE * (2 * numbers[2 * (k - begin) + 1]! - 1);
    } else if (last > begin) {
      const share = k === last ? 1 : (k - begin) * (1 / (last - begin));
      x[k] = from.x + share * along.x;
      y[k] = from.y + share * along.y;
    }
  }
}
