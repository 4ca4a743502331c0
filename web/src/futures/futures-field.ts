/**
 * The field of futures: along an ink, at every step, the ways it could have gone (spec/futures.md).
 *
 * Pointing at the ink looks at a step: its own futures stand out. Pointing at a strand looks at that future; a click
 * takes it.
 */

import { canvas, clear, enter, type Placing, sized } from "../draw/canvas.ts";
import { colour, type Theme } from "../draw/colour.ts";
import { outline, type Trail } from "../ink/outline.ts";
import { MODEL_MS, X_HEIGHT } from "../ink/stroke.ts";
import type { Field, Path } from "./field.ts";
import { FieldPainter } from "./field-painter.ts";
import { nearest } from "./field-pointer.ts";
import { LIFT_RADIUS } from "./scale.ts";

export interface FieldData {
  readonly field: Field;
  /** Whether the path grows while it is looked at. */
  readonly growing: boolean;
  /** The row that is looked at. */
  readonly step: number;
  /** The future of that row that is looked at; null for none. */
  readonly future: number | null;
}

export interface FieldOptions {
  /** No movement: the paper does not slide by itself. */
  readonly still: boolean;
  onLook(step: number, future: number | null): void;
  onTake(step: number, future: number): void;
}

export interface FuturesField {
  /** What changed; rows from `changed` on are not what was painted before. */
  update(data: FieldData, changed?: number): void;
  destroy(): void;
  readonly surface: HTMLElement;
  readonly theme: Theme;
}

/** Ink under strands is written with a finer nib. */
export const NIB = 0.55;
/** Height of an x in client pixels: at least, at most, and while ink is being written. */
const LEAST_X = 40;
const GREATEST_X = 150;
const GROWING_X = 52;
/** Room around the ink, in heights of an x. */
const ROOM = 1.25;
const MOST_PIXELS = 8e6;
const PAINT_MS = 9;
const STRONG = 3;

export function futuresField(el: HTMLElement, initial: FieldData, options: FieldOptions): FuturesField {
  const surface = document.createElement("div");
  const sheet = document.createElement("div");
  surface.className = "field-surface";
  sheet.className = "field-sheet";
  surface.append(sheet);
  el.append(surface);

  const scheme = window.matchMedia("(prefers-color-scheme: dark)");
  const theme = (): Theme => (scheme.matches ? "dark" : "light");
  let data = initial;
  /** A field stays the same object while its path changes. */
  let path = initial.field.path;
  let placing = place(data, surface);
  const painter = new FieldPainter(sheet, placing, theme());
  const inkCanvas = canvas(sheet);
  const overCanvas = canvas(sheet);
  const outlines = new Outlines();
  overCanvas.className = "field-over";
  let frame = 0;
  let inkIsOld = true;
  let looking = false;

  const measure = (force = false): void => {
    const next = place(data, surface);
    const same = Object.entries(next).every(([name, value]) => placing[name as keyof Placing] === value);
    if (same && !force) return;
    placing = next;
    sheet.style.width = `${placing.width}px`;
    painter.place(placing, theme());
    sized(inkCanvas, placing);
    sized(overCanvas, placing);
    inkIsOld = true;
    wake();
  };

  const animate = (): void => {
    frame = 0;
    if (inkIsOld) drawInk(inkCanvas, placing, path, outlines, el);
    inkIsOld = false;
    drawOver();
    if (painter.paint(data.field, data.growing, PAINT_MS)) wake();
  };

  const wake = (): void => {
    if (frame === 0) frame = requestAnimationFrame(animate);
  };

  const drawOver = (): void => {
    const context = enter(overCanvas, placing);
    clear(overCanvas, context);
    const { field, step, future } = data;
    if (step > path.length) return;
    const ink = colour(el, "--ink");
    if (looking) painter.row(context, field, step, 0, field.known[step]!, STRONG);
    if (future !== null && future < field.known[step]!) {
      painter.row(context, field, step, future, future + 1, 40);
    }
    context.globalAlpha = 1;
    context.fillStyle = colour(el, "--paper");
    context.strokeStyle = ink;
    context.lineWidth = 1.5 / placing.zoom;
    context.beginPath();
    context.arc(path.x[step]!, path.y[step]!, 4.5 / placing.zoom, 0, 2 * Math.PI);
    context.fill();
    context.stroke();
  };

  const toSheet = (event: PointerEvent | MouseEvent): { x: number; y: number } => {
    const box = sheet.getBoundingClientRect();
    return {
      x: (event.clientX - box.left - placing.left) / placing.zoom,
      y: (event.clientY - box.top - placing.top) / placing.zoom,
    };
  };

  const look = (now: boolean): void => {
    looking = now;
    surface.classList.toggle("looking", now);
    wake();
  };

  const point = (event: PointerEvent): void => {
    const { x, y } = toSheet(event);
    const found = nearest(data.field, x, y, 1 / placing.zoom, data.step);
    look(true);
    if (found !== null) options.onLook(found.step, found.future);
    surface.classList.toggle("on-strand", found !== null && found.future !== null);
  };

  surface.addEventListener("pointermove", (event) => {
    if (event.pointerType !== "touch") point(event);
  });
  surface.addEventListener("pointerleave", () => {
    look(surface.matches(":focus-visible"));
    surface.classList.remove("on-strand");
  });
  surface.addEventListener("focus", () => look(surface.matches(":focus-visible")));
  surface.addEventListener("blur", () => look(false));
  surface.addEventListener("click", (event) => {
    const before = { step: data.step, future: data.future };
    point(event as PointerEvent);
    const { step, future } = data;
    // A finger has not pointed at it before: its first touch looks, the second takes.
    const seen = (event as PointerEvent).pointerType !== "touch" || before.future === future;
    if (future !== null && seen && before.step === step) options.onTake(step, future);
  });

  const observer = new ResizeObserver(() => measure());
  observer.observe(surface);
  const recolour = (): void => measure(true);
  scheme.addEventListener("change", recolour);
  measure(true);

  return {
    surface,
    get theme() {
      return theme();
    },
    update(next, changed) {
      const otherPath = next.field.path !== path;
      const moved = next.step !== data.step && !next.growing;
      const ended = data.growing !== next.growing;
      data = next;
      path = next.field.path;
      if (changed === 0) painter.restart(false);
      else if (changed !== undefined) painter.cut(changed, next.field.draws.steps);
      else if (ended) painter.restart(true);
      if (otherPath) {
        inkIsOld = true;
        measure();
        if (next.growing) surface.scrollLeft = surface.scrollWidth;
      }
      if (moved) reveal(surface, placing, next);
      wake();
    },
    destroy() {
      cancelAnimationFrame(frame);
      observer.disconnect();
      scheme.removeEventListener("change", recolour);
      surface.remove();
    },
  };
}

