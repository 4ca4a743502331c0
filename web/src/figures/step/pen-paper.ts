/** The paper around the pen, in one step: the movement that is read, the mixture, and the place that is drawn. */

import type { Drawing } from "../../draw/drawing.ts";
import type { At } from "../../draw/marks.ts";
import type { Size } from "../../draw/redraw.ts";
import { axesOf, type Component } from "../../engine/mixture.ts";
import { arc, type Colours, disc, line, mix, reveal, text } from "./marks.ts";
import type { Step } from "./step.ts";

/** Components of a greater weight have to be in sight, those of a lesser one are not drawn. */
const LIKELY = 0.1;
const SEEN = 0.005;
/** Model units that are in sight on each side of the pen: one of a few, so that the zoom does not change at every step. */
const REACHES = [1.2, 2.2, 4, 7.2, 13];
/** Movements that are drawn of the ink. */
const MOST = 600;
/** From which stage on each part is there. */
const [MIXTURE, DRAWN] = [6, 7];
/** Between these two stages the paper stays as it is. */
export const [READ, UNMIXED] = [1, MIXTURE - 1];
/** A click farther from the ink than so many pixels does not mean it. */
const NEAR = 40;
/** Where the pen is, across the paper. */
const ACROSS = 0.56;
/** Dashes of a movement above the paper. */
const IN_AIR = [1, 9];

/** at: the stage, and between two stages how much of the next one is there. */
export function penPaper(on: Drawing, step: Step, at: number, size: Size, css: Colours): void {
  const { zoom, point } = placed(step, size);
  const from = point(step.path.length);
  inkOf(on, step, point, css);
  hills(on, step, from, zoom, reveal(at, MIXTURE) * (1 - 0.6 * reveal(at, DRAWN)), css);
  movement(on, step, at, point, css);
  drawn(on, step, at, from, zoom, css);
}

/** The movement of the reader's own whose end is drawn nearest to a place; null where none is near. */
export function nearest(step: Step, x: number, y: number, size: Size): number | null {
  const { point } = placed(step, size);
  const all = Array.from({ length: step.own + 1 }, (_, p) => point(p));
  const far = all.map(([px, py]) => Math.hypot(px - x, py - y));
  const best = Math.min(...far);
  return best < NEAR ? far.indexOf(best) : null;
}

interface Placed {
  /** Pixels in a model unit. */
  readonly zoom: number;
  /** Where a point of the path is. */
  point(p: number): At;
}

/** The pen is in the middle of the height. */
function placed(step: Step, { width, height }: Size): Placed {
  const zoom = height / 2 / reachOf(step);
  const { path, scale } = step;
  const [x, y] = [path.x[path.length]!, path.y[path.length]!];
  return {
    zoom,
    point: (p) => [
      ACROSS * width + (path.x[p]! - x) * scale * zoom,
      height / 2 + (path.y[p]! - y) * scale * zoom,
    ],
  };
}

/** Enough for the movements, and for two sigma around every component that is likely. */
function reachOf({ movement, mixture, next }: Step): number {
  let needed = Math.max(
    ...[movement, next].flatMap((each) => [Math.abs(each?.dx ?? 0), Math.abs(each?.dy ?? 0)]),
  );
  for (const { weight, x, y, sigmaX, sigmaY } of mixture.components) {
    if (weight < LIKELY) continue;
    needed = Math.max(needed, Math.abs(x) / 1.6 + sigmaX, Math.abs(y) + 2 * sigmaY);
  }
  return REACHES.find((reach) => reach >= 1.15 * needed) ?? 1.15 * needed;
}

