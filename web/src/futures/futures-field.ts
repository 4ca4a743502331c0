/**
 * The field of futures: along an ink, at every step, the ways it could have gone (spec/futures.md).
 *
 * Pointing at the ink looks at a step: its own futures stand out. Pointing at a strand looks at that future; a click
 * takes it.
 */

import { batch, computed, type ReadonlySignal, type Signal, signal } from "@preact/signals-core";
import { canvas, clear, enter, sized } from "../draw/canvas.ts";
import { colours } from "../draw/colour.ts";
import { pictured } from "../draw/drawing.ts";
import { make } from "../draw/element.ts";
import { circle, disc } from "../draw/marks.ts";
import { type Placing, samePlacing, toSheet, within } from "../draw/placing.ts";
import { isPrinted, onFrame, type Size, sizeOf, type Theme, theme } from "../draw/redraw.ts";
import { outline, type Trail } from "../ink/outline.ts";
import { extent, trailsOf } from "../ink/path.ts";
import { X_HEIGHT } from "../ink/stroke.ts";
import { apart, type EndLetter, endLetters } from "./end-letters.ts";
import type { Field, Path } from "./field.ts";
import { FieldPainter, strands } from "./field-painter.ts";
import { nearest } from "./field-pointer.ts";
import { fieldToSvg, NIB } from "./field-svg.ts";
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
  onLook(step: number, future: number | null): void;
  onTake(step: number, future: number): void;
}

/** Height of an x in client pixels: at least, at most, and while ink is being written. */
const LEAST_X = 40;
const GREATEST_X = 150;
const GROWING_X = 52;
/** Room around the ink, in heights of an x. */
const ROOM = 1.25;
const MOST_PIXELS = 8e6;
const PAINT_MS = 9;
/** How much the futures of the step that is looked at stand out, and the one that is. */
const STRONG = 3;
const STRONGEST = 40;
/** Client pixels of a letter at the end of futures, and the least that one of few futures stands out. */
const LETTER = 17;
const FAINTEST = 0.45;

/** Returns the element that takes the pointer and the keys. */
export function futuresField(
  el: HTMLElement,
  data: ReadonlySignal<FieldData | null>,
  options: FieldOptions,
): HTMLElement {
  const sheet = make("div", "field-sheet");
  const surface = make("div", "field-surface", sheet);
  el.append(surface);
  const size = sizeOf(surface);
  let last: Placing | null = null;
  const placing = computed(() => {
    if (data.value === null) return null;
    const next = place(data.value, size.value);
    if (last === null || !samePlacing(last, next)) last = next;
    return last;
  });
  const looking = signal(false);
  paintStrands(sheet, data, placing);
  paintInk(sheet, data, placing);
  paintLooked(sheet, data, placing, looking);
  slide(surface, sheet, data, placing);
  listen(surface, sheet, { data, placing, looking }, options);
  pictured(surface, () => {
    const now = data.peek();
    return now === null ? "" : fieldToSvg(now.field, { ...colours(el, "ink"), theme: theme().peek() });
  });
  return surface;
}

type Data = ReadonlySignal<FieldData | null>;
type Place = ReadonlySignal<Placing | null>;

/** What the strands were painted for. */
interface Painted {
  readonly field: Field;
  readonly paths: number;
  readonly growing: boolean;
  readonly placing: Placing;
  readonly theme: Theme;
}

/** The strands, for a few milliseconds a frame until all are there. */
function paintStrands(sheet: HTMLElement, data: Data, placing: Place): void {
  const painter = new FieldPainter(sheet);
  const turn = signal(0);
  let last: Painted | null = null;
  const read = () => {
    turn.value;
    data.value?.field.pieces.value;
    return { now: data.value, place: placing.value, theme: theme().value };
  };
  onFrame(read, ({ now, place, theme }) => {
    if (now === null || place === null) return;
    const { field, growing } = now;
    if (last?.placing !== place || last.theme !== theme) painter.place(place, theme);
    if (last !== null && last.field !== field) painter.restart(false);
    else if (last !== null) {
      const changed = field.changedSince(last.paths);
      if (changed < Number.POSITIVE_INFINITY) painter.cut(changed, field.draws.steps);
      else if (last.growing !== growing) painter.restart(true);
    }
    last = { field, paths: field.paths, growing, placing: place, theme };
    if (painter.paint(field, growing, isPrinted() ? Number.POSITIVE_INFINITY : PAINT_MS)) turn.value++;
  });
}

function paintInk(sheet: HTMLElement, data: Data, placing: Place): void {
  const picture = canvas(sheet);
  const outlines = new Outlines();
  const path = computed(() => data.value?.field.path ?? null);
  const read = () => ({ path: path.value, place: placing.value, theme: theme().value });
  onFrame(read, ({ path, place }) => {
    if (path === null || place === null) return;
    sized(picture, place);
    const context = enter(picture, place);
    const { ink } = colours(sheet, "ink");
    context.fillStyle = context.strokeStyle = ink;
    circles(context, path, place.zoom);
    context.globalAlpha = 1;
    for (const drawn of outlines.of(path)) context.fill(drawn);
  });
}

