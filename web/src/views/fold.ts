/** An endless line of ink, folded into rows that fit a box: for looking at all of it at once. */

import { boxOf } from "../draw/strokes.ts";
import { type Stroke, X_HEIGHT } from "../ink/stroke.ts";

/** Strokes [first, last) of an ink, and the sheet units of the row's left end and of the middle of its height. */
export interface Row {
  readonly first: number;
  readonly last: number;
  readonly left: number;
  readonly middle: number;
}

export interface Folded {
  /** Pixels in a sheet unit. */
  readonly zoom: number;
  /** Pixels between two rows. */
  readonly height: number;
  readonly rows: readonly Row[];
}

/** Height of a row, sheet units. */
const ROW = 3.6 * X_HEIGHT;
const SMALLER = 0.93;

/** Folds an ink into a box of so many pixels, as large as fits but no larger than `greatest` pixels a unit. */
export function fold(ink: readonly Stroke[], width: number, height: number, greatest: number): Folded {
  const boxes = ink.map((stroke) => boxOf([stroke]));
  let zoom = greatest;
  let rows = rowsOf(boxes, width / zoom);
  while (rows.length * ROW * zoom > height && rows.length > 1) {
    zoom *= SMALLER;
    rows = rowsOf(boxes, width / zoom);
  }
  // One row may be a single stroke that is longer than the box is wide.
  const widest = Math.max(...rows.map(({ first, last, left }) => rightOf(boxes, first, last) - left), 1);
  zoom = Math.min(zoom, width / widest, height / ROW);
  return { zoom, height: ROW * zoom, rows };
}

/** Where a row shows a place of the sheet, and back: pixels = (sheet - corner) * zoom. */
export function corner(folded: Folded, row: number): { x: number; y: number } {
  const { left, middle } = folded.rows[row]!;
  return { x: left, y: middle - (row + 0.5) * ROW };
}

type Box = ReturnType<typeof boxOf>;

function rowsOf(boxes: readonly Box[], width: number): Row[] {
  const rows: Row[] = [];
  let first = 0;
  for (let k = 1; k <= boxes.length; k++) {
    const left = leftOf(boxes, first, k);
    if (k < boxes.length && Math.max(boxes[k]!.right, rightOf(boxes, first, k)) - left <= width) continue;
    const heights = boxes.slice(first, k).map(({ top, bottom }) => (top + bottom) / 2);
    const middle = heights.reduce((a, b) => a + b, 0) / heights.length;
    rows.push({ first, last: k, left, middle });
    first = k;
  }
  return rows;
}

function leftOf(boxes: readonly Box[], first: number, last: number): number {
  return Math.min(...boxes.slice(first, last).map(({ left }) => left));
}

function rightOf(boxes: readonly Box[], first: number, last: number): number {
  return Math.max(...boxes.slice(first, last).map(({ right }) => right));
}