/** The reader's own strokes, and in the colour of futures what the model has drawn since. */
function inkOf(on: Drawing, { path, own }: Step, point: (p: number) => At, css: Colours): void {
  const last = path.length - 1;
  let run: At[] = [];
  let begin = Math.max(last - MOST, 0);
  const flush = (end: number): void => {
    const colour = end > own ? css.future : css.ink;
    if (run.length > 1) line(on, run, { stroke: colour, width: 3.5, opacity: 0.85 });
    else if (run[0] !== undefined) disc(on, run[0], 1.75, { fill: colour, opacity: 0.85 });
    run = [];
  };
  for (let p = begin; p <= last; p++) {
    run.push(point(p));
    const parts = p === own && p > begin;
    if (path.lifted[p] !== 1 && p < last && !parts) continue;
    flush(p);
    begin = p;
    if (parts && path.lifted[p] !== 1) run.push(point(p));
  }
}

/** The movement that is read: from where the pen was to where it is. */
function movement(
  on: Drawing,
  { path, own }: Step,
  at: number,
  point: (p: number) => At,
  css: Colours,
): void {
  const n = path.length;
  const pen = point(n);
  if (n > 0) {
    const before = point(n - 1);
    const now = 1 - 0.75 * reveal(at, 1);
    line(on, [before, pen], {
      stroke: n > own ? css.future : css.ink,
      width: mix(3.5, 6, now),
      dashes: path.lifted[n - 1] === 1 ? IN_AIR : [],
    });
    disc(on, before, 3.5, { fill: css.paper, stroke: css.ink, width: 1.5, opacity: now });
    arc(on, pen, 15, 1, { stroke: css.future, width: 1.25, opacity: 1 - reveal(at, 1) });
  }
  disc(on, pen, 5, { fill: css.paper, stroke: css.ink, width: 2 });
}

/** The components: ellipses at one and two sigma, the stronger in colour the likelier. */
function hills(on: Drawing, { mixture }: Step, from: At, zoom: number, seen: number, css: Colours): void {
  if (seen === 0) return;
  on.fillStyle = css.future;
  on.strokeStyle = css.future;
  on.lineWidth = 1;
  on.setLineDash([]);
  for (const each of mixture.components) {
    if (each.weight < SEEN) continue;
    ellipse(on, each, 2, from, zoom, seen);
    ellipse(on, each, 1, from, zoom, seen);
  }
}

function ellipse(
  on: Drawing,
  component: Component,
  sigmas: number,
  [left, top]: At,
  zoom: number,
  seen: number,
): void {
  const { weight, x, y } = component;
  const { long, short, angle } = axesOf(component);
  const side = (length: number): number => Math.max(length * sigmas * zoom, 1);
  on.beginPath();
  // The hills rise from where the pen is.
  on.ellipse(left + x * zoom * seen, top + y * zoom * seen, side(long), side(short), angle, 0, 2 * Math.PI);
  on.globalAlpha = (0.04 + 0.3 * weight) * seen;
  on.fill();
  on.globalAlpha = Math.min(0.15 + weight, 0.9) * seen;
  on.stroke();
}

/** The place that is drawn, and the pen on its way there. */
function drawn(
  on: Drawing,
  { next, path }: Step,
  at: number,
  [left, top]: At,
  zoom: number,
  css: Colours,
): void {
  const seen = reveal(at, DRAWN);
  if (seen === 0) return;
  const to: At = [left + next.dx * zoom, top + next.dy * zoom];
  // First the place is marked, then the pen goes there.
  const way = Math.max(2 * seen - 1, 0);
  const pen: At = [mix(left, to[0], way), mix(top, to[1], way)];
  const marked = Math.min(2 * seen, 1);
  disc(on, to, mix(14, 6, marked), { stroke: css.future, width: 2, opacity: marked });
  const dashes = path.lifted[path.length] === 1 ? IN_AIR : [];
  line(on, [[left, top], pen], { stroke: css.future, width: 4, dashes });
  disc(on, pen, 5, { fill: css.paper, stroke: css.future, width: 2 });
  if (!next.lifts) return;
  text(on, to[0] + 14, to[1] - 10, "the pen lifts", {
    size: 12.5,
    fill: css.future,
    align: "left",
    opacity: way,
  });
}
