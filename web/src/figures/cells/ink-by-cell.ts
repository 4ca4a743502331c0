/**
 * An ink coloured by what cells did at each of its points.
 *
 * Alone it fits the ink, or the part of it that is shown, into its element, and pointing at it looks at a step. Over a
 * paper that is written on, it lies where the paper has the ink and lets the pen through.
 */

import { type ColouredInk, InkPainter } from "../../cells/ink-painter.ts";
import { divergingPalette } from "../../cells/palette.ts";
import { canvas, clear, enter, type Placing, sized } from "../../draw/canvas.ts";
import { colour } from "../../draw/colour.ts";
import { nearestPoint } from "../../ink/path.ts";
import { X_HEIGHT } from "../../ink/stroke.ts";
import type { Span } from "./span.ts";

export interface InkByCellData {
  readonly ink: ColouredInk;
  readonly span: Span;
  /** The point that is looked at. */
  readonly row: number;
  readonly growing: boolean;
}

export interface InkByCellOptions {
  onLook(row: number): void;
  /** Over which it lies; null: alone. */
  readonly paper: PaperBelow | null;
}

/** What has to be known of a paper. */
export interface PaperBelow {
  readonly surface: HTMLElement;
  toSheet(clientX: number, clientY: number): { x: number; y: number };
}

export interface InkByCell {
  /** changed: points from there on are not what they were. */
  update(data: InkByCellData, changed: number): void;
  destroy(): void;
  /** Where the ink lies, in client pixels from the element's corner. */
  placing(): Placing;
}

/** Room around the ink in client pixels. */
const ROOM = 26;
const GREATEST_X = 64;
/** A pointer farther from the ink (client pixels) does not mean it. */
const NEAR = 60;
const MARK = 5;

export function inkByCell(el: HTMLElement, initial: InkByCellData, options: InkByCellOptions): InkByCell {
  const sheet = document.createElement("div");
  sheet.className = options.paper === null ? "ink-by-cell" : "ink-by-cell over-paper";
  el.append(sheet);
  const painter = new InkPainter(sheet);
  const over = canvas(sheet);
  const scheme = window.matchMedia("(prefers-color-scheme: dark)");
  let data = initial;
  let placing = place(data, sheet, options.paper);
  let changed = 0;
  let marked = false;
  let frame = 0;

  const animate = (): void => {
    frame = 0;
    const { css } = divergingPalette(scheme.matches ? "dark" : "light");
    if (changed < Number.POSITIVE_INFINITY) painter.paint(data.ink, css, data.growing, changed);
    changed = Number.POSITIVE_INFINITY;
    mark();
  };

  const wake = (): void => {
    if (frame === 0) frame = requestAnimationFrame(animate);
  };

  const mark = (): void => {
    const { path } = data.ink;
    const shown = !data.growing && data.row <= path.length;
    if (!shown && !marked) return;
    const context = enter(over, placing);
    clear(over, context);
    marked = shown;
    if (!shown) return;
    context.fillStyle = colour(el, "--paper");
    context.strokeStyle = colour(el, "--ink");
    context.lineWidth = 1.75 / placing.zoom;
    context.beginPath();
    context.arc(path.x[data.row]!, path.y[data.row]!, MARK / placing.zoom, 0, 2 * Math.PI);
    context.fill();
    context.stroke();
  };

  const measure = (force = false): void => {
    const next = place(data, sheet, options.paper);
    const same = Object.entries(next).every(([name, value]) => placing[name as keyof Placing] === value);
    if (same && !force) return;
    placing = next;
    painter.place(placing);
    sized(over, placing);
    marked = true;
    changed = 0;
    wake();
  };

  const look = (event: PointerEvent): void => {
    const box = sheet.getBoundingClientRect();
    const x = (event.clientX - box.left - placing.left) / placing.zoom;
    const y = (event.clientY - box.top - placing.top) / placing.zoom;
    const { row, distance } = nearestPoint(data.ink.path, x, y);
    if (distance * placing.zoom < NEAR) options.onLook(row);
  };
  sheet.addEventListener("pointermove", look);
  sheet.addEventListener("pointerdown", look);

  const moved = (): void => measure();
  const recolour = (): void => measure(true);
  const observer = new ResizeObserver(moved);
  observer.observe(sheet);
  options.paper?.surface.addEventListener("scroll", moved, { passive: true });
  scheme.addEventListener("change", recolour);
  measure(true);

  return {
    update(next, from) {
      data = next;
      changed = Math.min(changed, from);
      // A paper tells when it moves.
      if (options.paper === null) measure();
      wake();
    },
    placing: () => placing,
    destroy() {
      cancelAnimationFrame(frame);
      observer.disconnect();
      options.paper?.surface.removeEventListener("scroll", moved);
      scheme.removeEventListener("change", recolour);
      sheet.remove();
    },
  };
}

function place(data: InkByCellData, sheet: HTMLElement, paper: PaperBelow | null): Placing {
  const { clientWidth: width, clientHeight: height } = sheet;
  const density = window.devicePixelRatio;
  if (paper !== null) {
    const box = sheet.getBoundingClientRect();
    const corner = paper.toSheet(box.left, box.top);
    const zoom = 1 / (paper.toSheet(box.left + 1, box.top).x - corner.x);
    return { width, height, zoom, left: -corner.x * zoom, top: -corner.y * zoom, density };
  }
  const { ink, span } = data;
  const [left, right] = range(ink.path.x, span);
  const [top, bottom] = range(ink.path.y, span);
  const room = Math.min(ROOM, height / 5);
  const across = (width - 2 * room) / Math.max(right - left, 1);
  const upright = (height - 2 * room) / Math.max(bottom - top, 1);
  const zoom = Math.max(Math.min(across, upright, GREATEST_X / X_HEIGHT), 0.01);
  return {
    width,
    height,
    zoom,
    left: (width - (left + right) * zoom) / 2,
    top: (height - (top + bottom) * zoom) / 2,
    density,
  };
}

/** Least and greatest of the points of a span. */
function range(values: Float64Array, { from, length }: Span): [number, number] {
  let [least, greatest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values.subarray(from, from + length)) {
    least = Math.min(least, value);
    greatest = Math.max(greatest, value);
  }
  return least <= greatest ? [least, greatest] : [0, 0];
}
