/** The paper around the pen, in one step: the movement that is read, the mixture, and the place that is drawn. */

import type { Size } from "../../draw/redraw.ts";
import { tenths } from "../../draw/svg.ts";
import { axesOf, type Component } from "../../engine/mixture.ts";
import { arc, type Colours, disc, hundredths, line, mix, reveal, text } from "./marks.ts";
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
/** A click farther from the ink than so many pixels does not mean it. */
const NEAR = 40;
/** Where the pen is, across the paper. */
const ACROSS = 0.56;

export function penPaper(step: Step, at: number, size: Size, css: Colours): string {
  const { zoom, point } = placed(step, size);
  const from = point(step.path.length);
  return [
    inkOf(step, point, css),
    hills(step, from, zoom, reveal(at, MIXTURE) * (1 - 0.6 * reveal(at, DRAWN)), css),
    movement(step, at, point, css),
    drawn(step, at, from, zoom, css),
  ].join("");
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
  point(p: number): [number, number];
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
function inkOf({ path, own }: Step, point: (p: number) => [number, number], css: Colours): string {
  const runs: string[] = [];
  const last = path.length - 1;
  let run: [number, number][] = [];
  let begin = Math.max(last - MOST, 0);
  const flush = (end: number): void => {
    const stroke = end > own ? css.future : css.ink;
    runs.push(run.length > 1 ? line(run, { stroke, width: 3.5, opacity: 0.85 }) : dot(run[0], stroke));
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
  return runs.join("");
}

function dot(at: readonly [number, number] | undefined, fill: string): string {
  return at === undefined ? "" : disc(at[0], at[1], 1.75, { fill, opacity: 0.85 });
}

/** The movement that is read: from where the pen was to where it is. */
function movement(
  { path, own }: Step,
  at: number,
  point: (p: number) => [number, number],
  css: Colours,
): string {
  const n = path.length;
  const pen = point(n);
  if (n === 0) return disc(...pen, 5, { fill: css.paper, stroke: css.ink, width: 2 });
  const before = point(n - 1);
  const inAir = path.lifted[n - 1] === 1;
  const now = 1 - 0.75 * reveal(at, 1);
  const ring = arc(...pen, 15, 1, { stroke: css.future, width: 1.25, opacity: 1 - reveal(at, 1) });
  const way = {
    stroke: n > own ? css.future : css.ink,
    width: mix(3.5, 6, now),
    ...(inAir ? { dashes: "1 9" } : {}),
  };
  return [
    line([before, pen], way),
    disc(...before, 3.5, { fill: css.paper, stroke: css.ink, width: 1.5, opacity: now }),
    ring,
    disc(...pen, 5, { fill: css.paper, stroke: css.ink, width: 2 }),
  ].join("");
}

/** The components: ellipses at one and two sigma, the stronger in colour the likelier. */
function hills(
  { mixture }: Step,
  from: readonly [number, number],
  zoom: number,
  seen: number,
  css: Colours,
): string {
  if (seen === 0) return "";
  const drawn = mixture.components.filter(({ weight }) => weight >= SEEN);
  return drawn.map((each) => ellipses(each, from, zoom, seen, css.future)).join("");
}

function ellipses(
  component: Component,
  [left, top]: readonly [number, number],
  zoom: number,
  seen: number,
  colour: string,
): string {
  const { weight, x, y } = component;
  const axes = axesOf(component);
  const angle = (180 / Math.PI) * axes.angle;
  // The hills rise from where the pen is.
  const centre = `${tenths(left + x * zoom * seen)} ${tenths(top + y * zoom * seen)}`;
  const each = (sigmas: number, fill: number): string => {
    const [rx, ry] = [axes.long, axes.short].map((side) => tenths(Math.max(side * sigmas * zoom, 1)));
    return `<ellipse rx="${rx}" ry="${ry}" fill="${colour}" fill-opacity="${hundredths(fill * seen)}" stroke="${colour}" stroke-opacity="${hundredths(Math.min(0.15 + weight, 0.9) * seen)}"/>`;
  };
  const strength = 0.04 + 0.3 * weight;
  return `<g transform="translate(${centre}) rotate(${tenths(angle)})">${each(2, strength)}${each(1, strength)}</g>`;
}

/** The place that is drawn, and the pen on its way there. */
function drawn(
  { next, path }: Step,
  at: number,
  [left, top]: readonly [number, number],
  zoom: number,
  css: Colours,
): string {
  const seen = reveal(at, DRAWN);
  if (seen === 0) return "";
  const to: [number, number] = [left + next.dx * zoom, top + next.dy * zoom];
  // First the place is marked, then the pen goes there.
  const way = Math.max(2 * seen - 1, 0);
  const pen: [number, number] = [mix(left, to[0], way), mix(top, to[1], way)];
  const inAir = path.lifted[path.length] === 1;
  const marked = Math.min(2 * seen, 1);
  return [
    disc(...to, mix(14, 6, marked), { fill: "none", stroke: css.future, width: 2, opacity: marked }),
    line([[left, top], pen], { stroke: css.future, width: 4, ...(inAir ? { dashes: "1 9" } : {}) }),
    disc(...pen, 5, { fill: css.paper, stroke: css.future, width: 2 }),
    next.lifts
      ? text(to[0] + 14, to[1] - 10, "the pen lifts", {
          size: 12.5,
          fill: css.future,
          anchor: "start",
          opacity: way,
        })
      : "",
  ].join("");
}
