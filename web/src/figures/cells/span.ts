/** The part of an ink that is shown: zoom and pan in time. */

/** Rows from, from + 1, ..., from + length - 1; `length` may be more than there are while an ink grows. */
export interface Span {
  readonly from: number;
  readonly length: number;
}

/** How much closer or farther one press of a button or a key takes. */
export const ZOOM = 1.6;
/** Least number of rows in view: zooming in further shows nothing more. */
export const LEAST_SPAN = 12;
/** Least number of rows that a growing ink has room for. */
const LEAST_GROWING = 200;

/** What the address asks for, in an ink of so many rows; 0 asks for all of it. */
export function spanOf(from: number, asked: number, rows: number, growing = false): Span {
  const whole = growing ? roomFor(rows) : rows;
  if (asked === 0 || asked >= whole) return { from: 0, length: whole };
  const length = Math.min(Math.max(asked, LEAST_SPAN), whole);
  return { from: Math.min(Math.max(from, 0), whole - length), length };
}

/** Room for an ink that grows: in a few large steps, so that the drawing seldom moves. */
function roomFor(rows: number): number {
  let room = LEAST_GROWING;
  while (room < rows) room = Math.ceil((room * 1.5) / 10) * 10;
  return room;
}

/** Zoomed about a row that stays where it is; factor above 1: closer. */
export function zoomed({ from, length }: Span, about: number, factor: number, rows: number): Span {
  const next = Math.min(Math.max(Math.round(length / factor), LEAST_SPAN), rows);
  const share = (about + 0.5 - from) / length;
  return spanOf(Math.round(about + 0.5 - share * next), next, rows);
}

export function panned({ from, length }: Span, by: number, rows: number): Span {
  return spanOf(from + Math.round(by), length, rows);
}

/** Moved as little as is needed for a row to be in it. */
export function holding(span: Span, row: number, rows: number): Span {
  if (row < span.from) return spanOf(row, span.length, rows);
  if (row >= span.from + span.length) return spanOf(row - span.length + 1, span.length, rows);
  return span;
}
