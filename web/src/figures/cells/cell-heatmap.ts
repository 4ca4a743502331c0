/** A heatmap of cells over time, with a crosshair, and marks at the rows of the cells that are chosen. */

import { divergingPalette } from "../../cells/palette.ts";
import type { ColourScale } from "../../cells/scale.ts";
import { canvas } from "../../draw/canvas.ts";
import type { Theme } from "../../draw/colour.ts";
import { colour } from "../../draw/colour.ts";
import { fittedContext } from "../../draw/fitted-canvas.ts";
import { HeatmapPainter } from "./heatmap-painter.ts";
import { listenToHeatmap, type Place } from "./heatmap-pointer.ts";
import type { CellMatrix } from "./matrix.ts";
import type { Order } from "./order.ts";
import type { Span } from "./span.ts";

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

/** Client pixels of a mark. */
const MARK = 10;

export function cellHeatmap(el: HTMLElement, initial: HeatmapData, options: HeatmapOptions): Heatmap {
  const surface = document.createElement("div");
  surface.className = "cell-heatmap";
  const picture = canvas(surface);
  const over = canvas(surface);
  const [across, down, label] = ["cross across", "cross down", "cell-label"].map(part) as [
    HTMLElement,
    HTMLElement,
    HTMLElement,
  ];
  surface.append(across, down, label);
  el.append(surface);

  const scheme = window.matchMedia("(prefers-color-scheme: dark)");
  const theme = (): Theme => (scheme.matches ? "dark" : "light");
  const painter = new HeatmapPainter();
  let data = initial;
  /** Columns from here on have to be painted, and shown. */
  let stale = 0;
  let unseen = 0;
  /** The order and the cells whose marks are drawn. */
  let marked: readonly unknown[] = [];
  let frame = 0;

  const measure = (): void => {
    const density = window.devicePixelRatio;
    picture.width = Math.max(Math.round(surface.clientWidth * density), 1);
    picture.height = Math.max(Math.round(surface.clientHeight * density), 1);
    unseen = 0;
    marked = [];
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
    mark();
    cross();
  };

  const wake = (): void => {
    if (frame === 0) frame = requestAnimationFrame(animate);
  };

  /** Marks the rows of the chosen cells at both ends, so that the rows themselves can be seen. */
  const mark = (): void => {
    const { matrix, order, chosen } = data;
    const wanted = [order, matrix.cells, ...chosen];
    if (wanted.length === marked.length && wanted.every((each, k) => each === marked[k])) return;
    marked = wanted;
    const { context, width, height } = fittedContext(over, surface);
    const tall = height / matrix.cells;
    context.fillStyle = colour(el, "--ink");
    for (const cell of chosen) {
      const top = order.rows[cell]! * tall;
      context.fillRect(0, top, MARK, Math.max(tall, 1));
      context.fillRect(width - MARK, top, MARK, Math.max(tall, 1));
    }
  };

  /** The crosshair, and a label beside it, on the side where there is room. */
  const cross = (): void => {
    const { matrix, order, span, row, cell } = data;
    const { clientWidth: width, clientHeight: height } = surface;
    const x = ((row + 0.5 - span.from) * width) / span.length;
    const y = ((order.rows[cell]! + 0.5) * height) / matrix.cells;
    across.style.transform = `translateX(${x - 0.5}px)`;
    down.style.transform = `translateY(${y - 0.5}px)`;
    down.hidden = label.hidden = data.label === "";
    if (label.hidden) return;
    if (label.textContent !== data.label) label.textContent = data.label;
    const left = x < width / 2 ? `${x + 12}px` : `calc(${x - 12}px - 100%)`;
    label.style.transform = `translate(${left}, ${y < 44 ? y + 10 : y - 38}px)`;
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
    marked = [];
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

function part(names: string): HTMLElement {
  const el = document.createElement("div");
  el.className = names;
  el.ariaHidden = "true";
  return el;
}
