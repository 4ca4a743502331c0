/** The paper around the pen, in one step: the movement that is read, the mixture, and the place that is drawn. */

import type { Drawing } from "../../draw/drawing.ts";
import type { At } from "../../draw/marks.ts";
import type { Size } from "../../draw/redraw.ts";
import { axesOf } from "../../engine/mixture.ts";
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
  const paper: Paper = { on, step, css, ...placed(step, size) };
  inkOf(paper);
  hills(paper, reveal(at, MIXTURE) * (1 - 0.6 * reveal(at, DRAWN)));
  movement(paper, reveal(at, 1));
  drawn(paper, reveal(at, DRAWN));
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
  /** Where the pen is. */
  readonly pen: At;
  /** Where a point of the path is. */
  point(p: number): At;
}

interface Paper extends Placed {
  readonly on: Drawing;
  readonly step: Step;
  readonly css: Colours;
}

/** The pen is in the middle of the height. */
function placed(step: Step, { width, height }: Size): Placed {
  const zoom = height / 2 / reachOf(step);
  const { path, scale } = step;
  const [x, y] = [path.x[path.length]!, path.y[path.length]!];
  const pen: At = [ACROSS * width, height / 2];
  return {
    ...{ zoom, pen },
    point: (p) => [pen[0] + (path.x[p]! - x) * scale * zoom, pen[1] + (path.y[p]! - y) * scale * zoom],
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
function inkOf({ on, step: { path, own }, css, point }: Paper): void {
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

/** The movement that is read: from where the pen was to where it is. read: how much of it is over. */
function movement({ on, step: { path, own }, css, pen, point }: Paper, read: number): void {
  const n = path.length;
  if (n > 0) {
    const before = point(n - 1);
    const now = 1 - 0.75 * read;
    line(on, [before, pen], {
      stroke: n > own ? css.future : css.ink,
      width: mix(3.5, 6, now),
      dashes: path.lifted[n - 1] === 1 ? IN_AIR : [],
    });
    disc(on, before, 3.5, { fill: css.paper, stroke: css.ink, width: 1.5, opacity: now });
    arc(on, pen, 15, 1, { stroke: css.future, width: 1.25, opacity: 1 - read });
  }
  disc(on, pen, 5, { fill: css.paper, stroke: css.ink, width: 2 });
}

/** The components: ellipses at two sigma and at one, the stronger in colour the likelier. They rise from where the pen is. */
function hills({ on, step, css, pen: [left, top], zoom }: Paper, seen: number): void {
  if (seen === 0) return;
  on.fillStyle = css.future;
  on.strokeStyle = css.future;
  on.lineWidth = 1;
  on.setLineDash([]);
  for (const component of step.mixture.components) {
    const { weight, x, y } = component;
    if (weight < SEEN) continue;
    const { long, short, angle } = axesOf(component);
    for (const sigmas of [2, 1]) {
      const [rx, ry] = [Math.max(long * sigmas * zoom, 1), Math.max(short * sigmas * zoom, 1)];
      on.beginPath();
      on.ellipse(left + x * zoom * seen, top + y * zoom * seen, rx, ry, angle, 0, 2 * Math.PI);
      on.globalAlpha = (0.04 + 0.3 * weight) * seen;
      on.fill();
      on.globalAlpha = Math.min(0.15 + weight, 0.9) * seen;
      on.stroke();
    }
  }
}

/** The place that is drawn, and the pen on its way there. */
function drawn({ on, step: { next, path }, css, pen: from, zoom }: Paper, seen: number): void {
  if (seen === 0) return;
  const to: At = [from[0] + next.dx * zoom, from[1] + next.dy * zoom];
  // First the place is marked, then the pen goes there.
  const way = Math.max(2 * seen - 1, 0);
  const pen: At = [mix(from[0], to[0], way), mix(from[1], to[1], way)];
  const marked = Math.min(2 * seen, 1);
  disc(on, to, mix(14, 6, marked), { stroke: css.future, width: 2, opacity: marked });
  const dashes = path.lifted[path.length] === 1 ? IN_AIR : [];
  line(on, [from, pen], { stroke: css.future, width: 4, dashes });
  disc(on, pen, 5, { fill: css.paper, stroke: css.future, width: 2 });
  const look = { size: 12.5, fill: css.future, align: "left", opacity: way } as const;
  if (next.lifts) text(on, to[0] + 14, to[1] - 10, "the pen lifts", look);
}
