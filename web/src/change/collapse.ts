/** Whether a sample is no writing any more: the twin of `collapse` in src/pentrace/measure/realism.py. */

import type { Strokes } from "./measures.ts";

const WINDOW = 150;
const NARROW = 5;
const STRAIGHT = 0.97;
const FAR = 45;
const DOTS = 10;
const DOT_POINTS = 3;

/** A straight line, ten dots in a row, or a scribble on one spot. */
export function collapses(sample: Float32Array, strokes: Strokes): boolean {
  const line = strokes.path.some((path, k) => path > FAR && strokes.chord[k]! > STRAIGHT * path);
  return line || dots(strokes) || scribble(sample);
}

function dots({ points }: Strokes): boolean {
  let row = 0;
  for (const count of points) {
    row = count <= DOT_POINTS ? row + 1 : 0;
    if (row === DOTS) return true;
  }
  return false;
}

/** Whether the points of any window stay within a narrow strip. */
function scribble(sample: Float32Array): boolean {
  const x: number[] = [];
  for (let k = 0; k < sample.length / 3; k++) x.push((x.at(-1) ?? 0) + sample[3 * k]!);
  for (let begin = 0; begin + WINDOW <= x.length; begin++) {
    const window = x.slice(begin, begin + WINDOW);
    if (Math.max(...window) - Math.min(...window) < NARROW) return true;
  }
  return false;
}
