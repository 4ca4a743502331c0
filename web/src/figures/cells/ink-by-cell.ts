/**
 * An ink coloured by what cells did at each of its points.
 *
 * Alone it fits the ink, or the part of it that is shown, into its element, and pointing at it looks at a step. Over a
 * paper that is written on, it lies where the paper has the ink and lets the pen through.
 */

import { computed, createModel, effect, type ReadonlySignal, signal, untracked } from "@preact/signals-core";
import { type ColouredInk, InkPainter } from "../../cells/ink-painter.ts";
import { inkStrokes } from "../../cells/svg.ts";
import { canvas, clear, enter, sized } from "../../draw/canvas.ts";
import { colours } from "../../draw/colour.ts";
import { type Drawing, pictured, SvgDrawing } from "../../draw/drawing.ts";
import { make } from "../../draw/element.ts";
import { disc } from "../../draw/marks.ts";
import { divergingPalette } from "../../draw/palette.ts";
import { fitted, type Placing, samePlacing, toSheet, within } from "../../draw/placing.ts";
import { onFrame, type Size, sizeOf, theme, whenEnded } from "../../draw/redraw.ts";
import { nearestPoint } from "../../ink/path.ts";
import { X_HEIGHT } from "../../ink/stroke.ts";
import { writingPaper } from "../../views/writing-paper.ts";
import type { Seen } from "./seen.ts";
import type { CellsWiring } from "./wiring.ts";

type Paper = ReturnType<typeof writingPaper>;

/** Room around the ink in client pixels. */
const ROOM = 26;
const GREATEST_X = 64;
/** A pointer farther than this from the ink (client pixels) does not mean it. */
const NEAR = 60;
const MARK = 5;

/** paper: the one below; null: alone. */
function inkByCell(
  el: HTMLElement,
  data: ReadonlySignal<Seen | null>,
  paper: Paper | null,
  growing: ReadonlySignal<boolean>,
  onLook: (row: number) => void,
): void {
  const sheet = make("div", paper === null ? "ink-by-cell" : "ink-by-cell over-paper");
  el.append(sheet);
  const size = sizeOf(sheet);
  const placing = paper === null ? placedAlone(data, size) : placedOn(sheet, size, paper);
  paint(sheet, data, placing, growing);
  pictured(sheet, () => {
    const [now, place] = [data.peek(), placing.peek()];
    if (now === null || place === null) return "";
    const mark = new SvgDrawing();
    mark.translate(place.left, place.top);
    mark.scale(place.zoom, place.zoom);
    if (!growing.peek()) dot(mark, now.ink, now.row, place.zoom, sheet);
    return inkStrokes(now.ink, place, divergingPalette(theme().peek()).css) + mark;
  });

  const look = (event: PointerEvent): void => {
    const place = placing.value;
    if (place === null || data.value === null) return;
    const at = within(sheet, event);
    const { x, y } = toSheet(place, at.x, at.y);
    const { row, distance } = nearestPoint(data.value.ink.path, x, y);
    if (distance * place.zoom < NEAR) onLook(row);
  };
  sheet.addEventListener("pointermove", look);
  sheet.addEventListener("pointerdown", look);
}

/** What colours depend on, and how far it was painted. */
interface Painted {
  readonly by: readonly unknown[];
  readonly takes: number;
}

/** Paints the ink, and a dot at the point that is looked at. */
function paint(
  sheet: HTMLElement,
  data: ReadonlySignal<Seen | null>,
  placing: ReadonlySignal<Placing | null>,
  growing: ReadonlySignal<boolean>,
): void {
  const painter = new InkPainter(sheet);
  const over = canvas(sheet);
  let last: Painted | null = null;
  const read = () => ({ now: data.value, place: placing.value, grows: growing.value, theme: theme().value });
  onFrame(read, ({ now, place, grows, theme }) => {
    if (now === null || place === null) return;
    const { matrix, scale, chosen, ink, row } = now;
    const by = [place, theme, matrix, scale, ...chosen];
    const same = last?.by.length === by.length && by.every((each, k) => each === last?.by[k]);
    if (last?.by[0] !== place) {
      painter.place(place);
      sized(over, place);
    }
    const changed = last !== null && same ? matrix.changedSince(last.takes) : 0;
    painter.paint(ink, divergingPalette(theme).css, grows, changed);
    last = { by, takes: matrix.takes };
    const context = enter(over, place);
    clear(context);
    if (!grows) dot(context, ink, row, place.zoom, sheet);
  });
}

