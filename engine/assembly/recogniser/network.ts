/**
 * From samples to the log probability of each character at each frame (spec/recogniser.md, The network).
 *
 * Letter key: N samples, T = ceil(N / 2) frames, H hidden.
 */

import { NOT_FINITE, OK, OUT_OF_MEMORY } from "../errors";
import { activate, cells } from "../cell";
import { alloc, mark, refused, release } from "../memory";
import { Q_UNIT, SIXTEEN, TOTALS_BYTES, product, product2, totalColumn, widen } from "../product";
import { exp, log } from "../scalar";
import { addScaled } from "../vector";
import { CHANNELS } from "./samples";
import {
  FIRST, Matrix, SECOND, WINDOW, classes, head, hidden, inputOf, layers, matrix, narrow, pairs, panel,
  panelBytes, wide,
} from "./weights";

const LARGEST: f32 = 32767;
/** Zeros before and after the columns of a convolution. */
const MARGIN: i32 = WINDOW / 2;

const sums: usize = memory.data(128, 16);
const totals: usize = memory.data(TOTALS_BYTES, 16);
const scaled: usize = memory.data(64, 16);

/** Columns as integers, int16, one after the other, and what a number of theirs is multiplied by. */
let columns: usize = 0;
let unit: f32 = 0;

export function frames(N: i32): i32 {
  return (N + 1) >> 1;
}

/** table f32 [T, classes] of features f32 [N, CHANNELS]. */
export function probabilities(features: usize, N: i32, table: usize): i32 {
  const before = mark();
  const code = run(features, N, table);
  release(before);
  return code;
}

function run(features: usize, N: i32, table: usize): i32 {
  const T = frames(N);
  let code = quantise(features, N, CHANNELS, MARGIN);
  if (code == OK) code = convolve(matrix(FIRST), N, <usize>CHANNELS * 2, narrow, MARGIN);
  // every second sample
  if (code == OK) code = convolve(matrix(SECOND), T, <usize>narrow * 4, wide, 0);
  let inputs = wide;
  for (let layer = 0; code == OK && layer < layers; layer++) {
    code = both(layer, T, inputs);
    inputs = 2 * hidden;
  }
  return code == OK ? classify(T, table) : code;
}

/** Sets columns and unit from numbers f32 [count, size], with a margin of zero columns on both sides. */
function quantise(from: usize, count: i32, size: i32, margin: i32): i32 {
  const bytes = <usize>size * 2;
  const to = <usize>alloc((count + 2 * margin) * <i32>bytes);
  if (!to) return OUT_OF_MEMORY;
  const end = from + <usize>count * size * 4;
  let most = f32x4.splat(0);
  for (let at = from; at < end; at += 16) most = f32x4.max(most, f32x4.abs(v128.load(at)));
  const largest = max(
    max(f32x4.extract_lane(most, 0), f32x4.extract_lane(most, 1)),
    max(f32x4.extract_lane(most, 2), f32x4.extract_lane(most, 3)),
  );
  if (!isFinite(largest)) return NOT_FINITE;
  unit = largest > 1e-30 ? LARGEST / largest : 1;
  columns = to;
  const factor = f32x4.splat(unit);
  for (let at = from, place = to + <usize>margin * bytes; at < end; at += 32, place += 16) {
    v128.store(place, i16x8.narrow_i32x4_s(whole(v128.load(at), factor), whole(v128.load(at, 16), factor)));
  }
  return OK;
}

// @ts-ignore: decorator
@inline
function whole(x: v128, factor: v128): v128 {
  return i32x4.trunc_sat_f32x4_s(f32x4.nearest(f32x4.mul(x, factor)));
}

/** Rectified sums of a convolution over `count` windows, `stride` bytes apart, as the next columns. */
function convolve(m: Matrix, count: i32, stride: usize, size: i32, margin: i32): i32 {
  const out = <usize>alloc(count * size * 4);
  if (!out) return OUT_OF_MEMORY;
  multiply(m, columns, stride, count, out);
  const zero = f32x4.splat(0);
  const end = out + <usize>count * size * 4;
  for (let at = out; at < end; at += 16) v128.store(at, f32x4.max(v128.load(at), zero));
  return quantise(out, count, size, margin);
}

