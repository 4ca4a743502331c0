/**
 * An ink sampled evenly along its path, and what the recogniser sees of each sample (spec/recogniser.md, Samples).
 *
 * Letter key: n points, N samples.
 */

import { BAD_ARGUMENT, OK, OUT_OF_MEMORY } from "../errors";
import { alloc, mark, refused, release } from "../memory";
import { get, hypot, rawX, rawY, set, through } from "../path";
import { strokeEnd } from "../size";

/** Distance between samples along the path, in sizes of the writing. */
const SPACING: f64 = 0.4;
/** Samples on either side over which the height of the line is averaged. */
const NEAR: i32 = 32;
/** Numbers of a sample. */
export const CHANNELS: i32 = 8;
/** Samples of the longest ink: more than 1,000 characters. */
export const MOST_SAMPLES: i32 = 16384;

/** Of a finite ink: how many samples it has, or BAD_ARGUMENT for too many. */
export function countSamples(points: usize, lifts: usize, n: i32, size: f64): i32 {
  through(points, 1 / size);
  let total: f64 = 0;
  for (let begin = 0; begin < n; ) {
    const end = strokeEnd(lifts, begin, n);
    total += 1 + intervals(length(begin, end));
    if (!(total <= <f64>MOST_SAMPLES)) return BAD_ARGUMENT;
    begin = end;
  }
  return <i32>total;
}

/** Way of the pen in a stroke, in sizes. */
function length(begin: i32, end: i32): f64 {
  let way: f64 = 0;
  for (let i = begin + 1; i < end; i++) way += step(i);
  return way;
}

// @ts-ignore: decorator
@inline
function step(i: i32): f64 {
  return hypot(rawX(i) - rawX(i - 1), rawY(i) - rawY(i - 1));
}

/** Equal parts of a stroke that is so long; a dot has none. */
function intervals(length: f64): f64 {
  return Math.ceil(length / SPACING);
}

/** features f32 [N, CHANNELS] and sources f64 [N], the point at which each sample lies, of an ink with N samples. */
export function sample(
  points: usize, lifts: usize, n: i32, size: f64, N: i32, features: usize, sources: usize,
): i32 {
  const before = mark();
  const x = <usize>alloc(N << 3);
  const y = <usize>alloc(N << 3);
  const sums = <usize>alloc((N + 1) << 3);
  const starts = <usize>alloc(N + 1);
  if (refused) {
    release(before);
    return OUT_OF_MEMORY;
  }
  through(points, 1 / size);
  let k = 0;
  for (let begin = 0; begin < n; ) {
    const end = strokeEnd(lifts, begin, n);
    store<u8>(starts + k, 1);
    k = sampleStroke(begin, end, k, x, y, sources);
    begin = end;
  }
  store<u8>(starts + N, 1);
  describe(x, y, starts, sums, N, features);
  release(before);
  return OK;
}

/** Samples of one stroke from the k-th on. Returns how many there are then. */
function sampleStroke(begin: i32, end: i32, k: i32, x: usize, y: usize, sources: usize): i32 {
  const whole = length(begin, end);
  const parts = <i32>intervals(whole);
  let i = begin;
  let way: f64 = 0;
  let next = i + 1 < end ? step(i + 1) : 0;
  for (let j = 0; j <= parts; j++) {
    const at = j == parts ? whole : (<f64>j * whole) / <f64>parts;
    while (i + 2 < end && way + next < at) {
      way += next;
      i++;
      next = step(i + 1);
    }
    const part = next > 0 ? Math.min((at - way) / next, 1) : 0;
    const to = part > 0 ? i + 1 : i;
    set(x, k, rawX(i) + part * (rawX(to) - rawX(i)));
    set(y, k, rawY(i) + part * (rawY(to) - rawY(i)));
    set(sources, k, <f64>i + part);
    k++;
  }
  return k;
}

/** What is seen of each sample: step and jump, each x and y; height; way back; first and last of a stroke. */
function describe(x: usize, y: usize, starts: usize, sums: usize, N: i32, to: usize): void {
  let sum: f64 = 0;
  for (let k = 0; k < N; k++) {
    sum += get(y, k);
    set(sums, k + 1, sum);
  }
  let right = get(x, 0);
  for (let k = 0; k < N; k++) {
    const start = load<u8>(starts + k) != 0;
    const dx = k ? get(x, k) - get(x, k - 1) : 0;
    const dy = k ? get(y, k) - get(y, k - 1) : 0;
    const low = max(k - NEAR, 0);
    const high = min(k + NEAR + 1, N);
    right = Math.max(right, get(x, k));
    store<f32>(to, start ? 0 : <f32>(dx / SPACING));
    store<f32>(to, start ? 0 : <f32>(dy / SPACING), 4);
    store<f32>(to, start ? <f32>clip(dx / 4, -2, 2) : 0, 8);
    store<f32>(to, start ? <f32>clip(dy / 4, -2, 2) : 0, 12);
    store<f32>(to, <f32>(get(y, k) - (get(sums, high) - get(sums, low)) / <f64>(high - low)), 16);
    store<f32>(to, <f32>(clip(get(x, k) - right, -8, 0) / 2), 20);
    store<f32>(to, start ? 1 : 0, 24);
    store<f32>(to, load<u8>(starts + k + 1) ? 1 : 0, 28);
    to += 4 * CHANNELS;
  }
}

function clip(value: f64, least: f64, most: f64): f64 {
  return Math.min(Math.max(value, least), most);
}
