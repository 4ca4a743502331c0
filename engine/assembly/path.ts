/** A stroke as a smooth path: points an equal way apart, in f64. One path at a time, in memory that the caller marks. */

import { BAD_ARGUMENT, OK, OUT_OF_MEMORY } from "./errors";
import { alloc } from "./memory";

/** Standard deviation, in samples, of what `smooth` does: three boxes of 2 * 3 + 1 samples. */
export const DEVIATION: f64 = 3.4641016151377544;
const RADIUS: i32 = 3;
/** Samples of even the shortest path: a dot keeps its form. */
const LEAST: i32 = 8;
const MOST: f64 = 4000000;

let points: usize = 0;
let unit: f64 = 1;

/** Intervals of the path; the samples are 0 to `count`. */
export let count: i32 = 0;
/** Way between samples along the curve through the raw points. */
export let spacing: f64 = 0;
/** Samples f64 [count + 1] each, and room for as many. */
export let pathX: usize = 0;
export let pathY: usize = 0;
export let spare: usize = 0;
/** i32 [count + 1]: the last raw point before each sample. */
export let origins: usize = 0;

/** Which raw points f32 [n, 2] the next paths go through, and what to multiply them by. */
export function through(raw: usize, scale: f64): void {
  points = raw;
  unit = scale;
}

// @ts-ignore: decorator
@inline
export function rawX(i: i32): f64 {
  return <f64>load<f32>(points + (<usize>i << 3)) * unit;
}

// @ts-ignore: decorator
@inline
export function rawY(i: i32): f64 {
  return <f64>load<f32>(points + (<usize>i << 3), 4) * unit;
}

// @ts-ignore: decorator
@inline
export function get(array: usize, i: i32): f64 {
  return load<f64>(array + (<usize>i << 3));
}

// @ts-ignore: decorator
@inline
export function set(array: usize, i: i32, value: f64): void {
  store<f64>(array + (<usize>i << 3), value);
}

export function hypot(x: f64, y: f64): f64 {
  return Math.sqrt(x * x + y * y);
}

/** Way from the sample before i to sample i. */
export function stepTo(i: i32): f64 {
  return hypot(get(pathX, i) - get(pathX, i - 1), get(pathY, i) - get(pathY, i - 1));
}

/**
 * Samples the curve through raw points begin to end, about `wanted` apart, into pathX, pathY and origins.
 * `count` is 0 where all the points are one. Takes memory; BAD_ARGUMENT where the path is too long for its spacing.
 */
export function samplePath(begin: i32, end: i32, wanted: f64): i32 {
  count = 0;
  const length = walk(begin, end, wanted, 0);
  if (length == 0) return OK;
  const intervals = nearest(length / wanted);
  if (!(intervals <= MOST)) return BAD_ARGUMENT;
  count = <i32>intervals;
  if (count < LEAST) count = LEAST;
  const bytes = (count + 1) << 3;
  pathX = <usize>alloc(bytes);
  pathY = <usize>alloc(bytes);
  spare = <usize>alloc(bytes);
  origins = <usize>alloc(bytes >> 1);
  if (!pathX || !pathY || !spare || !origins) return OUT_OF_MEMORY;
  spacing = length / <f64>count;
  walk(begin, end, wanted, spacing);
  return OK;
}

/** The first raw point after i that lies elsewhere; `end` when there is none. */
function nextPoint(i: i32, end: i32): i32 {
  const x = rawX(i);
  const y = rawY(i);
  let next = i + 1;
  while (next < end && rawX(next) == x && rawY(next) == y) next++;
  return next;
}

/**
 * Walks the centripetal Catmull-Rom curve through raw points begin to end (Yuksel et al. 2011) in chords of at most
 * `chord`, and returns its length. With `every` above 0 it leaves a sample at each multiple of `every`.
 */
