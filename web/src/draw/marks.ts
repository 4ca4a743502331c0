/** Marks that views draw, on a canvas or in an SVG. */

import type { Drawing } from "./drawing.ts";

export type At = readonly [x: number, y: number];

/** Begins a path: a circle. */
export function circle(context: Pick<Drawing, "beginPath" | "arc">, [x, y]: At, radius: number): void {
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
}

export interface DiscLook {
  readonly fill: string;
  readonly rim: string;
  /** Of the rim. */
  readonly width: number;
}

/** A filled circle with a rim. */
export function disc(context: Drawing, at: At, radius: number, { fill, rim, width }: DiscLook): void {
  context.fillStyle = fill;
  context.strokeStyle = rim;
  context.lineWidth = width;
  circle(context, at, radius);
  context.fill();
  context.stroke();
}

/** Begins a path: lines from point to point. */
export function through(context: Drawing, points: readonly At[]): void {
  context.beginPath();
  points.forEach((at, k) => {
    if (k === 0) context.moveTo(...at);
    else context.lineTo(...at);
  });
}

/** A straight line. */
export function segment(context: Drawing, from: At, to: At): void {
  through(context, [from, to]);
  context.stroke();
}

/** Strokes the movements of an ink from one point to another, without those in the air. place: where a point lies. */
export function movements(
  context: Drawing,
  lifted: ArrayLike<number>,
  [from, to]: readonly [number, number],
  place: (p: number) => At,
): void {
  context.beginPath();
  for (let p = from; p < to; p++) {
    if (lifted[p] === 1) continue;
    if (p === from || lifted[p - 1] === 1) context.moveTo(...place(p));
    context.lineTo(...place(p + 1));
  }
  context.stroke();
}