/** out f32 [count, 16 panels] = bias + scale * (m times columns that are `stride` bytes apart) / unit. */
function multiply(m: Matrix, from: usize, stride: usize, count: i32, out: usize): void {
  const apart = <usize>m.panels * SIXTEEN;
  for (let k = 0; k < m.panels; k++) {
    widen(m.weight + <usize>k * panelBytes(m), pairs(m), panel);
    const vector = <usize>k * SIXTEEN;
    for (let four: usize = 0; four < SIXTEEN; four += 16) {
      v128.store(scaled + four, f32x4.mul(v128.load(m.scale + vector + four), f32x4.splat(1 / unit)));
    }
    let to = out + vector;
    let column = from;
    for (let t = 0; t < count; t += 2) {
      const two = t + 1 < count;
      product2(panel, column, two ? column + stride : column, pairs(m), sums);
      addScaled(m.bias + vector, scaled, sums, to);
      if (two) addScaled(m.bias + vector, scaled, sums + SIXTEEN, to + apart);
      column += 2 * stride;
      to += 2 * apart;
    }
  }
}

/** A layer in both directions: the columns become h of both, side by side. */
function both(layer: i32, T: i32, inputs: i32): i32 {
  const out = <usize>alloc(T * 4 * hidden);
  const gates = <usize>alloc(T * 16 * hidden);
  if (!out || !gates) return OUT_OF_MEMORY;
  for (let backward = 0; backward < 2; backward++) {
    const index = inputOf(layer, backward);
    multiply(matrix(index), columns, <usize>inputs * 2, T, gates);
    const code = recur(matrix(index + 1), T, gates, out + <usize>(backward * hidden) * 2, backward != 0);
    if (code != OK) return code;
  }
  columns = out;
  unit = Q_UNIT;
  return OK;
}

/** Hidden states int16 [H] of each frame, 4H bytes apart, from pre-activations gates [T, H / 4, 16] without h. */
function recur(m: Matrix, T: i32, gates: usize, out: usize, backward: bool): i32 {
  const before = mark();
  cells.c = alloc(hidden * 4);
  cells.cStride = 16;
  cells.qStride = 8;
  let q = <usize>alloc(hidden * 2);
  let code = refused ? OUT_OF_MEMORY : OK;
  for (let step = 0; step < T && code == OK; step++) {
    const t = <usize>(backward ? T - 1 - step : step);
    const a = gates + t * <usize>m.panels * SIXTEEN;
    totalColumn(q, pairs(m), totals);
    for (let panel: usize = 0; panel < <usize>m.panels; panel++) {
      const vector = panel * SIXTEEN;
      product(m.weight + panel * panelBytes(m), q, totals, pairs(m), sums);
      addScaled(a + vector, m.scale + vector, sums, a + vector);
    }
    q = cells.q = out + t * <usize>hidden * 4;
    if (!activate(m.panels, a)) code = NOT_FINITE;
  }
  release(before);
  return code;
}

/** The logarithm of the softmax of each frame's read-out. */
function classify(T: i32, table: usize): i32 {
  const m = matrix(head());
  const logits = <usize>alloc(T * m.panels * <i32>SIXTEEN);
  if (!logits) return OUT_OF_MEMORY;
  multiply(m, columns, <usize>hidden * 4, T, logits);
  for (let t = 0; t < T; t++) {
    const row = logits + <usize>(t * m.panels) * SIXTEEN;
    let most: f32 = -Infinity;
    for (let k = 0; k < classes; k++) most = max(most, load<f32>(row + k * 4));
    let sum: f64 = 0;
    for (let k = 0; k < classes; k++) sum += exp(<f64>load<f32>(row + k * 4) - <f64>most);
    if (!isFinite(most) || !isFinite(sum)) return NOT_FINITE;
    const whole = <f64>most + log(sum);
    for (let k = 0; k < classes; k++) {
      store<f32>(table, <f32>(<f64>load<f32>(row + k * 4) - whole));
      table += 4;
    }
  }
  return OK;
}
