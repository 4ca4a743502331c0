/** The samples of the wall as they are written: where each one lies, and how far it is. */

import type { Continuation } from "../../ink/stroke.ts";
import { type Box, PlacedSample } from "../../views/placed-sample.ts";

export interface WallData {
  /** By number; undefined where it has not come yet. Another array is another wall. */
  readonly samples: readonly (Continuation | undefined)[];
  /** Another key: the wall begins again. The same while samples of one wall come in. */
  readonly key: string;
  readonly playing: boolean;
  /** Times the usual speed of a pen. */
  readonly speed: number;
  /** Steps that are written of each sample while the wall is not playing. */
  readonly step: number;
  /** Points that a sample has before its first step: its origin, where it begins a line. */
  readonly head: number;
  /** The text in the cell of the sample that is held. */
  readonly note: string;
}

interface Cell {
  /** undefined until it has come. */
  sample: Continuation | undefined;
  placed: PlacedSample | null;
  /** Steps that it is behind the wall's own step: it came late, or was held. */
  lag: number;
  /** Runs that are painted whole. */
  painted: number;
}

export class WallCells {
  readonly cells: readonly Cell[];
  /** Where a cell lies in the wall. */
  readonly #box: (number: number) => Box;
  /** Steps that are written. */
  step: number;
  /** The cell that is held still to be looked at. */
  held: number | null = null;
  #head = 0;

  constructor(count: number, step: number, box: (number: number) => Box) {
    this.cells = Array.from({ length: count }, () => ({
      sample: undefined,
      placed: null,
      lag: 0,
      painted: 0,
    }));
    this.step = step;
    this.#box = box;
  }

  /** Points that are written of a sample. */
  written({ placed, lag }: Cell): number {
    return Math.min(Math.max(this.step - lag, 0) + this.#head, placed?.length ?? 0);
  }

  get ended(): boolean {
    return this.cells.every((cell) => cell.placed !== null && this.written(cell) >= cell.placed.length);
  }

  /** Writes on by so many steps. What is held stands still, and what is not there yet begins later. */
  move(by: number): void {
    if (this.cells.every(({ placed }) => placed === null)) return;
    this.step += by;
    this.cells.forEach((cell, number) => {
      if (number === this.held || cell.placed === null) cell.lag += by;
    });
  }

  goTo(step: number): void {
    this.step = step;
    for (const cell of this.cells) cell.lag = 0;
  }

  /** Takes the samples that have come. another: they are of another wall, which begins again. */
  take({ samples, playing, head }: WallData, another: boolean): void {
    this.#head = head;
    if (another) {
      for (const cell of this.cells) cell.sample = undefined;
      this.goTo(0);
    }
    this.cells.forEach((cell, number) => {
      if (samples[number] === cell.sample) return;
      cell.sample = samples[number];
      if (!playing) cell.lag = 0;
      this.#place(cell, number);
    });
  }

  /** Places all samples again. */
  place(): void {
    for (const [number, cell] of this.cells.entries()) this.#place(cell, number);
  }

  #place(cell: Cell, number: number): void {
    cell.placed = cell.sample === undefined ? null : new PlacedSample(cell.sample, this.#box(number));
  }
}
