/** A heatmap of cells over time, with a crosshair, and marks at the rows of the cells that are chosen. */

import type { CellMatrix } from "../cells/matrix.ts";
import type { Order } from "../cells/order.ts";
import { divergingPalette } from "../cells/palette.ts";
import type { ColourScale } from "../cells/scale.ts";
import type { Span } from "../cells/span.ts";
import type { Theme } from "../futures/scale.ts";
import { canvas } from "./field-painter.ts";
import { colour } from "./futures-field.ts";
import { HeatmapPainter } from "./heatmap-painter.ts";
import { listenToHeatmap, type Place } from "./heatmap-pointer.ts";

export interface HeatmapData {
  readonly matrix: CellMatrix;
  readonly order: Order;
  readonly scale: ColourScale;
  readonly span: Span;
  readonly chosen: readonly number[];
  /** The step and the cell that are looked at. */
  readonly row: number;
  readonly cell: number;
  /** What is said beside the pointer; empty for nothing. */
  readonly label: string;
}

export interface HeatmapOptions {
  /** A cell at a step is pointed at; null: none any more. */
  onLook(at: { readonly row: number; readonly cell: number } | null): void;
  /** The cells between two others, as they are shown; more: in addition to those that were chosen. */
  onBrush(from: number, to: number, more: boolean): void;
  onZoom(about: number, factor: number): void;
  /** By so many rows. */
  onPan(by: number): void;
}

export interface Heatmap {
  /** changed: columns from there on are not what they were. */
  update(data: HeatmapData, changed?: number): void;
  destroy(): void;
  readonly surface: HTMLElement;
  readonly theme: Theme;
  /** What is shown, as a PNG in a data: address. */
  picture(): string;
}

export function cellHeatmap(el: HTMLElement, initial: HeatmapData, options: HeatmapOptions): Heatmap {
  const surface = document.createElement("div");
  surface.className = "cell-heatmap";
  const picture = canvas(surface);
  const over = canvas(surface);
  const label = document.createElement("span");
  label.className = "cell-label";
  label.ariaHidden = "true";
  surface.append(label);
  el.append(surface);

  const scheme = window.matchMedia("(prefers-color-scheme: dark)");
  const theme = (): Theme => (scheme.matches ? "dark" : "light");
  const painter = new HeatmapPainter();
  let data = initial;
  /** Columns from here on have to be painted, and shown. */
  let stale = 0;
  let unseen = 0;
  let frame = 0;

  const measure = (): void => {
    const density = window.devicePixelRatio;
    for (const each of [picture, over]) {
      each.width = Math.max(Math.round(surface.clientWidth * density), 1);
      each.height = Math.max(Math.round(surface.clientHeight * density), 1);
    }
    unseen = 0;
    wake();
  };

  const animate = (): void => {
    frame = 0;
    const { matrix, order, scale, span } = data;
    if (stale < matrix.rows) {
      const begin = performance.now();
      painter.paint(matrix, order, scale, divergingPalette(theme()), stale);
      unseen = Math.min(unseen, stale);
      if (stale === 0) performance.measure("cells-paint", { start: begin, end: performance.now() });
    }
    stale = matrix.rows;
    const context = picture.getContext("2d");
    if (context !== null && unseen < Number.POSITIVE_INFINITY) painter.show(context, matrix, span, unseen);
    unseen = Number.POSITIVE_INFINITY;
    drawOver();
  };

  const wake = (): void => {
    if (frame === 0) frame = requestAnimationFrame(animate);
  };

  const drawOver = (): void => {
    const context = over.getContext("2d");
    if (context === null) return;
    const { clientWidth: width, clientHeight: height } = surface;
    const { matrix, order, span, chosen, row, cell } = data;
    const density = window.devicePixelRatio;
    context.setTransform(density, 0, 0, density, 0, 0);
    context.clearRect(0, 0, width, height);
    const tall = height / matrix.cells;
    const ink = colour(el, "--ink");
    context.fillStyle = ink;
    for (const each of chosen) marks(context, order.rows[each]! * tall, Math.max(tall, 1), width);
    const x = ((row + 0.5 - span.from) * width) / span.length;
    const y = (order.rows[cell]! + 0.5) * tall;
    context.globalAlpha = 0.55;
    context.fillRect(x - 0.5, 0, 1, height);
    if (data.label !== "") context.fillRect(0, y - 0.5, width, 1);
    context.globalAlpha = 1;
    place(x, y);
  };

  /** Puts the label beside the crosshair, on the side where there is room. */
  const place = (x: number, y: number): void => {
    label.textContent = data.label;
    label.hidden = data.label === "";
    if (label.hidden) return;
    const left = x + 12 + label.offsetWidth > surface.clientWidth ? x - 12 - label.offsetWidth : x + 12;
    const top = Math.min(Math.max(y - label.offsetHeight - 10, 4), surface.clientHeight - 30);
    label.style.transform = `translate(${Math.round(Math.max(left, 4))}px, ${Math.round(top)}px)`;
  };

  const rowAt = ({ x }: Place): number => {
    const { span, matrix } = data;
    return Math.min(Math.floor(span.from + x * span.length), matrix.rows - 1);
  };
  const cellAt = ({ y }: Place): number => data.order.cells[Math.floor(y * data.matrix.cells)]!;
  const stop = listenToHeatmap(surface, {
    look: (at) => options.onLook(at === null ? null : { row: rowAt(at), cell: cellAt(at) }),
    brush: (from, to, more) => options.onBrush(cellAt(from), cellAt(to), more),
    zoom: (about, factor) => options.onZoom(data.span.from + about.x * data.span.length, factor),
    pan: (by) => options.onPan(by * data.span.length),
  });

  const observer = new ResizeObserver(measure);
  observer.observe(surface);
  const recolour = (): void => {
    stale = 0;
    wake();
  };
  scheme.addEventListener("change", recolour);
  measure();

  return {
    surface,
    get theme() {
      return theme();
    },
    update(next, changed) {
      const { matrix, order, scale, span } = data;
      if (next.matrix !== matrix || next.order !== order || next.scale !== scale) stale = 0;
      if (changed !== undefined) {
        stale = Math.min(stale, changed);
        // Columns that are gone have to go, too.
        unseen = Math.min(unseen, changed);
      }
      if (next.span.from !== span.from || next.span.length !== span.length) unseen = 0;
      data = next;
      wake();
    },
    picture: () => picture.toDataURL(),
    destroy() {
      cancelAnimationFrame(frame);
      stop();
      observer.disconnect();
      scheme.removeEventListener("change", recolour);
      surface.remove();
    },
  };
}

/** A chosen cell: a mark at both ends of its row, so that the row itself can be seen. */
function marks(context: CanvasRenderingContext2D, top: number, tall: number, width: number): void {
  const length = 10;
  context.fillRect(0, top, length, tall);
  context.fillRect(width - length, top, length, tall);
}
