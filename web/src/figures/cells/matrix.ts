/** One quantity of all cells along an ink, as far as the ink was read: [rows, C], row p after p offsets. */

import { type Limits, limitOf } from "../../cells/scale.ts";
import type { Quantity } from "../../engine/cell-trace.ts";
import type { CellsReply } from "./task.ts";

export class CellMatrix {
  readonly cells: number;
  readonly what: Quantity;
  /** n + 1 */
  rows = 0;
  #held = new Float32Array(0);
  /** The first row of each reply that was taken. */
  readonly #from: number[] = [];

  constructor(cells: number, what: Quantity) {
    this.cells = cells;
    this.what = what;
  }

  /** [rows, C]; valid until the next `take`. */
  get values(): Float32Array {
    return this.#held.subarray(0, this.rows * this.cells);
  }

  /** How many replies were taken. */
  get takes(): number {
    return this.#from.length;
  }

  /** The first row that is not as it was after so many replies; Infinity where all are. */
  changedSince(takes: number): number {
    return Math.min(...this.#from.slice(takes));
  }

  /** Takes the rows of a reply that builds on the one before. */
  take({ from, values }: Pick<CellsReply, "from" | "values">): void {
    const { cells } = this;
    this.#from.push(from);
    const end = from * cells + values.length;
    if (end > this.#held.length) {
      const more = new Float32Array(Math.max(end, Math.ceil(1.5 * this.#held.length)));
      more.set(this.#held.subarray(0, from * cells));
      this.#held = more;
    }
    this.#held.set(values, from * cells);
    this.rows = end / cells;
  }

  value(row: number, cell: number): number {
    return this.#held[row * this.cells + cell]!;
  }

  /** [rows]: the mean of some cells in each row. */
  means(cells: readonly number[]): Float32Array {
    const sums = new Float64Array(this.rows);
    for (const cell of cells) {
      for (let row = 0, at = cell; row < this.rows; row++, at += this.cells) sums[row]! += this.#held[at]!;
    }
    return Float32Array.from(sums, (sum) => sum / cells.length);
  }

  /** [rows]: the mean over some cells of their distance from the middle in parts of their limits. */
  shares(cells: readonly number[], limits: Limits): Float32Array {
    const shares = new Float32Array(this.rows);
    for (const cell of cells) {
      const part = 1 / (limitOf(limits, cell) * cells.length);
      for (let row = 0, at = cell; row < this.rows; row++, at += this.cells) {
        shares[row]! += (this.#held[at]! - limits.centre) * part;
      }
    }
    return shares;
  }
}