function dot(context: Drawing, { path }: ColouredInk, row: number, zoom: number, el: HTMLElement): void {
  if (row > path.length) return;
  const { paper, ink } = colours(el, "paper", "ink");
  const at = [path.x[row]!, path.y[row]!] as const;
  disc(context, at, MARK / zoom, { fill: paper, rim: ink, width: 1.75 / zoom });
}

/** Where the ink of a paper lies on it. */
function placedOn(
  sheet: HTMLElement,
  size: ReadonlySignal<Size>,
  { surface, toSheet }: Paper,
): ReadonlySignal<Placing> {
  /** How many times the paper has moved: along, up and down, or nearer. */
  const moves = signal(0);
  effect(() => {
    const count = (): void => {
      moves.value++;
    };
    surface.addEventListener("scroll", count, { passive: true });
    return () => surface.removeEventListener("scroll", count);
  });
  return computed(() => {
    moves.value;
    const box = sheet.getBoundingClientRect();
    const corner = toSheet(box.left, box.top);
    const zoom = 1 / (toSheet(box.left + 1, box.top).x - corner.x);
    const density = window.devicePixelRatio;
    return { ...size.value, zoom, left: -corner.x * zoom, top: -corner.y * zoom, density };
  });
}

/** The part of an ink that is shown, as large as it fits. */
function placedAlone(
  data: ReadonlySignal<Seen | null>,
  size: ReadonlySignal<Size>,
): ReadonlySignal<Placing | null> {
  let last: Placing | null = null;
  return computed(() => {
    if (data.value === null) return null;
    const { width, height } = size.value;
    const { ink, span } = data.value;
    const part = (values: Float64Array) => values.subarray(span.from, span.from + span.length);
    const room = Math.min(ROOM, height / 5);
    const limits = { room, least: 0.01, most: GREATEST_X / X_HEIGHT };
    const next = fitted({ x: part(ink.path.x), y: part(ink.path.y) }, width, height, limits);
    // The same object while the ink lies where it was: then only new points are painted.
    if (last === null || !samePlacing(last, next)) last = next;
    return last;
  });
}

/** The ink of the figure: alone, or on the reader's paper. */
export function cellsInk(
  wiring: CellsWiring,
  seen: ReadonlySignal<Seen | null>,
  growing: ReadonlySignal<boolean>,
  onLook: (row: number) => void,
): void {
  const { parts, shown: ink } = wiring;
  const onPaper = computed(() => ink.value === "yours");
  const Shown = createModel((written: boolean) => {
    const el = written ? make("div", "paper") : parts.ink;
    inkByCell(el, seen, written ? paperIn(el, wiring) : null, growing, onLook);
    whenEnded(() => parts.ink.replaceChildren());
    return {};
  });
  effect(() => {
    const written = onPaper.value;
    const shown = untracked(() => new Shown(written));
    return () => shown[Symbol.dispose]();
  });
}

/** The reader's own sheet, as in the first figure, under the colours. */
function paperIn(el: HTMLElement, wiring: CellsWiring): Paper {
  const { frame, parts, isExample } = wiring;
  parts.ink.append(el);
  const label = "Paper to write on, coloured by cells";
  const paper = writingPaper(el, wiring, { label, still: frame.still });
  effect(() => {
    el.classList.toggle("example", isExample.value);
  });
  whenEnded(paper.destroy);
  return paper;
}