/** Lays an ink out: as large as there is room for, from edge to edge, or at the size of writing while it grows. */
function place({ field: { path }, growing }: FieldData, surface: HTMLElement): Placing {
  const { clientWidth: wide, clientHeight: height } = surface;
  const [left, right] = range(path.x);
  const [top, bottom] = range(path.y);
  const room = ROOM * X_HEIGHT;
  const across = wide / (right - left + 2 * room);
  const upright = height / (bottom - top + 1.7 * room);
  const [least, greatest] = [LEAST_X / X_HEIGHT, GREATEST_X / X_HEIGHT];
  // Ink that is too wide is scrolled, ink that is too high is not.
  const zoom = growing ? GROWING_X / X_HEIGHT : Math.min(Math.max(across, least), greatest, upright);
  const needed = (right - left + 2 * room + (growing ? 3 * room : 0)) * zoom;
  // In steps while it grows, so that not every point makes another canvas.
  const width = Math.max(wide, growing ? Math.ceil(needed / wide) * wide : Math.ceil(needed));
  const begin = growing || needed > wide ? room * zoom : (width - (right - left) * zoom) / 2;
  return {
    width,
    height,
    zoom,
    left: begin - left * zoom,
    top: growing ? 0.6 * height : (height - (top + bottom) * zoom) / 2,
    density: Math.min(window.devicePixelRatio, Math.sqrt(MOST_PIXELS / Math.max(width * height, 1))),
  };
}

/** The ink, and a circle where the pen may lift. */
function drawInk(
  el: HTMLCanvasElement,
  placing: Placing,
  path: Path,
  strokes: Outlines,
  scope: HTMLElement,
): void {
  const context = enter(el, placing);
  clear(el, context);
  const ink = colour(scope, "--ink");
  context.fillStyle = ink;
  context.strokeStyle = ink;
  context.lineWidth = 0.8 / placing.zoom;
  for (let p = 0; p < path.length; p++) {
    const radius = (LIFT_RADIUS / path.scale) * Math.sqrt(path.mixtures[p]!.lift);
    if (radius * placing.zoom < 1) continue;
    context.beginPath();
    context.arc(path.x[p + 1]!, path.y[p + 1]!, radius, 0, 2 * Math.PI);
    context.globalAlpha = 0.1;
    context.fill();
    context.globalAlpha = 0.5;
    context.stroke();
  }
  context.globalAlpha = 1;
  for (const drawn of strokes.of(path)) context.fill(drawn);
}

/** Outlines of a path's strokes; those that are as they were are not worked out again. */
class Outlines {
  #known: { readonly trail: Trail; readonly drawn: Path2D }[] = [];

  of(path: Path): Path2D[] {
    this.#known = trailsOf(path).map((trail, k) => {
      const known = this.#known[k];
      if (known !== undefined && sameTrail(known.trail, trail)) return known;
      const drawn = new Path2D();
      outline(trail, drawn, NIB);
      return { trail, drawn };
    });
    return this.#known.map(({ drawn }) => drawn);
  }
}

function sameTrail(a: Trail, b: Trail): boolean {
  return a.x.length === b.x.length && a.x.every((x, k) => x === b.x[k] && a.y[k] === b.y[k]);
}

/** The strokes of a path. */
export function trailsOf(path: Path): Trail[] {
  const trails: Trail[] = [];
  let begin = 0;
  for (let p = 0; p <= path.length; p++) {
    if (path.lifted[p] !== 1 && p < path.length) continue;
    const x = Array.from(path.x.subarray(begin, p + 1));
    const y = Array.from(path.y.subarray(begin, p + 1));
    trails.push({ x, y, time: x.map((_, k) => (begin + k) * MODEL_MS), pressure: null });
    begin = p + 1;
  }
  return trails.filter(({ x }) => x.length > 0);
}

/** Moves the paper so that the step is in sight. */
function reveal(surface: HTMLElement, { zoom, left }: Placing, { field, step }: FieldData): void {
  const x = left + (field.path.x[step] ?? 0) * zoom;
  const margin = Math.min(80, surface.clientWidth / 4);
  const from = surface.scrollLeft;
  if (x < from + margin) surface.scrollLeft = x - margin;
  else if (x > from + surface.clientWidth - margin) surface.scrollLeft = x - surface.clientWidth + margin;
}

function range(values: Float64Array): [number, number] {
  let least = Number.POSITIVE_INFINITY;
  let greatest = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    least = Math.min(least, value);
    greatest = Math.max(greatest, value);
  }
  return [least, greatest];
}
