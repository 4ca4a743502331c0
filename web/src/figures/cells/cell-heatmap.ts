/** A heatmap of cells over time, with a crosshair, and marks at the rows of the cells that are chosen. */

import { effect, type ReadonlySignal } from "@preact/signals-core";
import { canvas, contextOf, fittedContext, sized } from "../../draw/canvas.ts";
import { colours } from "../../draw/colour.ts";
import { make } from "../../draw/element.ts";
import { divergingPalette } from "../../draw/palette.ts";
import { onFrame, type Size, sizeOf, type Theme, theme } from "../../draw/redraw.ts";
import type { CellActions } from "./actions.ts";
import { HeatmapPainter } from "./heatmap-painter.ts";
import { listenToHeatmap, type Place } from "./heatmap-pointer.ts";
import type { Seen } from "./seen.ts";

interface HeatmapData extends Seen {
  /** The text beside the pointer; empty for none. */
  readonly label: string;
}

/** Client pixels of a mark. */
const MARK = 10;

/** Returns the element that takes the pointer and the keys. */
export function cellHeatmap(
  el: HTMLElement,
  data: ReadonlySignal<HeatmapData | null>,
  actions: CellActions,
): HTMLElement {
  const surface = make("div", "cell-heatmap");
  el.append(surface);
  values(surface, data);
  marks(surface, data);
  crosshair(surface, data);

  const rowAt = ({ x }: Place, { span, matrix }: HeatmapData): number =>
    Math.min(Math.floor(span.from + x * span.length), matrix.rows - 1);
  const cellAt = ({ y }: Place, { order, matrix }: HeatmapData): number =>
    order.cells[Math.floor(y * matrix.cells)]!;
  listenToHeatmap(surface, {
    look(at) {
      const now = data.value;
      if (at === null || now === null) actions.point(null);
      else actions.look(rowAt(at, now), cellAt(at, now));
    },
    brush(from, to, more) {
      const now = data.value;
      if (now !== null) actions.brush(cellAt(from, now), cellAt(to, now), more);
    },
    zoom(about, factor) {
      const span = data.value?.span;
      if (span !== undefined) actions.zoomTo(span.from + about.x * span.length, factor);
    },
    pan: (by) => actions.panBy(by * (data.value?.span.length ?? 0)),
  });
  return surface;
}

interface Drawn extends HeatmapData {
  readonly theme: Theme;
  readonly size: Size;
  /** Replies that the matrix had taken. */
  readonly takes: number;
}

/** The values as pixels; only columns that are not as they were are painted again. */
function values(surface: HTMLElement, data: ReadonlySignal<HeatmapData | null>): void {
  const picture = canvas(surface);
  const painter = new HeatmapPainter();
  const size = sizeOf(surface);
  let last: Drawn | null = null;
  const read = () => ({ now: data.value, size: size.value, theme: theme().value });
  onFrame(read, ({ now, size, theme }) => {
    if (now === null) return;
    const { matrix, order, scale, span } = now;
    const repaint =
      last?.matrix !== matrix || last.order !== order || last.scale !== scale || last.theme !== theme;
    const stale = last === null || repaint ? 0 : matrix.changedSince(last.takes);
    if (stale < matrix.rows) {
      const begin = performance.now();
      painter.paint(matrix, order, scale, divergingPalette(theme), stale);
      if (stale === 0) performance.measure("cells-paint", { start: begin, end: performance.now() });
    }
    if (last?.size !== size) sized(picture, { ...size, density: window.devicePixelRatio });
    const moved = last?.size !== size || last.span.from !== span.from || last.span.length !== span.length;
    const unseen = moved ? 0 : stale;
    if (unseen < Number.POSITIVE_INFINITY) painter.show(contextOf(picture), matrix, span, unseen);
    last = { ...now, theme, size, takes: matrix.takes };
  });
}

/** Marks the rows of the chosen cells at both ends, so that the rows themselves can be seen. */
function marks(surface: HTMLElement, data: ReadonlySignal<HeatmapData | null>): void {
  const over = canvas(surface);
  const size = sizeOf(surface);
  let drawn: readonly unknown[] = [];
  const read = () => ({ now: data.value, size: size.value, theme: theme().value });
  onFrame(read, ({ now, size, theme }) => {
    if (now === null) return;
    const { order, matrix, chosen } = now;
    const wanted = [size, theme, order, matrix.cells, ...chosen];
    if (wanted.length === drawn.length && wanted.every((each, k) => each === drawn[k])) return;
    drawn = wanted;
    const context = fittedContext(over, size);
    const tall = size.height / matrix.cells;
    context.fillStyle = colours(surface, "ink").ink;
    for (const cell of chosen) {
      const top = order.rows[cell]! * tall;
      context.fillRect(0, top, MARK, Math.max(tall, 1));
      context.fillRect(size.width - MARK, top, MARK, Math.max(tall, 1));
    }
  });
}

/** The crosshair, and a label beside it, on the side where there is room. */
function crosshair(surface: HTMLElement, data: ReadonlySignal<HeatmapData | null>): void {
  const [across, down, label] = [
    make("div", "cross across"),
    make("div", "cross down"),
    make("div", "cell-label"),
  ];
  for (const part of [across, down, label]) {
    part.ariaHidden = "true";
    surface.append(part);
  }
  const size = sizeOf(surface);
  effect(() => {
    if (data.value === null) return;
    const { matrix, order, span, row, cell, label: text } = data.value;
    const { width, height } = size.value;
    const x = ((row + 0.5 - span.from) * width) / span.length;
    const y = ((order.rows[cell]! + 0.5) * height) / matrix.cells;
    across.style.transform = `translateX(${x - 0.5}px)`;
    down.style.transform = `translateY(${y - 0.5}px)`;
    down.hidden = label.hidden = text === "";
    label.textContent = text;
    const left = x < width / 2 ? `${x + 12}px` : `calc(${x - 12}px - 100%)`;
    label.style.transform = `translate(${left}, ${y < 44 ? y + 10 : y - 38}px)`;
  });
}
