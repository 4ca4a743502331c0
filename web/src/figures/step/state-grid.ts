/** What all cells show, as squares in the order of the model. */

import type { ReadonlySignal } from "@preact/signals-core";
import { ColourScale, limitsOf, summarise } from "../../cells/scale.ts";
import { canvasView } from "../../draw/canvas.ts";
import { colours } from "../../draw/colour.ts";
import type { Drawing } from "../../draw/drawing.ts";
import { divergingPalette } from "../../draw/palette.ts";
import { within } from "../../draw/placing.ts";
import { type Size, theme } from "../../draw/redraw.ts";
import type { Step } from "./step.ts";

/** Pixels between squares that are large enough for it. */
const GAP = 1;

/** choose: called with a cell that is clicked. */
export function stateGrid(
  el: HTMLElement,
  data: ReadonlySignal<Step | null>,
  choose: (cell: number) => void,
): void {
  canvasView(
    el,
    () => data.value,
    (context, step, size) => draw(context, step, size, colours(el, "ink").ink),
  );
  el.addEventListener("click", (event) => {
    if (data.value === null) return;
    const { columns, side, left, top } = gridOf(data.value.hidden.length, {
      width: el.clientWidth,
      height: el.clientHeight,
    });
    const at = within(el, event);
    const [column, row] = [Math.floor((at.x - left) / side), Math.floor((at.y - top) / side)];
    const cell = row * columns + column;
    if (column >= 0 && column < columns && row >= 0 && cell < data.value.hidden.length) choose(cell);
  });
}

export interface Grid {
  readonly columns: number;
  /** Pixels. */
  readonly side: number;
  readonly left: number;
  readonly top: number;
}

/** The largest squares that fit. */
export function gridOf(count: number, { width, height }: Size): Grid {
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
export function levelsOf(hidden: Float32Array): Uint8Array {
  const scale = new ColourScale(limitsOf(summarise(hidden, hidden.length, 0), "robust", 0), false);
  return Uint8Array.from(hidden, (value, cell) => scale.level(value, cell));
}

function draw(context: Drawing, { hidden, cell }: Step, size: Size, ink: string): void {
  const { css } = divergingPalette(theme().value);
  const { columns, side, left, top } = gridOf(hidden.length, size);
  const gap = side > 5 ? GAP : 0;
  const square = (k: number): [number, number, number, number] => [
    left + (k % columns) * side,
    top + Math.floor(k / columns) * side,
    side - gap,
    side - gap,
  ];
  levelsOf(hidden).forEach((level, k) => {
    context.fillStyle = css[level]!;
    context.fillRect(...square(k));
  });
  context.strokeStyle = ink;
  context.lineWidth = 2.5;
  context.strokeRect(...square(cell));
}
