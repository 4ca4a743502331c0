/**
 * The pointer's stairs: to the right the points of a line, upwards its letters. Below them how likely the network finds it,
 * at each point, that the letter is finished.
 */

import type { ReadonlySignal } from "@preact/signals-core";
import { canvasView } from "../../draw/canvas.ts";
import { colours } from "../../draw/colour.ts";
import type { Drawing } from "../../draw/drawing.ts";
import { asSlider, stepOf } from "../../draw/element.ts";
import { type At, segment, through } from "../../draw/marks.ts";
import { within } from "../../draw/placing.ts";
import type { Size } from "../../draw/redraw.ts";
import { letterAround, type Script, type ScriptLine } from "./script.ts";

interface StairsData {
  readonly line: ScriptLine;
  /** The point of the line that is looked at, 0 to n. */
  readonly point: number;
}

interface StairsOptions {
  /** Gets a point of the line, or null. */
  onLook(point: number | null): void;
  onChoose(point: number): void;
}

/** Client pixels of a point at least: closer points could not be told apart. */
const LEAST = 1.1;
const GREATEST = 4;
/** The part of the height that the probabilities have, and what is between. */
const BELOW = 0.3;
const GAP = 26;
const TOP = 20;
/** Client pixels of a letter's step at least, for its name to be written there. */
const NAMED = 7;
/** Half the width of a character at most, in sizes of its font: names stay within the picture. */
const HALF = 0.35;

/** The first of the points that are shown, and how many. */
export interface Window {
  readonly from: number;
  readonly count: number;
  /** Client pixels of a point. */
  readonly wide: number;
}

/** The part of n points that fits a width: all, or those around a point. */
export function windowOf(n: number, width: number, point: number): Window {
  const wide = Math.min(Math.max(width / Math.max(n, 1), LEAST), GREATEST);
  const count = Math.min(n, Math.floor(width / wide));
  const from = Math.min(Math.max(Math.round(point - count / 2), 0), n - count);
  return { from, count, wide };
}

/** Returns the surface that takes keys. */
export function stairs(
  el: HTMLElement,
  data: ReadonlySignal<StairsData | null>,
  { onLook, onChoose }: StairsOptions,
): HTMLElement {
  let shown: Window = { from: 0, count: 0, wide: 1 };
  let held: Window | null = null;
  asSlider(el, "Points of the line: arrow keys move the pen, Page Up and Page Down go from letter to letter");
  canvasView(el, data, (context, now, size) => {
    // While the mouse points at it, it must not move away below.
    shown = held ?? windowOf(now.line.written.pointers.length, size.width, now.point);
    draw(context, now, shown, size, colours(el, "ink", "future", "rule", "muted", "text"));
  });
  const at = (event: MouseEvent): number => {
    const point = shown.from + within(el, event).x / shown.wide;
    return Math.min(Math.max(Math.floor(point), shown.from), shown.from + Math.max(shown.count - 1, 0)) + 1;
  };
  el.addEventListener("pointermove", (event) => {
    held = shown;
    onLook(at(event));
  });
  el.addEventListener("pointerleave", () => {
    held = null;
    onLook(null);
  });
  // A finger that scrolls the page presses, but does not click.
  el.addEventListener("click", (event) => onChoose(at(event)));
  return el;
}

/** Keys go from point to point and from letter to letter. goTo: gets a point of the script. */
export function listenToKeys(
  surface: HTMLElement,
  script: ReadonlySignal<Script | null>,
  point: ReadonlySignal<number | null>,
  goTo: (point: number) => void,
): void {
  surface.addEventListener("keydown", (event) => {
    if (script.value === null || point.value === null) return;
    const at = Math.floor(point.value);
    const last = script.value.length - 1;
    const by = stepOf(event, {
      ArrowLeft: -1,
      ArrowRight: 1,
      PageUp: letterFrom(script.value, at, -1) - at,
      PageDown: letterFrom(script.value, at, 1) - at,
      Home: -at,
      End: last - at,
    });
    if (by !== undefined) goTo(Math.min(Math.max(at + by, 0), last));
  });
}

/** The first point of the next letter, or of the one before. */
export function letterFrom(script: Script, at: number, step: 1 | -1): number {
  const { begin, end } = letterAround(script, at);
  if (step > 0) return end;
  return begin === 0 ? 0 : letterAround(script, begin - 1).begin;
}

type Css = Record<"ink" | "future" | "rule" | "muted" | "text", string>;

function draw(
  context: Drawing,
  { line, point }: StairsData,
  { from, count, wide }: Window,
  { height }: Size,
  css: Css,
): void {
  const { pointers, advance } = line.written;
  const part = pointers.subarray(from, from + count);
  if (part.length === 0) return;
  const low = Math.min(...part);
  const steps = Math.max(...part) - low + 1;
  const bottom = height * (1 - BELOW) - GAP;
  const rise = Math.min((bottom - TOP) / steps, 26);
  const levelOf = (pointer: number): number => bottom - (pointer - low) * rise;
  const now = Math.max(point - 1, 0);

  context.lineWidth = 1.5;
  const letter = Math.min(Math.max(rise, 13), 17);
  context.font = `${letter}px "Source Serif", Georgia, serif`;
  context.textAlign = "center";
  treads(part, (begin, end, pointer) => {
    const here = now >= from + begin && now < from + end;
    const [left, right, y] = [begin * wide, end * wide, levelOf(pointer)];
    context.strokeStyle = here ? css.future : css.ink;
    context.fillStyle = here ? css.future : css.text;
    context.lineWidth = here ? 2.5 : 1.5;
    const riser: At[] = end < part.length ? [[right, levelOf(part[end]!)]] : [];
    through(context, [[left, y], [right, y], ...riser]);
    context.stroke();
    const name = line.text[pointer] ?? "end";
    const middle = Math.min((left + right) / 2, count * wide - HALF * letter * name.length);
    if (right - left >= NAMED && name !== " ") context.fillText(name, middle, y - 5);
  });

  const floor = height - 4;
  const tall = height * BELOW - 8;
  context.fillStyle = css.muted;
  context.strokeStyle = css.rule;
  context.lineWidth = 1;
  for (const share of [0, 0.5, 1]) {
    const y = Math.round(floor - share * tall) + 0.5;
    segment(context, [0, y], [part.length * wide, y]);
  }
  context.font = '13px "Source Serif", Georgia, serif';
  context.textAlign = "left";
  context.fillText("How likely the letter is finished", 0, floor - tall - 5);
  if (advance !== null) {
    for (let k = 0; k < part.length; k++) {
      const share = advance[from + k]!;
      context.fillStyle = share > 0.5 ? css.future : css.muted;
      const top = floor - share * tall;
      context.fillRect(k * wide, top, Math.max(wide - 0.25, 0.75), Math.max(share * tall, 1));
    }
  }
  if (now < from || now >= from + count) return;
  const x = Math.round((now - from + 0.5) * wide);
  context.strokeStyle = css.future;
  segment(context, [x + 0.5, TOP - 14], [x + 0.5, floor]);
}

/** The stretches of points at which the pointer stands still. */
function treads(pointers: Int32Array, visit: (begin: number, end: number, pointer: number) => void): void {
  let begin = 0;
  for (let k = 1; k <= pointers.length; k++) {
    if (k < pointers.length && pointers[k] === pointers[begin]) continue;
    visit(begin, k, pointers[begin]!);
    begin = k;
  }
}
