/** What the reader does in the figure of cells, with the pointer and the keys. */

import { batch, type ReadonlySignal, type Signal } from "@preact/signals-core";
import { asSlider } from "../../draw/element.ts";
import { into } from "../../draw/redraw.ts";
import { added, beside, brushed, squareBeside } from "./order.ts";
import type { Seen } from "./seen.ts";
import { holding, panned, type Span, ZOOM, zoomed } from "./span.ts";
import type { CellsWiring } from "./wiring.ts";

export type CellActions = ReturnType<typeof actions>;

export function actions(
  { frame: { state } }: CellsWiring,
  seen: ReadonlySignal<Seen | null>,
  pointed: Signal<number | null>,
  growing: ReadonlySignal<boolean>,
) {
  const point = into(pointed);
  const look = (row: number, cell: number | null = null): void =>
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
    /** The cells between two others, as they are shown; more: in addition to those that were chosen. */
    brush(from: number, to: number, more: boolean): void {
      if (seen.value === null) return;
      const { order } = seen.value;
      const some = brushed(order, order.rows[from]!, order.rows[to]!);
      choose(more ? added(state.chosen.value, some) : some);
    },
    zoomBy: (factor: number): void => zoomTo(seen.value?.row ?? 0, factor),
    /** by: a number of rows. */
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

const PAGE = 10;
type Direction = readonly [across: number, down: number];
const ARROWS: Readonly<Record<string, Direction>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

export function listenToCellKeys(heatmap: HTMLElement, picker: HTMLElement, actions: CellActions): void {
  focusable(heatmap, "Cells over time: arrow keys move the step and the cell");
  focusable(picker, "Cells at this step: arrow keys move the cell, Page Up and Page Down the step");
  heatmap.addEventListener("keydown", (event) =>
    handle(event, actions, (now, [across, down]) => {
      if (across !== 0) actions.step(inside(now, now.row + across));
      else actions.chooseOne(beside(now.order, now.chosen.at(-1)!, down), event.shiftKey);
    }),
  );
  picker.addEventListener("keydown", (event) =>
    handle(event, actions, (now, [across, down]) =>
      actions.chooseOne(squareBeside(now.order, now.chosen.at(-1)!, across, down), event.shiftKey),
    ),
  );
}

function focusable(el: HTMLElement, label: string): void {
  asSlider(el, label);
  el.setAttribute("aria-describedby", "cells-caption");
}

function handle(
  event: KeyboardEvent,
  actions: CellActions,
  move: (now: Seen, direction: Direction) => void,
): void {
  const now = actions.now();
  if (now === null || event.ctrlKey || event.metaKey || event.altKey) return;
  const arrow = ARROWS[event.key];
  const row = {
    PageUp: now.row - PAGE,
    PageDown: now.row + PAGE,
    Home: 0,
    End: now.matrix.rows - 1,
  }[event.key];
  if (arrow !== undefined) move(now, arrow);
  else if (row !== undefined) actions.step(inside(now, row));
  else if (event.key === "+" || event.key === "=") actions.zoomBy(ZOOM);
  else if (event.key === "-") actions.zoomBy(1 / ZOOM);
  else if (event.key === "0") actions.zoomBy(0);
  else if (event.key === "Escape") actions.forget();
  else return;
  event.preventDefault();
}

function inside({ matrix }: Seen, row: number): number {
  return Math.min(Math.max(row, 0), matrix.rows - 1);
}