function walk(begin: i32, end: i32, chord: f64, every: f64): f64 {
  let way: f64 = 0;
  let k = 0;
  let i = begin;
  let next = nextPoint(i, end);
  // Of the chord before: its direction times its length, and the root of its length (its span of the parameter).
  let beforeX: f64 = 0;
  let beforeY: f64 = 0;
  let before: f64 = 0;
  while (next < end) {
    const x = rawX(i);
    const y = rawY(i);
    const endX = rawX(next);
    const endY = rawY(next);
    const chordX = endX - x;
    const chordY = endY - y;
    const length = hypot(chordX, chordY);
    const span = Math.sqrt(length);
    const following = nextPoint(next, end);
    let afterX = chordX;
    let afterY = chordY;
    if (following < end) {
      afterX = rawX(following) - endX;
      afterY = rawY(following) - endY;
    }
    const after = Math.sqrt(hypot(afterX, afterY));
    // Tangents at both ends over this span; at the ends of the stroke the chord itself.
    const startX = before > 0 ? tangent(beforeX, before, chordX, span, span) : chordX;
    const startY = before > 0 ? tangent(beforeY, before, chordY, span, span) : chordY;
    const stopX = tangent(chordX, span, afterX, after, span);
    const stopY = tangent(chordY, span, afterY, after, span);
    const pieces = Math.max(2, Math.ceil(length / chord));
    if (!(way / chord + pieces <= MOST)) return Infinity;
    let lastX = x;
    let lastY = y;
    for (let j = 1; j <= <i32>pieces; j++) {
      const t = <f64>j / pieces;
      const hereX = j == <i32>pieces ? endX : hermite(x, startX, chordX, stopX, t);
      const hereY = j == <i32>pieces ? endY : hermite(y, startY, chordY, stopY, t);
      const step = hypot(hereX - lastX, hereY - lastY);
      if (every > 0) {
        while (k <= count && <f64>k * every <= way + step) {
          const part = step > 0 ? (<f64>k * every - way) / step : 0;
          set(pathX, k, lastX + part * (hereX - lastX));
          set(pathY, k, lastY + part * (hereY - lastY));
          store<i32>(origins + (k << 2), i);
          k++;
        }
      }
      way += step;
      lastX = hereX;
      lastY = hereY;
    }
    beforeX = chordX;
    beforeY = chordY;
    before = span;
    i = next;
    next = following;
  }
  if (every > 0) {
    // Rounding can leave the last sample out; it is the last point anyway.
    for (k = min(k, count); k <= count; k++) {
      set(pathX, k, rawX(i));
      set(pathY, k, rawY(i));
      store<i32>(origins + (k << 2), i);
    }
  }
  return way;
}

/** Tangent where chord a (of span p) meets chord b (of span q), over a span s. */
function tangent(a: f64, p: f64, b: f64, q: f64, s: f64): f64 {
  return (s * ((a / p) * q + (b / q) * p)) / (p + q);
}

/** Cubic from 0 with tangent a to `rise` with tangent b, moved to `from`. */
function hermite(from: f64, a: f64, rise: f64, b: f64, t: f64): f64 {
  return from + t * (a + t * (3 * rise - 2 * a - b + t * (a + b - 2 * rise)));
}

/** Smooths the path by a deviation of DEVIATION samples. Its ends stay where they are. */
export function smooth(): void {
  widen(pathX, RADIUS);
  widen(pathY, RADIUS);
}

/** Three boxes of 2 * radius + 1 samples over an array of the path, which goes on beyond its ends by reflection. */
export function widen(array: usize, radius: i32): void {
  radius = min(radius, count);
  const part = 1 / <f64>(2 * radius + 1);
  for (let pass = 0; pass < 3; pass++) {
    let sum = get(array, 0);
    for (let j = 1; j <= radius; j++) sum += beyond(array, -j) + get(array, j);
    for (let i = 0; i <= count; i++) {
      set(spare, i, sum * part);
      if (i < count) sum += beyond(array, i + radius + 1) - beyond(array, i - radius);
    }
    set(spare, 0, get(array, 0));
    set(spare, count, get(array, count));
    memory.copy(array, spare, (<usize>count + 1) << 3);
  }
}

/** Entry i of an array, odd about its ends, -count <= i <= 2 count. */
function beyond(array: usize, i: i32): f64 {
  if (i < 0) return 2 * get(array, 0) - get(array, -i);
  if (i > count) return 2 * get(array, count) - get(array, 2 * count - i);
  return get(array, i);
}
