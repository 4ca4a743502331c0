/** All cells at one step, as squares in the order of the heatmap. */

import type { ReadonlySignal } from "@preact/signals-core";
import type { ColourScale } from "../../cells/scale.ts";
import { canvasView } from "../../draw/canvas.ts";
import { colours } from "../../draw/colour.ts";
import type { Drawing } from "../../draw/drawing.ts";
import { make } from "../../draw/element.ts";
import { divergingPalette } from "../../draw/palette.ts";
import { within } from "../../draw/placing.ts";
import { type Size, theme } from "../../draw/redraw.ts";
import { listenToDrag } from "../../ink/drag.ts";
import { isMore } from "./heatmap-pointer.ts";
import type { CellMatrix } from "./matrix.ts";
import type { Order } from "./order.ts";

interface PickerData {
  readonly matrix: CellMatrix;
  readonly order: Order;
  readonly scale: ColourScale;
  readonly row: number;
  readonly chosen: readonly number[];
  /** The cell that is looked at. */
  readonly cell: number;
}

interface PickerOptions {
  onLook(cell: number | null): void;
  /** The cells between two others, as they are shown; more: in addition to those that were chosen. */
  onBrush(from: number, to: number, more: boolean): void;
}

/** The cell `by` squares to the right of another one and `down` below it. */
export function squareBeside({ matrix, order }: PickerData, cell: number, by: number, down: number): number {
  const to = order.rows[cell]! + by + down * columnsOf(matrix.cells);
  return to < 0 || to >= matrix.cells ? cell : order.cells[to]!;
}

/** Returns the element that takes the pointer and the keys. */
export function cellPicker(
  el: HTMLElement,
  data: ReadonlySignal<PickerData | null>,
  options: PickerOptions,
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
  const brush = (event: PointerEvent, from: number | null): boolean => {
    const cell = cellAt(event);
    if (cell === null || cell === from) return false;
    began = from ?? cell;
    options.onBrush(began, cell, isMore(event));
    return true;
  };
  surface.addEventListener("pointermove", (event) => options.onLook(cellAt(event)));
  listenToDrag(surface, {
    begin: (event) => brush(event, null),
    move: (event) => brush(event, began),
  });
  surface.addEventListener("pointerleave", () => options.onLook(null));
  return surface;
}

function draw(context: Drawing, el: HTMLElement, data: PickerData, size: Size): void {
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

/** Columns of a grid that is a little wider than high. */
function columnsOf(cells: number): number {
  return Math.ceil(Math.sqrt(1.25 * cells));
}
