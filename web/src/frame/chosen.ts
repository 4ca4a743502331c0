/**
 * What the reader looks at inside the model: cells, a step, and the ink. All figures about cells share it. Each can read
 * and set it, and none knows the others.
 */

import { effect, type ReadonlySignal, type Signal, signal } from "@preact/signals-core";
import { scrollTo } from "../draw/element.ts";
import { type PathSource, type SourceText, sheetSource } from "../engine/source.ts";

/** The ink that the cells were read along. */
export interface ShownInk {
  readonly source: PathSource;
  /** [n, 3] in model units, as the model read them. */
  readonly offsets: Float32Array;
  /** Whether the pen lifts at the first point. */
  readonly firstLifted: boolean;
}

export interface Chosen {
  /** Numbers of cells, layer after layer, in the order of choice; none: a figure shows the one that keeps time with the pen best. */
  readonly cells: Signal<readonly number[]>;
  /** A row, 0 to n: the number of offsets read before it. Below 0 until the reader has looked at one. */
  readonly step: Signal<number>;
  /** null until an ink was read. */
  readonly ink: Signal<ShownInk | null>;
  /** The ink along which the cells are read, unless they are read along the reader's own writing. */
  readonly source: Signal<PathSource>;
  /** Whether they are read along the reader's own writing. */
  readonly yours: Signal<boolean>;
  /** The cells are read along the ink that is set here; null: the figure's own menu says which. */
  readonly opened: Signal<PathSource | null>;
}

/** The reader's ink as it was when the pen came up. */
export function inkAtRest({
  ink,
  said,
  writing,
}: {
  readonly ink: ReadonlySignal<Parameters<typeof sheetSource>[0]>;
  readonly said: ReadonlySignal<SourceText | null>;
  readonly writing: ReadonlySignal<boolean>;
}): ReadonlySignal<PathSource> {
  const rested = signal(sheetSource(ink.peek(), said.peek()));
  effect(() => {
    if (!writing.value) rested.value = sheetSource(ink.value, said.value);
  });
  return rested;
}

/** Chooses a cell, and shows it in the figure that a selector names. */
export function lookAtCell(
  {
    chosen,
    still,
    announce,
  }: { readonly chosen: Chosen; readonly still: boolean; announce(text: string): void },
  cell: number,
  figure: string,
): void {
  chosen.cells.value = [cell];
  announce(`Cell ${cell} is chosen.`);
  scrollTo(document.querySelector(`${figure} .view`), still, "nearest");
}

/** Cells and step are part of the address, so they are given. */
export function createChosen({ cells, step }: Pick<Chosen, "cells" | "step">): Chosen {
  return {
    cells,
    step,
    ink: signal(null),
    source: signal({ kind: "sample", seed: 1, steps: 400, variation: 0.5 }),
    yours: signal(false),
    opened: signal(null),
  };
}
