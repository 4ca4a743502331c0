/** All cells at one step, as squares in the order of the heatmap. */

import type { ReadonlySignal } from "@preact/signals-core";
import { canvasView } from "../../draw/canvas.ts";
import { colours } from "../../draw/colour.ts";
import type { Drawing } from "../../draw/drawing.ts";
import { make } from "../../draw/element.ts";
import { divergingPalette } from "../../draw/palette.ts";
import { within } from "../../draw/placing.ts";
import { type Size, theme } from "../../draw/redraw.ts";
import { listenToDrag } from "../../ink/drag.ts";
import type { CellActions } from "./actions.ts";
import { isMore } from "./heatmap-pointer.ts";
import type { CellMatrix } from "./matrix.ts";
import { columnsOf } from "./order.ts";
import type { Seen } from "./seen.ts";

/** Returns the element that takes the pointer and the keys. */
export function cellPicker(
  el: HTMLElement,
  data: ReadonlySignal<Seen | null>,
  { point, brush }: CellActions,
): HTMLElement {
  const surface = make("div", "cell-picker");
  el.append(surface);
  canvasView(surface, data, (context, now, size) => draw(context, surface, now, size));

  const cellAt = (event: PointerEvent): number | null => {
    if (data.value === null) return null;
    const { matrix, order } = data.value;
    const { columns, side } = gridOf(matrix, { width: surface.clientWidth, height: surface.clientHeight });
    const at = within(surface, event);
    const [column, line] = [Math.floor(at.x / side), Math.floor(at.y / side)];
    const square = line * columns + column;
    const outside = column < 0 || column >= columns || line < 0 || square >= matrix.cells;
    return outside ? null : order.cells[square]!;
  };
  let began = 0;
  const drag = (event: PointerEvent, from: number | null): boolean => {
    const cell = cellAt(event);
    if (cell === null || cell === from) return false;
    began = from ?? cell;
    brush(began, cell, isMore(event));
    return true;
  };
  surface.addEventListener("pointermove", (event) => point(cellAt(event)));
  listenToDrag(surface, {
    begin: (event) => drag(event, null),
    move: (event) => drag(event, began),
  });
  surface.addEventListener("pointerleave", () => point(null));
  return surface;
}

function draw(context: Drawing, el: HTMLElement, data: Seen, size: Size): void {
  const { matrix, order, scale, row, chosen, cell } = data;
  const { css } = divergingPalette(theme().value);
  const { ink, focus } = colours(el, "ink", "focus");
  const { columns, side } = gridOf(matrix, size);
  const gap = side > 5 ? 1 : 0;
  const square = (number: number): [number, number, number, number] => {
    const at = order.rows[number]!;
    return [(at % columns) * side, Math.floor(at / columns) * side, side - gap, side - gap];
  };
  for (let each = 0; each < matrix.cells; each++) {
    context.fillStyle = css[scale.level(matrix.value(row, each), each)]!;
    context.fillRect(...square(each));
  }
  context.strokeStyle = ink;
  context.lineWidth = 1.5;
  for (const each of chosen) context.strokeRect(...square(each));
  context.lineWidth = 2.5;
  context.strokeStyle = focus;
  context.strokeRect(...square(cell));
}

function gridOf({ cells }: CellMatrix, { width, height }: Size): { columns: number; side: number } {
  const columns = columnsOf(cells);
  return { columns, side: Math.min(width / columns, height / Math.ceil(cells / columns)) };
}
