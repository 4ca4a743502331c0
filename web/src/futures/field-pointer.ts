/** What lies under a pointer in a field of futures. */

import { nearestPoint } from "../ink/path.ts";
import { type Field, penDownMovements } from "./field.ts";

/** Client pixels within which a strand, and a point of the ink, is meant. */
const STRAND = 7;
const INK = 6;
const NEAR_INK = 60;
/** A strand of the row that is looked at is meant before another one that is closer by so much. */
const FAVOUR = 4;

export interface Found {
  readonly step: number;
  readonly future: number | null;
}

/**
 * The step or the strand at x, y (sheet units): the ink where it is close, else a strand, else the next point of the ink.
 * pixel: a client pixel in sheet units; looked: the row that is looked at.
 */
export function nearest(field: Field, x: number, y: number, pixel: number, looked: number): Found | null {
  const { row: step, distance } = nearestPoint(field.path, x, y);
  if (distance > INK * pixel) {
    const strand = nearestStrand(field, x, y, pixel, looked);
    if (strand !== null) return strand;
  }
  return distance < NEAR_INK * pixel ? { step, future: null } : null;
}

function nearestStrand(field: Field, px: number, py: number, pixel: number, looked: number): Found | null {
  const { rows, known } = field;
  let best = STRAND * pixel;
  let found: Found | null = null;
  rows.forEach((futures, row) => {
    if (futures === null) return;
    const favour = row === looked ? FAVOUR * pixel : 0;
    for (let f = 0; f < known[row]!; f++) {
      penDownMovements(field, futures, row, f, (_, ...ends) => {
        const d = toSegment(px, py, ...ends) - favour;
        if (d >= best) return;
        best = d;
        found = { step: row, future: f };
      });
    }
  });
  return found;
}

function toSegment(px: number, py: number, ax: number, ay: number, bx: number, by: number): number {
  const dx = bx - ax;
  const dy = by - ay;
  const length = dx * dx + dy * dy;
  const along = length === 0 ? 0 : ((px - ax) * dx + (py - ay) * dy) / length;
  const u = Math.min(Math.max(along, 0), 1);
  return Math.hypot(ax + u * dx - px, ay + u * dy - py);
}
