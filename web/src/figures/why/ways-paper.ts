/**
 * The paper around the pen at a fork: the ink so far, futures in the colours of the two ways, and the components of both
 * as ellipses. Above it a bar says how likely each way is.
 */

import { effect, type ReadonlySignal } from "@preact/signals-core";
import { canvasView } from "../../draw/canvas.ts";
import { colours } from "../../draw/colour.ts";
import type { Drawing } from "../../draw/drawing.ts";
import { make } from "../../draw/element.ts";
import { type At, disc, movements, segment } from "../../draw/marks.ts";
import { fitted, type Placing } from "../../draw/placing.ts";
import type { Size } from "../../draw/redraw.ts";
import { axesOf, mixtureOf } from "../../engine/mixture.ts";
import { weightOf } from "../../explain/ways.ts";
import { inkPath } from "../../ink/path.ts";
import type { Looked } from "./reading.ts";
import type { Prediction } from "./task.ts";
import { percent } from "./words.ts";

export interface WaysData {
  readonly title: string;
  readonly looked: Looked;
  readonly prediction: Prediction;
}

/** The parts of the bar. */
const PARTS = [
  { names: "first", title: "The likelier way" },
  { names: "second", title: "The other way" },
  { names: "", title: "Neither of both" },
] as const;
/** What is on neither way is told where it is more. */
const LEAST_OTHER = 0.05;
/** Points of the ink before the step that are in sight. */
const BEFORE = 36;
const ROOM = 18;
/** Client pixels in a model unit at most. */
const GREATEST = 36;
/** Components of a lesser weight are not drawn. */
const SEEN = 0.01;

/** What has to be in sight, model units from the pen: both papers show the same part, so that they can be compared. */
function sightOf({ ink: { path, scale }, step, now: { futures, taken } }: Looked): {
  x: number[];
  y: number[];
} {
  const [x, y] = [[0], [0]];
  for (let p = Math.max(step - BEFORE, 0); p < step; p++) {
    x.push((path.x[p]! - path.x[step]!) * scale);
    y.push((path.y[p]! - path.y[step]!) * scale);
  }
  const width = futures.length / taken.length;
  for (let k = 0; k < futures.length; k += 3) {
    const begins = k % width === 0;
    x.push((begins ? 0 : x.at(-1)!) + futures[k]!);
    y.push((begins ? 0 : y.at(-1)!) + futures[k + 1]!);
  }
  return { x, y };
}

export function waysPaper(el: HTMLElement, data: ReadonlySignal<WaysData | null>): void {
  const title = make("p", "why-title clipped");
  const shares = PARTS.map(({ names, title }) => Object.assign(make("span", names), { title }));
  const paper = make("div", "why-paper");
  el.append(make("div", "why-head", title, make("div", "why-shares", ...shares)), paper);
  effect(() => {
    const now = data.value;
    if (now === null) return;
    title.textContent = now.title;
    const [one = 0, other = 0] = now.looked.ways.map((way) => weightOf(now.prediction.mixture, way));
    [one, other, 1 - one - other].forEach((share, k) => {
      shares[k]!.textContent = percent(share);
      shares[k]!.style.flexGrow = String(share);
      shares[k]!.hidden = k === 2 && share < LEAST_OTHER;
    });
  });
  canvasView(paper, data, (context, now, size) => draw(context, now, size, paper));
}

function draw(context: Drawing, { looked, prediction }: WaysData, size: Size, el: HTMLElement): void {
  const { path, scale } = looked.ink;
  const { step, ways } = looked;
  const css = colours(el, "ink", "muted", "paper", "cell-high", "cell-low");
  const of = [css["cell-high"], css["cell-low"], css.muted];
  const place = fitted(sightOf(looked), size.width, size.height, { room: ROOM, most: GREATEST });
  const { zoom, left, top } = place;
  context.lineCap = context.lineJoin = "round";
  context.strokeStyle = css.ink;
  context.lineWidth = 3;
  movements(context, path.lifted, [0, step], (p) => [
    left + (path.x[p]! - path.x[step]!) * scale * zoom,
    top + (path.y[p]! - path.y[step]!) * scale * zoom,
  ]);

  const { futures, taken, mixture } = prediction;
  const width = futures.length / taken.length;
  taken.forEach((way, f) => {
    context.strokeStyle = of[way]!;
    const own = futures.subarray(f * width, (f + 1) * width);
    strand(context, own, path.lifted[step] === 1, place);
  });

  const { components } = mixtureOf(mixture);
  ways.forEach((way, number) => {
    context.strokeStyle = context.fillStyle = of[number]!;
    for (const k of way) {
      const component = components[k]!;
      if (component.weight < SEEN) continue;
      const { long, short, angle } = axesOf(component);
      const [rx, ry] = [Math.max(long * zoom, 3), Math.max(short * zoom, 3)];
      context.beginPath();
      context.ellipse(left + component.x * zoom, top + component.y * zoom, rx, ry, angle, 0, 2 * Math.PI);
      context.globalAlpha = 0.06 + 0.3 * component.weight;
      context.fill();
      context.globalAlpha = 0.9;
      context.lineWidth = 1 + component.weight;
      context.stroke();
    }
  });
  context.globalAlpha = 1;
  disc(context, [left, top], 5, { fill: css.paper, rim: css.ink, width: 1.75 });
}

/** A future; the way of a lifted pen to its first place is thin. Later movements in the air are left out: they are too many. */
function strand(
  context: Drawing,
  offsets: Float32Array,
  firstLifted: boolean,
  { zoom, left, top }: Placing,
): void {
  const path = inkPath({ offsets, firstLifted, origin: { x: left, y: top }, scale: 1 / zoom });
  const at = (p: number): At => [path.x[p]!, path.y[p]!];
  if (firstLifted) {
    context.globalAlpha = 0.22;
    context.lineWidth = 0.75;
    segment(context, at(0), at(1));
  }
  context.globalAlpha = 0.5;
  context.lineWidth = 1.5;
  context.beginPath();
  for (let p = 0; p < path.length; p++) {
    if (path.lifted[p] === 1) continue;
    context.moveTo(...at(p));
    context.lineTo(...at(p + 1));
  }
  context.stroke();
}
