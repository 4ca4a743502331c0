/** What the reader does in the figure of cells, with the pointer and the keys. */

import { batch, type ReadonlySignal, type Signal } from "@preact/signals-core";
import { added, brushed } from "./order.ts";
import type { Seen } from "./seen.ts";
import { holding, panned, type Span, zoomed } from "./span.ts";
import type { CellsWiring } from "./wiring.ts";

interface Attention {
  readonly seen: ReadonlySignal<Seen | null>;
  readonly pointed: Signal<number | null>;
  readonly growing: ReadonlySignal<boolean>;
}

export type CellActions = ReturnType<typeof actions>;

export function actions({ frame }: CellsWiring, { seen, pointed, growing }: Attention) {
  const { state } = frame;
  const point = (cell: number | null): void => {
    pointed.value = cell;
  };
  const look = (row: number, cell: number | null): void =>
    batch(() => {
      // While the pen writes, the newest step is looked at.
      if (!growing.value) state.step.value = row;
      point(cell);
    });
  const choose = (cells: readonly number[]): void => {
    if (cells.join() !== state.chosen.value.join()) state.chosen.value = cells;
  };
  const show = ({ from, length }: Span): void =>
    batch(() => {
      const whole = length >= (seen.value?.matrix.rows ?? 0);
      state.from.value = whole ? 0 : from;
      state.span.value = whole ? 0 : length;
    });
  /** factor: 0 shows all of the ink. */
  const zoomTo = (about: number, factor: number): void => {
    if (seen.value === null) return;
    const { span, matrix } = seen.value;
    show(factor === 0 ? { from: 0, length: matrix.rows } : zoomed(span, about, factor, matrix.rows));
  };
  return {
    now: (): Seen | null => seen.value,
    point,
    look,
    choose,
    zoomTo,
    brush(from: number, to: number, more: boolean): void {
      if (seen.value === null) return;
      const { order } = seen.value;
      const some = brushed(order, order.rows[from]!, order.rows[to]!);
      choose(more ? added(state.chosen.value, some) : some);
    },
    zoomBy: (factor: number): void => zoomTo(seen.value?.row ?? 0, factor),
    panBy(by: number): void {
      if (seen.value !== null && state.span.value > 0)
        show(panned(seen.value.span, by, seen.value.matrix.rows));
    },
    /** Goes to a step, which is then in the part that is shown. */
    step(row: number): void {
      if (seen.value === null) return;
      const { span, matrix } = seen.value;
      look(row, pointed.value);
      if (state.span.value > 0) show(holding(span, row, matrix.rows));
    },
    /** more: in addition to those that were chosen. */
    chooseOne(cell: number, more: boolean): void {
      point(null);
      choose(more ? added(state.chosen.value, [cell]) : [cell]);
    },
    forget(): void {
      point(null);
      choose([]);
    },
  };
}
