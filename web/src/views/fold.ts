/** An endless line of ink, folded into rows that fit a box: for looking at all of it at once. */

import { type Box, boxOf } from "../draw/strokes.ts";
import { type Stroke, X_HEIGHT } from "../ink/stroke.ts";

/** Strokes [first, last) of an ink, and the box around them in sheet units. */
export interface Row extends Box {
  readonly first: number;
  readonly last: number;
}

export interface Folded {
  /** Pixels in a sheet unit. */
  readonly zoom: number;
  /** Pixels between two rows. */
  readonly height: number;
  readonly rows: readonly Row[];
}

/** Least height of a row, and what rows have between them; sheet units. */
const LEAST = 3.6 * X_HEIGHT;
const GAP = X_HEIGHT / 2;
const SMALLER = 0.93;

/** Folds an ink into a box of so many pixels, as large as fits but no larger than `greatest` pixels a unit. */
export function fold(ink: readonly Stroke[], width: number, height: number, greatest: number): Folded {
  const boxes = ink.map((stroke) => boxOf([stroke]));
  let zoom = greatest;
  let rows = rowsOf(boxes, width / zoom);
  while (rows.length > 1 && rows.length * heightOf(rows) * zoom > height) {
    zoom *= SMALLER;
    rows = rowsOf(boxes, width / zoom);
  }
  // One row may be a single stroke that is wider or taller than the box.
  const widest = Math.max(...rows.map(({ left, right }) => right - left), 1);
  const tall = heightOf(rows);
  zoom = Math.min(zoom, width / widest, height / tall / Math.max(rows.length, 1));
  return { zoom, height: tall * zoom, rows };
}

/** The place of the sheet that a row shows in the box's corner: pixels = (sheet - corner) * zoom. */
export function corner({ rows, height, zoom }: Folded, row: number): { x: number; y: number } {
  const { left, top, bottom } = rows[row]!;
  return { x: left, y: (top + bottom) / 2 - ((row + 0.5) * height) / zoom };
}

function rowsOf(boxes: readonly Box[], width: number): Row[] {
  const rows: Row[] = [];
  boxes.forEach((box, k) => {
    const row = rows.at(-1);
    const both = row === undefined ? box : around(row, box);
    if (row === undefined || both.right - both.left > width) rows.push({ ...box, first: k, last: k + 1 });
    else rows[rows.length - 1] = { ...both, first: row.first, last: k + 1 };
  });
  return rows;
}

function around(a: Box, b: Box): Box {
  return {
    left: Math.min(a.left, b.left),
    right: Math.max(a.right, b.right),
    top: Math.min(a.top, b.top),
    bottom: Math.max(a.bottom, b.bottom),
  };
}

/** The height that every row gets. */
function heightOf(rows: readonly Row[]): number {
  return Math.max(LEAST, ...rows.map(({ top, bottom }) => bottom - top + GAP));
}
