/** What the keys do on the heatmap and on the picker. */

import { type PickerData, squareBeside } from "./cell-picker.ts";
import { beside } from "./order.ts";

export interface CellKeyActions {
  /** What is shown now; null before there is anything. */
  now(): PickerData | null;
  step(row: number): void;
  /** more: in addition to those that were chosen. */
  choose(cell: number, more: boolean): void;
  /** 0 shows all. */
  zoom(factor: number): void;
  /** Chooses nothing. */
  forget(): void;
}

const ZOOM = 1.6;
const PAGE = 10;
type Direction = readonly [across: number, down: number];
const ARROWS: Readonly<Record<string, Direction>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

export function listenToCellKeys(heatmap: HTMLElement, picker: HTMLElement, actions: CellKeyActions): void {
  focusable(heatmap, "Cells over time: arrow keys move the step and the cell");
  focusable(picker, "Cells at this step: arrow keys move the cell, Page Up and Page Down the step");
  heatmap.addEventListener("keydown", (event) =>
    handle(event, actions, (now, [across, down]) => {
      if (across !== 0) actions.step(inside(now, now.row + across));
      else actions.choose(beside(now.order, now.chosen.at(-1)!, down), event.shiftKey);
    }),
  );
  picker.addEventListener("keydown", (event) =>
    handle(event, actions, (now, [across, down]) =>
      actions.choose(squareBeside(now, now.chosen.at(-1)!, across, down), event.shiftKey),
    ),
  );
}

function focusable(el: HTMLElement, label: string): void {
  el.tabIndex = 0;
  el.role = "slider";
  el.ariaLabel = label;
  el.ariaValueMin = "0";
  el.setAttribute("aria-describedby", "cells-caption");
}

function handle(
  event: KeyboardEvent,
  actions: CellKeyActions,
  move: (now: PickerData, direction: Direction) => void,
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
  else if (event.key === "+" || event.key === "=") actions.zoom(ZOOM);
  else if (event.key === "-") actions.zoom(1 / ZOOM);
  else if (event.key === "0") actions.zoom(0);
  else if (event.key === "Escape") actions.forget();
  else return;
  event.preventDefault();
}

function inside({ matrix }: PickerData, row: number): number {
  return Math.min(Math.max(row, 0), matrix.rows - 1);
}