/** Circles where the pen may lift. */
function circles(context: CanvasRenderingContext2D, path: Path, zoom: number): void {
  context.lineWidth = 0.8 / zoom;
  for (let p = 0; p < path.length; p++) {
    const radius = (LIFT_RADIUS / path.scale) * Math.sqrt(path.mixtures[p]!.lift);
    if (radius * zoom < 1) continue;
    circle(context, [path.x[p + 1]!, path.y[p + 1]!], radius);
    context.globalAlpha = 0.1;
    context.fill();
    context.globalAlpha = 0.5;
    context.stroke();
  }
}

/** A dot at the step that is looked at, its futures, and the one of them that is looked at. */
function paintLooked(sheet: HTMLElement, data: Data, placing: Place, looking: ReadonlySignal<boolean>): void {
  const over = canvas(sheet);
  over.className = "field-over";
  let last: Placing | null = null;
  const read = () => {
    data.value?.field.pieces.value;
    return { now: data.value, place: placing.value, theme: theme().value, looking: looking.value };
  };
  onFrame(read, ({ now, place, theme, looking }) => {
    if (now === null || place === null) return;
    if (last !== place) sized(over, place);
    last = place;
    const context = enter(over, place);
    clear(context);
    const { field, step, future } = now;
    const { path } = field;
    if (step > path.length) return;
    const known = field.known[step]!;
    if (looking) strands(context, field, step, 0, known, theme, STRONG);
    if (future !== null && future < known)
      strands(context, field, step, future, future + 1, theme, STRONGEST);
    const { ink, paper } = colours(sheet, "ink", "paper");
    context.globalAlpha = 1;
    const letters = looking ? endLetters(field, step) : [];
    if (letters.length > 0)
      paintLetters(context, letters, place.zoom, { ink, paper }, getComputedStyle(sheet).fontFamily);
    const at = [path.x[step]!, path.y[step]!] as const;
    disc(context, at, 4.5 / place.zoom, { fill: paper, rim: ink, width: 1.5 / place.zoom });
  });
}

/** The characters that the futures of a step get to, each where those end that get to it. */
function paintLetters(
  context: CanvasRenderingContext2D,
  letters: readonly EndLetter[],
  zoom: number,
  { ink, paper }: { readonly ink: string; readonly paper: string },
  family: string,
): void {
  context.font = `600 ${LETTER / zoom}px ${family}`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.lineJoin = "round";
  context.lineWidth = 4 / zoom;
  for (const { text, x, y, share } of apart(letters, LETTER / zoom)) {
    context.globalAlpha = Math.max(share, FAINTEST);
    context.strokeStyle = paper;
    context.strokeText(text, x, y);
    context.fillStyle = ink;
    context.fillText(text, x, y);
  }
  context.globalAlpha = 1;
}

/** Gives the sheet its width, and scrolls to the end of ink that grows, or to the step that is looked at. */
function slide(surface: HTMLElement, sheet: HTMLElement, data: Data, placing: Place): void {
  let last: { path: Path; step: number } | null = null;
  const read = () => ({ now: data.value, path: data.value?.field.path, place: placing.value });
  onFrame(read, ({ now, path, place }) => {
    if (now === null || path === undefined || place === null) return;
    const { step, growing } = now;
    sheet.style.width = `${place.width}px`;
    if (growing && path !== last?.path) surface.scrollLeft = surface.scrollWidth;
    if (!growing && last !== null && step !== last.step) reveal(surface, place, path.x[step] ?? 0);
    last = { path, step };
  });
}

function listen(
  surface: HTMLElement,
  sheet: HTMLElement,
  { data, placing, looking }: { data: Data; placing: Place; looking: Signal<boolean> },
  options: FieldOptions,
): void {
  const look = (now: boolean): void => {
    looking.value = now;
    surface.classList.toggle("looking", now);
  };
  const point = (event: MouseEvent): void => {
    const [now, place] = [data.value, placing.value];
    if (now === null || place === null) return;
    const at = within(sheet, event);
    const { x, y } = toSheet(place, at.x, at.y);
    const found = nearest(now.field, x, y, 1 / place.zoom, now.step);
    batch(() => {
      look(true);
      if (found !== null) options.onLook(found.step, found.future);
    });
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
    const before = data.value;
    point(event);
    if (before === null || data.value === null) return;
    const { step, future } = data.value;
    // A finger has not pointed at it before: its first touch looks, the second takes.
    const seen = (event as PointerEvent).pointerType !== "touch" || before.future === future;
    if (future !== null && seen && before.step === step) options.onTake(step, future);
  });
}

/** Lays an ink out: as large as there is room for, from edge to edge, or at the size of writing while it grows. */
function place({ field: { path }, growing }: FieldData, { width: wide, height }: Size): Placing {
  const [left, right] = extent(path.x);
  const [top, bottom] = extent(path.y);
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

/** Scrolls so that a point of the ink, at x in sheet units, is in sight. */
function reveal(surface: HTMLElement, { zoom, left }: Placing, at: number): void {
  const x = left + at * zoom;
  const margin = Math.min(80, surface.clientWidth / 4);
  const from = surface.scrollLeft;
  if (x < from + margin) surface.scrollLeft = x - margin;
  else if (x > from + surface.clientWidth - margin) surface.scrollLeft = x - surface.clientWidth + margin;
}
