/** Ink of any pen to the offsets that the model knows (spec/ink.md, Preparation). */

import { BAD_ARGUMENT, NOT_FINITE, OK, OUT_OF_MEMORY } from "./errors";
import { alloc, mark, release } from "./memory";
import {
  count, DEVIATION, get, origins, pathX, pathY, rawX, rawY, samplePath, set, smooth, spacing, stepTo, through, widen,
} from "./path";
import { finitePoints, strokeEnd, writingSize } from "./size";

// All in model units and steps of the model; fitted by benchmarks/ink.py (spec/ink.md has the figures).

/** The size of writing that the model was trained on: the median of the training lines. */
const SIZE: f64 = 2.1875;
/** Deviation of the smoothing of the path. */
const BANDWIDTH: f64 = 0.13;
/** Where the pen moves on a grid, curvature is measured over so many of its steps, but over no more than WIDEST. */
const GRID_STEPS: f64 = 3;
const WIDEST: f64 = 0.35;
/** Largest acceleration across the path, v^2 times curvature. */
const ACROSS: f64 = 0.2;
/** Curvature that a straight line still has. */
const STRAIGHT: f64 = 0.0025;
/** Largest acceleration along the path, while the pen gets faster and while it slows down. */
const FASTER: f64 = 0.3;
const SLOWER: f64 = 0.19;
/** Least speed, and the largest speeds at the begin and the end of a stroke. */
const SLOWEST: f64 = 0.04;
const BEGIN: f64 = 0.17;
const END: f64 = 0.4;
/** Radius, in samples, of the smoothing of slowness along the path. */
const EASE: i32 = 8;
/** The whiteboard sent points in packets of four: four strokes in five of the training data have 4 k + 1 points. */
const PACKET: f64 = 4;

const OPEN: i32 = 1;

let out: usize = 0;
let index: usize = 0;
let capacity: i32 = 0;
/** Points written so far, the origin among them, and the last of them. */
let written: i32 = 0;
let lastX: f64 = 0;
let lastY: f64 = 0;
/** f64 [count + 1]: first the largest speed squared, then the slowness, then the time at each sample. */
let times: usize = 0;

/** The size, in model units, that `prepare` brings writing to: a size s in some unit makes one unit standard_size() / s. */
export function standard_size(): f32 {
  return <f32>SIZE;
}

export function prepare(
  points: usize, pen_up: usize, n: i32, size: f32, flags: i32, to: usize, room: i32, indices: usize,
): i32 {
  if (n < 1 || !(size >= 0) || room < 0) return BAD_ARGUMENT;
  if (!finitePoints(points, n) || !isFinite(size)) return NOT_FINITE;
  let measured = <f64>size;
  // rounded as writing_size gives it, so that a host that asks first gets the same bits
  if (measured == 0) measured = <f64><f32>writingSize(points, pen_up, n);
  if (measured < 0) return <i32>measured;
  // Dots alone have no size: one unit is as good as another.
  const scale = measured > 0 ? SIZE / measured : 1;
  if (!isFinite(scale)) return BAD_ARGUMENT;
  out = to;
  capacity = room;
  index = indices;
  written = 0;
  through(points, scale);
  for (let begin = 0; begin < n; ) {
    const end = strokeEnd(pen_up, begin, n);
    const open = (flags & OPEN) != 0 && load<u8>(pen_up + end - 1) == 0;
    const before = mark();
    const code = prepareStroke(begin, end, open);
    release(before);
    if (code < 0) return code;
    begin = end;
  }
  return written - 1;
}

function prepareStroke(begin: i32, end: i32, open: bool): i32 {
  const code = samplePath(begin, end, BANDWIDTH / DEVIATION);
  if (code < 0) return code;
  const first = emit(rawX(begin), rawY(begin), count == 0 && !open, begin);
  if (first < 0 || count == 0) return first;
  times = <usize>alloc((count + 1) << 3);
  if (!times) return OUT_OF_MEMORY;
  smooth();
  if (!limitSpeed(gridOf(begin, end))) return OUT_OF_MEMORY;
  accelerate(open);
  const total = sumTime();
  // A stroke that goes on has whole steps only; one that has ended whole packets, the last point where the pen lifted.
  if (open) return emitSteps(<i32>Math.floor(total), 1);
  const steps = <i32>(PACKET * Math.max(nearest(total / PACKET), 1));
  const emitted = emitSteps(steps - 1, total / <f64>steps);
  return emitted < 0 ? emitted : emit(rawX(end - 1), rawY(end - 1), true, end - 1);
}

