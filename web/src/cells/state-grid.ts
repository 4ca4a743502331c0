/** One number of every cell, as squares in the order of the model. */

import type { ReadonlySignal } from "@preact/signals-core";
import { canvasView } from "../draw/canvas.ts";
import { colours } from "../draw/colour.ts";
import type { Drawing } from "../draw/drawing.ts";
import { divergingPalette } from "../draw/palette.ts";
import { within } from "../draw/placing.ts";
import { type Size, theme } from "../draw/redraw.ts";
import { ColourScale, limitsOf, summarise } from "./scale.ts";

export interface GridData {
  /** [C] */
  readonly values: Float32Array;
  /** Those with a thin frame. */
  readonly framed: readonly number[];
  /** The one with a thick frame. */
  readonly cell: number;
}

export interface GridOptions {
  /** A cell is clicked. */
  onChoose(cell: number): void;
  /** A cell is pointed at; null: none any more. */
  onLook?(cell: number | null): void;
}

/** Pixels between squares that are large enough for it. */
const GAP = 1;

export function stateGrid(
  el: HTMLElement,
  data: ReadonlySignal<GridData | null>,
  { onChoose, onLook }: GridOptions,
): void {
  canvasView(el, data, (context, now, size) => drawGrid(context, now, size, colours(el, "ink", "paper")));
  const cellAt = (event: MouseEvent): number | null => {
    const count = data.value?.values.length ?? 0;
    const { columns, side, left, top } = gridOf(count, { width: el.clientWidth, height: el.clientHeight });
    const at = within(el, event);
    const [column, row] = [Math.floor((at.x - left) / side), Math.floor((at.y - top) / side)];
    const cell = row * columns + column;
    return column >= 0 && column < columns && row >= 0 && cell < count ? cell : null;
  };
  el.addEventListener("click", (event) => {
    const cell = cellAt(event);
    if (cell !== null) onChoose(cell);
  });
  if (onLook === undefined) return;
  el.addEventListener("pointermove", (event) => onLook(cellAt(event)));
  el.addEventListener("pointerleave", () => onLook(null));
}

/** The largest squares that fit: how many beside each other, a side, and where they begin, in pixels. */
export function gridOf(count: number, { width, height }: Size) {
  let side = 0;
  let columns = 1;
  for (let rows = 1; rows <= count; rows++) {
    const across = Math.ceil(count / rows);
    const fits = Math.min(width / across, height / rows);
    if (fits <= side) continue;
    side = fits;
    columns = across;
  }
  const rows = Math.ceil(count / columns);
  return { columns, side, left: (width - columns * side) / 2, top: (height - rows * side) / 2 };
}

/** The colour of each square. */
function levelsOf(values: Float32Array): Uint8Array {
  const scale = new ColourScale(limitsOf(summarise(values, values.length, 0), "robust", 0), false);
  return Uint8Array.from(values, (value, cell) => scale.level(value, cell));
}

/** The squares, and the frames around some of them. */
export function drawGrid(
  context: Drawing,
  { values, framed, cell }: GridData,
  size: Size,
  css: Record<"ink" | "paper", string>,
): void {
  const palette = divergingPalette(theme().value).css;
  const { columns, side, left, top } = gridOf(values.length, size);
  const gap = side > 5 ? GAP : 0;
  const square = (k: number): [number, number, number, number] => [
    left + (k % columns) * side,
    top + Math.floor(k / columns) * side,
    side - gap,
    side - gap,
  ];
  levelsOf(values).forEach((level, k) => {
    context.fillStyle = palette[level]!;
    context.fillRect(...square(k));
  });
  const frame = (k: number, colour: string, lineWidth: number): void => {
    context.strokeStyle = colour;
    context.lineWidth = lineWidth;
    context.strokeRect(...square(k));
  };
  // On a rim of paper, so that a frame is seen on dark squares too.
  for (const each of framed) {
    frame(each, css.paper, 4);
    frame(each, css.ink, 1.5);
  }
  frame(cell, css.ink, 2.5);
}
