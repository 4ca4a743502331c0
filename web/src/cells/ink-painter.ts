/** Paints ink in the colours of what a cell did while the pen was there. */

import { canvas, clear, contextOf, enter, sized } from "../draw/canvas.ts";
import type { Drawing } from "../draw/drawing.ts";
import type { Placing } from "../draw/placing.ts";
import { NIB } from "../ink/outline.ts";
import type { InkPath } from "../ink/path.ts";

/** An ink, and the number of the colour at each of its n + 1 points. */
export interface ColouredInk {
  readonly path: InkPath;
  readonly levels: Uint8Array;
}

/** Points first to last in one colour; a dot where they are one. */
interface Run {
  readonly level: number;
  readonly first: number;
  readonly last: number;
}

/** Width of coloured ink in nibs, and in client pixels at least. */
const WIDTH = 1.7;
const LEAST_WIDTH = 2.2;
/** Ink has a rim, so that colours near the paper's are seen on it: this grey is at 3:1 or more on light and dark paper. */
export const RIM = "#7a766d";
/** Client pixels on each side. */
export const RIM_WIDTH = 0.8;
/** Least number of points at the end of a growing ink that are repainted each time; at most it is twice as many. */
const TAIL = 40;

/** The runs of the points from `from` to `to`, the last not included. step: levels that are taken for one. */
export function* runsOf(
  { path: { lifted, length }, levels }: ColouredInk,
  from: number,
  to: number,
  step = 1,
): Generator<Run> {
  let run: { level: number; first: number; last: number } | null = null;
  for (let p = from; p < to; p++) {
    if (lifted[p] === 1 || p === length) {
      if (run !== null) yield run;
      else if (p === 0 || lifted[p - 1] === 1) yield { level: levels[p]!, first: p, last: p };
      run = null;
      continue;
    }
    const level = Math.floor((levels[p]! + levels[p + 1]!) / 2 / step + 0.5 - 0.5 / step) * step;
    if (run !== null && run.level === level) run.last = p + 1;
    else {
      if (run !== null) yield run;
      run = { level, first: p, last: p + 1 };
    }
  }
  if (run !== null) yield run;
}

export function lineWidth(zoom: number): number {
  return Math.max(WIDTH * NIB, LEAST_WIDTH / zoom);
}

/** Adds a run to a path. */
function trace(context: Pick<Drawing, "moveTo" | "lineTo">, { x, y }: InkPath, { first, last }: Run): void {
  context.moveTo(x[first]!, y[first]!);
  // A line of no length is a dot, by its round ends.
  for (let p = first === last ? first : first + 1; p <= last; p++) context.lineTo(x[p]!, y[p]!);
}

/** Strokes the rim of some runs below what is painted already. zoom: client pixels in a sheet unit. */
function strokeRim(context: Drawing, path: InkPath, runs: Iterable<Run>, zoom: number): void {
  context.save();
  context.globalCompositeOperation = "destination-over";
  context.strokeStyle = RIM;
  context.lineWidth += (2 * RIM_WIDTH) / zoom;
  context.beginPath();
  for (const run of runs) trace(context, path, run);
  context.stroke();
  context.restore();
}

/** How a whole ink is stroked. */
interface ByLevel {
  readonly css: readonly string[];
  /** Levels that are taken for one. */
  readonly step: number;
  /** Client pixels in a sheet unit. */
  readonly zoom: number;
}

/** Strokes a whole ink, all of one colour at once: many short lines cost more than few long ones. */
export function strokeByLevel(context: Drawing, ink: ColouredInk, { css, step, zoom }: ByLevel): void {
  const levels = new Map<number, Run[]>();
  for (const run of runsOf(ink, 0, ink.path.length + 1, step)) {
    const runs = levels.get(run.level);
    if (runs === undefined) levels.set(run.level, [run]);
    else runs.push(run);
  }
  for (const [level, runs] of levels) {
    context.strokeStyle = css[level]!;
    context.beginPath();
    for (const run of runs) trace(context, ink.path, run);
    context.stroke();
  }
  strokeRim(context, ink.path, runsOf(ink, 0, ink.path.length + 1), zoom);
}

/** Strokes the points from `from` to `to` run by run, as the pen went. zoom: client pixels in a sheet unit. */
function strokeRuns(
  context: Drawing,
  ink: ColouredInk,
  css: readonly string[],
  [from, to]: readonly [number, number],
  zoom: number,
): void {
  context.lineCap = context.lineJoin = "round";
  context.lineWidth = lineWidth(zoom);
  for (const run of runsOf(ink, from, to)) {
    context.strokeStyle = css[run.level]!;
    context.beginPath();
    trace(context, ink.path, run);
    context.stroke();
  }
}

/** Strokes a whole ink as `InkPainter` paints it. */
export function strokeInk(context: Drawing, ink: ColouredInk, css: readonly string[], zoom: number): void {
  const end = ink.path.length + 1;
  strokeRuns(context, ink, css, [0, end], zoom);
  strokeRim(context, ink.path, runsOf(ink, 0, end), zoom);
}

export class InkPainter {
  readonly #settled: HTMLCanvasElement;
  readonly #tip: HTMLCanvasElement;
  #placing: Placing | null = null;
  /** Points that need no repainting. */
  #done = 0;

  constructor(el: HTMLElement) {
    this.#settled = canvas(el);
    this.#tip = canvas(el);
  }

  /** Another size or place: everything is repainted. */
  place(placing: Placing): void {
    const same = this.#placing?.width === placing.width && this.#placing.height === placing.height;
    if (!same || this.#placing?.density !== placing.density) {
      sized(this.#settled, placing);
      sized(this.#tip, placing);
    }
    this.#placing = placing;
    this.restart();
  }

  /** Forgets what is painted. */
  restart(): void {
    this.#done = 0;
    clear(contextOf(this.#settled));
  }

  /** changed: points from there on are not what they were. */
  paint(ink: ColouredInk, css: readonly string[], growing: boolean, changed: number): void {
    if (changed < this.#done) this.restart();
    if (this.#placing === null) return;
    const { zoom } = this.#placing;
    const points = ink.path.length + 1;
    const end = growing ? points - TAIL : points;
    // Seldom: each canvas that is touched costs, however little is painted.
    if (!growing || end - this.#done > TAIL) {
      const settled = enter(this.#settled, this.#placing);
      strokeRuns(settled, ink, css, [this.#done, end], zoom);
      strokeRim(settled, ink.path, runsOf(ink, this.#done, end), zoom);
      this.#done = end;
    }
    const tip = enter(this.#tip, this.#placing);
    clear(tip);
    strokeRuns(tip, ink, css, [this.#done, points], zoom);
  }
}
