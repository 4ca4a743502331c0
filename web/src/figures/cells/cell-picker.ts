/** All cells at one step, as squares in the order in which the heatmap has them. */

import { divergingPalette } from "../../cells/palette.ts";
import type { ColourScale } from "../../cells/scale.ts";
import { canvas } from "../../draw/canvas.ts";
import { colour } from "../../draw/colour.ts";
import { fittedContext } from "../../draw/fitted-canvas.ts";
import type { CellMatrix } from "./matrix.ts";
import type { Order } from "./order.ts";

export interface PickerData {
  readonly matrix: CellMatrix;
  readonly order: Order;
  readonly scale: ColourScale;
  readonly row: number;
  readonly chosen: readonly number[];
  /** The cell that is looked at. */
  readonly cell: number;
}

export interface PickerOptions {
  onLook(cell: number | null): void;
  /** The cells between two others, as they are shown; more: in addition to those that were chosen. */
  onBrush(from: number, to: number, more: boolean): void;
}

export interface Picker {
  update(data: PickerData): void;
  destroy(): void;
  readonly surface: HTMLElement;
}

/** The cell `by` squares to the right of another one and `down` below it. */
export function squareBeside({ matrix, order }: PickerData, cell: number, by: number, down: number): number {
  const to = order.rows[cell]! + by + down * columnsOf(matrix.cells);
  return to < 0 || to >= matrix.cells ? cell : order.cells[to]!;
}

export function cellPicker(el: HTMLElement, initial: PickerData, options: PickerOptions): Picker {
  const surface = document.createElement("div");
  surface.className = "cell-picker";
  const picture = canvas(surface);
  el.append(surface);
  const scheme = window.matchMedia("(prefers-color-scheme: dark)");
  let data = initial;
  let frame = 0;
  let began: number | null = null;

  const grid = () => {
    const columns = columnsOf(data.matrix.cells);
    const lines = Math.ceil(data.matrix.cells / columns);
    const side = Math.min(surface.clientWidth / columns, surface.clientHeight / lines);
    return { columns, lines, side };
  };

  const draw = (): void => {
    frame = 0;
    const { context } = fittedContext(picture, surface);
    const { css } = divergingPalette(scheme.matches ? "dark" : "light");
    const { matrix, order, scale, row, chosen, cell } = data;
    const { columns, side } = grid();
    const gap = side > 5 ? 1 : 0;
    const square = (number: number): [number, number, number, number] => {
      const at = order.rows[number]!;
      return [(at % columns) * side, Math.floor(at / columns) * side, side - gap, side - gap];
    };
    for (let each = 0; each < matrix.cells; each++) {
      context.fillStyle = css[scale.level(matrix.value(row, each), each)]!;
      context.fillRect(...square(each));
    }
    context.strokeStyle = colour(el, "--ink");
    context.lineWidth = 1.5;
    for (const each of chosen) context.strokeRect(...square(each));
    context.lineWidth = 2.5;
    context.strokeStyle = colour(el, "--focus");
    context.strokeRect(...square(cell));
  };
  const wake = (): void => {
    if (frame === 0) frame = requestAnimationFrame(draw);
  };

  const cellAt = ({ clientX, clientY }: PointerEvent): number | null => {
    const box = surface.getBoundingClientRect();
    const { columns, side } = grid();
    const [x, y] = [Math.floor((clientX - box.left) / side), Math.floor((clientY - box.top) / side)];
    const at = y * columns + x;
    return x < 0 || x >= columns || y < 0 || at >= data.matrix.cells ? null : data.order.cells[at]!;
  };
  const more = (event: PointerEvent): boolean => event.shiftKey || event.ctrlKey || event.metaKey;

  surface.addEventListener("pointerdown", (event) => {
    began = cellAt(event);
    surface.setPointerCapture(event.pointerId);
    if (began !== null) options.onBrush(began, began, more(event));
  });
  surface.addEventListener("pointermove", (event) => {
    const cell = cellAt(event);
    options.onLook(cell);
    if (began !== null && cell !== null && cell !== began) options.onBrush(began, cell, more(event));
  });
  for (const type of ["pointerup", "pointercancel"] as const) {
    surface.addEventListener(type, () => {
      began = null;
    });
  }
  surface.addEventListener("pointerleave", () => options.onLook(null));

  const observer = new ResizeObserver(wake);
  observer.observe(surface);
  scheme.addEventListener("change", wake);
  wake();

  return {
    surface,
    update(next) {
      data = next;
      wake();
    },
    destroy() {
      cancelAnimationFrame(frame);
      observer.disconnect();
      scheme.removeEventListener("change", wake);
      surface.remove();
    },
  };
}

/** Columns of a grid that is a little wider than high. */
function columnsOf(cells: number): number {
  return Math.ceil(Math.sqrt(1.25 * cells));
}
