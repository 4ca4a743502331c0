/** What the keys do on the heatmap and on the picker. */

import type { CellActions } from "./actions.ts";
import { squareBeside } from "./cell-picker.ts";
import { beside } from "./order.ts";
import type { Seen } from "./seen.ts";

const ZOOM = 1.6;
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
      actions.chooseOne(squareBeside(now, now.chosen.at(-1)!, across, down), event.shiftKey),
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
