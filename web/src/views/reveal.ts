/** A continuation as far as it has been drawn. */

import { outline, type Trail } from "../ink/outline.ts";
import { type Continuation, MODEL_MS } from "../ink/stroke.ts";

/** A point that a continuation starts from with the pen down. */
export interface Tip {
  readonly x: number;
  readonly y: number;
}

interface OpenTrail {
  x: number[];
  y: number[];
  time: number[];
  pressure: null;
}

/** The strokes of the first `count` points, which need not be whole: between two points the pen is on its way. */
export function trails({ points, lifts }: Continuation, tip: Tip | null, count = lifts.length): Trail[] {
  const result: OpenTrail[] = [];
  let trail: OpenTrail | null = tip === null ? null : { x: [tip.x], y: [tip.y], time: [0], pressure: null };
  if (trail !== null) result.push(trail);
  const whole = Math.min(Math.floor(count), lifts.length);
  for (let k = 0; k < whole; k++) {
    if (trail === null) {
      trail = { x: [], y: [], time: [], pressure: null };
      result.push(trail);
    }
    trail.x.push(points[2 * k]!);
    trail.y.push(points[2 * k + 1]!);
    trail.time.push((k + 1) * MODEL_MS);
    if (lifts[k] === 1) trail = null;
  }
  const part = count - whole;
  if (trail !== null && whole < lifts.length && part > 0) {
    const x = trail.x.at(-1)!;
    const y = trail.y.at(-1)!;
    trail.x.push(x + (points[2 * whole]! - x) * part);
    trail.y.push(y + (points[2 * whole + 1]! - y) * part);
    trail.time.push((whole + part) * MODEL_MS);
  }
  // A tip alone is ink that is there already.
  return result.filter((drawn) => drawn.x.length > 1 || tip === null || drawn !== result[0]);
}

/** All of it as one path, in sheet units. */
export function futurePath(future: Continuation, tip: Tip | null, nib: number, count?: number): Path2D {
  const path = new Path2D();
  for (const trail of trails(future, tip, count)) outline(trail, path, nib);
  return path;
}
