/** In which order cells are shown: row r of a picture is cell `cells[r]`. */

export interface Order {
  readonly cells: Uint16Array;
  /** Where each cell is shown. */
  readonly rows: Uint16Array;
}

export function orderOf(cells: ArrayLike<number>): Order {
  const rows = new Uint16Array(cells.length);
  for (let row = 0; row < cells.length; row++) rows[cells[row]!] = row;
  return { cells: Uint16Array.from(cells), rows };
}

/** As they are in the checkpoint. */
export function plainOrder(count: number): Order {
  return orderOf(Uint16Array.from({ length: count }, (_, cell) => cell));
}

/** The cells that are shown between two rows, both included, in the order in which they are shown. */
export function brushed({ cells }: Order, from: number, to: number): number[] {
  return Array.from(cells.subarray(Math.min(from, to), Math.max(from, to) + 1));
}

/** The cell that is shown `by` rows below another one; the last where there is none. */
export function beside({ cells, rows }: Order, cell: number, by: number): number {
  const row = Math.min(Math.max(rows[cell]! + by, 0), cells.length - 1);
  return cells[row]!;
}

/** Cells with some more: those that are chosen already stay, in front. */
export function added(chosen: readonly number[], more: readonly number[]): number[] {
  return [...new Set([...chosen, ...more])];
}
