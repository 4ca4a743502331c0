/** The size of writing: the way that the pen goes for each quarter turn (spec/ink.md, Size). */

import { BAD_ARGUMENT, NOT_FINITE, OK } from "./errors";
import { mark, release } from "./memory";
import { count, DEVIATION, get, hypot, pathX, pathY, rawX, rawY, samplePath, smooth, stepTo, through } from "./path";

/** Smoothing before turns are counted, as a part of the size. */
const BANDWIDTH: f64 = 0.3;
/** First guess of the size from the spread of y in strokes: near enough, and below where it is off. */
const GUESS: f64 = 0.75;
/** How much the spread of x counts in the guess, squared: a level line is not without size. */
const LEVEL: f64 = 0.01;
/** Each pass takes about nine tenths off the error of the guess. */
const PASSES: i32 = 4;
const QUARTER: f64 = 1.5707963267948966;

let way: f64 = 0;
let turns: f64 = 0;

/** Index after the last point of the stroke that begins at i. */
export function strokeEnd(lifts: usize, i: i32, n: i32): i32 {
  while (i < n - 1 && load<u8>(lifts + i) == 0) i++;
  return i + 1;
}

/** Whether the points f32 [n, 2] are finite. */
export function finitePoints(points: usize, n: i32): bool {
  const end = points + (<usize>n << 3);
  for (let at = points; at < end; at += 4) if (!isFinite(load<f32>(at))) return false;
  return true;
}

/** `writingSize` of any points; below 0 an error. */
export function writing_size(points: usize, lifts: usize, n: i32): f32 {
  if (n < 1) return <f32>BAD_ARGUMENT;
  return finitePoints(points, n) ? <f32>writingSize(points, lifts, n) : <f32>NOT_FINITE;
}

/** Size in the units of finite points f32 [n, 2]; 0 where the pen never moves while it is down; below 0 an error. */
export function writingSize(points: usize, lifts: usize, n: i32): f64 {
  through(points, 1);
  let size = guess(lifts, n);
  if (size == 0) return 0;
  for (let pass = 0; pass < PASSES; pass++) {
    const code = measure(lifts, n, (size * BANDWIDTH) / DEVIATION);
    if (code < 0) return <f64>code;
    size = way / turns;
  }
  return isFinite(<f32>size) ? size : <f64>NOT_FINITE;
}

/** Root mean square of y about its mean in each stroke (and a little of x), weighted by the way. */
function guess(lifts: usize, n: i32): f64 {
  let total: f64 = 0;
  let spread: f64 = 0;
  for (let begin = 0; begin < n; ) {
    const end = strokeEnd(lifts, begin, n);
    let w: f64 = 0;
    let x: f64 = 0;
    let y: f64 = 0;
    let xx: f64 = 0;
    let yy: f64 = 0;
    for (let i = begin + 1; i < end; i++) {
      const dx = rawX(i) - rawX(i - 1);
      const dy = rawY(i) - rawY(i - 1);
      const step = hypot(dx, dy);
      const u = (rawX(i) + rawX(i - 1)) / 2 - rawX(begin);
      const v = (rawY(i) + rawY(i - 1)) / 2 - rawY(begin);
      w += step;
      x += step * u;
      y += step * v;
      // with the spread along the piece itself
      xx += step * (u * u + (dx * dx) / 12);
      yy += step * (v * v + (dy * dy) / 12);
    }
    if (w > 0) {
      total += w;
      // rounding can take a sum of squares below 0
      spread += Math.max(yy - (y * y) / w, 0) + LEVEL * Math.max(xx - (x * x) / w, 0);
    }
    begin = end;
  }
  return total > 0 ? GUESS * Math.sqrt(spread / total) : 0;
}

/** Way and quarter turns of all strokes, each stroke counted as one turn more. */
function measure(lifts: usize, n: i32, spacing: f64): i32 {
  way = 0;
  turns = 0;
  for (let begin = 0; begin < n; ) {
    const end = strokeEnd(lifts, begin, n);
    const before = mark();
    const code = samplePath(begin, end, spacing);
    if (code == OK && count > 0) {
      smooth();
      turns += 1;
      for (let i = 1; i <= count; i++) {
        way += stepTo(i);
        if (i < count) turns += turnAt(i) / QUARTER;
      }
    }
    release(before);
    if (code < 0) return code;
    begin = end;
  }
  return OK;
}

/** Angle between the path before and after sample i, 0 to pi. */
function turnAt(i: i32): f64 {
  const before = stepTo(i);
  const after = stepTo(i + 1);
  if (before == 0 || after == 0) return 0;
  const x = (get(pathX, i + 1) - get(pathX, i)) / after - (get(pathX, i) - get(pathX, i - 1)) / before;
  const y = (get(pathY, i + 1) - get(pathY, i)) / after - (get(pathY, i) - get(pathY, i - 1)) / before;
  // The chord between unit vectors is 2 sin(angle / 2); halved twice more, the series of asin is short.
  const s = halved(halved(Math.min(hypot(x, y) / 2, 1)));
  const s2 = s * s;
  return 8 * s * (1 + s2 * (1.0 / 6 + s2 * (3.0 / 40 + s2 * (15.0 / 336 + s2 * (105.0 / 3456)))));
}

/** sin(a / 2) of sin(a), for a up to a right angle. */
function halved(sine: f64): f64 {
  return sine / Math.sqrt(2 * (1 + Math.sqrt(1 - sine * sine)));
}
