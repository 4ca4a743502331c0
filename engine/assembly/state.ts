/**
 * A state, and the step that moves it on by one offset (spec/engine.md, The step).
 *
 * A state is a block: for each layer c [4G] f32, h [4G] f32, gates [4, 4G] f32, q(h) [2P] int16, the next q(h) [2P] int16;
 * then z [16 panels] f32, and whether z is set.
 *
 * Letter key: as in model.ts. a pre-activations, i f g o gates.
 */

import { NOT_FINITE, OK } from "./errors";
import {
  Layer,
  Q_UNIT,
  SIXTEEN,
  groups,
  headBias,
  headPanels,
  headScale,
  headWeight,
  layer,
  layers,
  pairs,
  panelBytes,
} from "./model";
import { product } from "./product";
import { sigmoid4, tanh4 } from "./vector";

/** Products of one panel. */
const sums: usize = memory.data(64, 16);

/** Bytes of one float for each cell of a layer. */
// @ts-ignore: decorator
@inline
export function cellBytes(): usize {
  return <usize>groups * 16;
}

// @ts-ignore: decorator
@inline
function qBytes(): usize {
  return <usize>pairs * 4;
}

// @ts-ignore: decorator
@inline
function layerBytes(): usize {
  return 6 * cellBytes() + 2 * qBytes();
}

// @ts-ignore: decorator
@inline
export function stateC(index: i32): usize {
  return <usize>index * layerBytes();
}

// @ts-ignore: decorator
@inline
export function stateH(index: i32): usize {
  return stateC(index) + cellBytes();
}

// @ts-ignore: decorator
@inline
export function stateGates(index: i32): usize {
  return stateC(index) + 2 * cellBytes();
}

// @ts-ignore: decorator
@inline
export function stateQ(index: i32): usize {
  return stateC(index) + 6 * cellBytes();
}

// @ts-ignore: decorator
@inline
export function stateZ(): usize {
  return <usize>layers * layerBytes();
}

// @ts-ignore: decorator
@inline
function stateSet(): usize {
  return stateZ() + <usize>headPanels * SIXTEEN;
}

// @ts-ignore: decorator
@inline
export function stateBytes(): usize {
  return stateSet() + 16;
}

/** Whether z is what predicts the next offset. */
// @ts-ignore: decorator
@inline
export function hasZ(state: usize): bool {
  return load<i32>(state + stateSet()) != 0;
}

export function resetState(state: usize): void {
  memory.fill(state, 0, stateBytes());
}

export function copyState(to: usize, from: usize): void {
  memory.copy(to, from, stateBytes());
}

/** One offset consumed; z is not set yet. NOT_FINITE leaves a state that must be reset or overwritten. */
export function advance(state: usize, dx: f32, dy: f32, pen: f32): i32 {
  store<i32>(state + stateSet(), 0);
  let check = f32x4.splat(0);
  for (let index = 0; index < layers; index++) {
    const at = layer(index);
    const q = state + stateQ(index);
    for (let group = 0; group < groups; group++) {
      product(at.recurrent + <usize>group * panelBytes, q, pairs, sums);
      check = f32x4.add(check, update(at, index, group, sums, state, dx, dy, pen));
    }
    memory.copy(q, q + qBytes(), qBytes());
  }
  return isFiniteSum(check) ? OK : NOT_FINITE;
}

/** z of the next offset. */
export function readOut(state: usize): i32 {
  const q = state + stateQ(layers - 1);
  const z = state + stateZ();
  let check = f32x4.splat(0);
  for (let panel = 0; panel < headPanels; panel++) {
    product(headWeight + <usize>panel * panelBytes, q, pairs, sums);
    check = f32x4.add(check, placeZ(panel, sums, z));
  }
  if (!isFiniteSum(check)) return NOT_FINITE;
  store<i32>(state + stateSet(), 1);
  return OK;
}

/** 16 rows of z from their products; returns a vector that is finite if they are. */
function placeZ(panel: i32, sums: usize, z: usize): v128 {
  const at = <usize>panel * SIXTEEN;
  let check = f32x4.splat(0);
  for (let offset: usize = 0; offset < SIXTEEN; offset += 16) {
    const scaled = f32x4.mul(v128.load(sums + offset), v128.load(headScale + at + offset));
    const value = f32x4.add(v128.load(headBias + at + offset), scaled);
    v128.store(z + at + offset, value);
    check = f32x4.add(check, zeroed(value));
  }
  return check;
}