/** The least difference of x or y between points of a stroke that follow each other: the step of the grid, if any. */
function gridOf(begin: i32, end: i32): f64 {
  let grid = Infinity;
  for (let i = begin + 1; i < end; i++) {
    const x = Math.abs(rawX(i) - rawX(i - 1));
    const y = Math.abs(rawY(i) - rawY(i - 1));
    if (x > 0) grid = Math.min(grid, x);
    if (y > 0) grid = Math.min(grid, y);
  }
  return grid;
}

/** times: the square of the speed that curvature allows. False when memory cannot grow. */
function limitSpeed(grid: f64): bool {
  let x = pathX;
  let y = pathY;
  const wide = Math.min(grid * GRID_STEPS, WIDEST);
  if (wide > BANDWIDTH) {
    const bytes = (count + 1) << 3;
    x = <usize>alloc(bytes);
    y = <usize>alloc(bytes);
    if (!x || !y) return false;
    memory.copy(x, pathX, bytes);
    memory.copy(y, pathY, bytes);
    // Three boxes of 2 r + 1 samples have a variance of (2 r + 1)^2 - 1 over 4.
    const variance = (wide * wide - BANDWIDTH * BANDWIDTH) / (spacing * spacing);
    const radius = <i32>nearest((Math.sqrt(4 * variance + 1) - 1) / 2);
    widen(x, radius);
    widen(y, radius);
  }
  for (let i = 0; i <= count; i++) {
    const j = max(1, min(i, count - 1));
    const dx = (get(x, j + 1) - get(x, j - 1)) / 2;
    const dy = (get(y, j + 1) - get(y, j - 1)) / 2;
    const ddx = get(x, j + 1) - 2 * get(x, j) + get(x, j - 1);
    const ddy = get(y, j + 1) - 2 * get(y, j) + get(y, j - 1);
    const speed2 = dx * dx + dy * dy;
    const speed3 = speed2 * Math.sqrt(speed2);
    // Curvature is |dx ddy - dy ddx| / speed^3.
    const bend = Math.abs(dx * ddy - dy * ddx) + STRAIGHT * speed3;
    const allowed = bend > 0 ? (ACROSS * speed3) / bend : 0;
    set(times, i, Math.max(allowed, SLOWEST * SLOWEST));
  }
  return true;
}

/** times: the slowness (steps in a model unit) with bounded acceleration along the path. */
function accelerate(open: bool): void {
  let speed2 = BEGIN * BEGIN;
  set(times, 0, speed2);
  for (let i = 1; i <= count; i++) {
    speed2 = Math.min(speed2 + 2 * FASTER * stepTo(i), get(times, i));
    set(times, i, speed2);
  }
  if (!open) speed2 = Math.min(speed2, END * END);
  for (let i = count; i >= 0; i--) {
    if (i < count) speed2 = Math.min(speed2 + 2 * SLOWER * stepTo(i + 1), get(times, i));
    set(times, i, 1 / Math.sqrt(speed2));
  }
  widen(times, EASE);
}

/** times: the time of each sample, in steps of the model. Returns the last. */
function sumTime(): f64 {
  let time: f64 = 0;
  let before = get(times, 0);
  set(times, 0, 0);
  for (let i = 1; i <= count; i++) {
    const slowness = get(times, i);
    time += (stepTo(i) * (before + slowness)) / 2;
    before = slowness;
    set(times, i, time);
  }
  return time;
}

/** The points at times `unit` to `steps` * `unit`. */
function emitSteps(steps: i32, unit: f64): i32 {
  let i = 0;
  for (let k = 1; k <= steps; k++) {
    const time = <f64>k * unit;
    while (i < count - 1 && get(times, i + 1) < time) i++;
    const span = get(times, i + 1) - get(times, i);
    const part = span > 0 ? Math.min((time - get(times, i)) / span, 1) : 1;
    const x = get(pathX, i) + part * (get(pathX, i + 1) - get(pathX, i));
    const y = get(pathY, i) + part * (get(pathY, i + 1) - get(pathY, i));
    const code = emit(x, y, false, load<i32>(origins + (<usize>i << 2)));
    if (code < 0) return code;
  }
  return OK;
}

/** Writes a point as an offset from the one before; the first point is only where that begins. */
function emit(x: f64, y: f64, lift: bool, origin: i32): i32 {
  if (out && written > capacity) return BAD_ARGUMENT;
  if (out && index) store<i32>(index + (<usize>written << 2), origin);
  if (out && written > 0) {
    const dx = <f32>(x - lastX);
    const dy = <f32>(y - lastY);
    if (!isFinite(dx) || !isFinite(dy)) return NOT_FINITE;
    const at = out + <usize>(written - 1) * 12;
    store<f32>(at, dx);
    store<f32>(at, dy, 4);
    store<f32>(at, lift ? 1 : 0, 8);
  }
  written++;
  lastX = x;
  lastY = y;
  return OK;
}