/** Zero where x is finite, NaN elsewhere. */
// @ts-ignore: decorator
@inline
function zeroed(x: v128): v128 {
  return f32x4.sub(x, x);
}

function isFiniteSum(x: v128): bool {
  return i32x4.all_true(f32x4.eq(x, x));
}

/** Gates, c, h and the next q of four cells, from their recurrent products; returns a vector that is finite if they are. */
function update(at: Layer, index: i32, group: i32, sums: usize, state: usize, dx: f32, dy: f32, pen: f32): v128 {
  const cells = <usize>group * 16;
  const gates = state + stateGates(index) + cells;
  const stride = cellBytes();
  let i: v128, f: v128, g: v128, o: v128;
  if (index == 0) {
    const x = f32x4.splat(dx), y = f32x4.splat(dy), p = f32x4.splat(pen);
    i = sigmoid4(first(at, group, 0, sums, x, y, p));
    f = sigmoid4(first(at, group, 16, sums, x, y, p));
    g = tanh4(first(at, group, 32, sums, x, y, p));
    o = sigmoid4(first(at, group, 48, sums, x, y, p));
  } else {
    product(at.input + <usize>group * panelBytes, state + stateQ(index - 1), pairs, below);
    i = sigmoid4(above(at, group, 0, sums));
    f = sigmoid4(above(at, group, 16, sums));
    g = tanh4(above(at, group, 32, sums));
    o = sigmoid4(above(at, group, 48, sums));
  }
  const cAt = state + stateC(index) + cells;
  let c = f32x4.add(f32x4.mul(f, v128.load(cAt)), f32x4.mul(i, g));
  if (at.intervened) c = intervened(at, cells, 1, c);
  let h = f32x4.mul(o, tanh4(c));
  if (at.intervened) h = intervened(at, cells, 3, h);
  v128.store(cAt, c);
  v128.store(cAt + stride, h);
  v128.store(gates, i);
  v128.store(gates + stride, f);
  v128.store(gates + 2 * stride, g);
  v128.store(gates + 3 * stride, o);
  const integer = i32x4.trunc_sat_f32x4_s(f32x4.nearest(f32x4.mul(h, f32x4.splat(Q_UNIT))));
  const q = state + stateQ(index) + qBytes() + <usize>group * 8;
  v128.store64_lane(q, i16x8.narrow_i32x4_s(integer, integer), 0);
  return f32x4.add(zeroed(c), zeroed(h));
}

const below: usize = memory.data(64, 16);

/** Pre-activations of one gate in the first layer: b + W_x (dx, dy, pen) + W_h h. */
// @ts-ignore: decorator
@inline
function first(at: Layer, group: i32, gate: usize, sums: usize, x: v128, y: v128, p: v128): v128 {
  const vector = <usize>group * SIXTEEN + gate;
  const input = at.input + <usize>group * (3 * SIXTEEN) + gate;
  let a = v128.load(at.bias + vector);
  a = f32x4.add(a, f32x4.mul(v128.load(input), x));
  a = f32x4.add(a, f32x4.mul(v128.load(input, SIXTEEN), y));
  a = f32x4.add(a, f32x4.mul(v128.load(input, 2 * SIXTEEN), p));
  return f32x4.add(a, f32x4.mul(v128.load(at.recurrentScale + vector), v128.load(sums + gate)));
}

/** Pre-activations of one gate above the first layer: b + W_x h of the layer below + W_h h. */
// @ts-ignore: decorator
@inline
function above(at: Layer, group: i32, gate: usize, sums: usize): v128 {
  const vector = <usize>group * SIXTEEN + gate;
  let a = v128.load(at.bias + vector);
  a = f32x4.add(a, f32x4.mul(v128.load(at.inputScale + vector), v128.load(below + gate)));
  return f32x4.add(a, f32x4.mul(v128.load(at.recurrentScale + vector), v128.load(sums + gate)));
}

/** value * scale + shift where the intervention is on; `row` is that of the scale in the settings. */
// @ts-ignore: decorator
@inline
function intervened(at: Layer, cells: usize, row: usize, value: v128): v128 {
  const stride = cellBytes();
  const settings = at.settings + cells;
  const scale = v128.load(settings + row * stride);
  const shift = v128.load(settings + (row + 1) * stride);
  const changed = f32x4.add(f32x4.mul(value, scale), shift);
  return v128.bitselect(changed, value, v128.load(settings));
}
