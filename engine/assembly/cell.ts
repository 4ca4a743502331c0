/**
 * Four cells at a time: from products to gates, c and h (spec/engine.md, The step).
 *
 * Letter key: as in model.ts. a pre-activations, i f g o gates.
 */

import { Layer, Q_UNIT, SIXTEEN, cellBytes, groups } from "./model";
import { normalise } from "./normalise";
import { isFiniteSum, sigmoid4, tanh4, zeroed } from "./vector";

/** Pre-activations [16] of four cells in the first layer, from their products: base + W_x (dx, dy, pen) + W_h h. */
export function preactivate(at: Layer, group: i32, sums: usize, dx: f32, dy: f32, pen: f32, to: usize): void {
  const vector = <usize>group * SIXTEEN;
  weigh(at.base + vector, at.input + 3 * vector, at.recurrentScale + vector, sums, dx, dy, pen, to);
}

/** The same above the first layer, where `below` are the products with h of the layer below: base + W_x h' + W_h h. */
export function preactivateAbove(at: Layer, group: i32, sums: usize, below: usize, to: usize): void {
  const vector = <usize>group * SIXTEEN;
  weighAbove(at.base + vector, at.inputScale + vector, at.recurrentScale + vector, sums, below, to);
}

/** base [16] + input [3, 16] (dx, dy, pen) + scale [16] sums [16]. */
export function weigh(
  base: usize, input: usize, scale: usize, sums: usize, dx: f32, dy: f32, pen: f32, to: usize,
): void {
  const x = f32x4.splat(dx), y = f32x4.splat(dy), p = f32x4.splat(pen);
  for (let four: usize = 0; four < SIXTEEN; four += 16) {
    let a = v128.load(base + four);
    a = f32x4.add(a, f32x4.mul(v128.load(input + four), x));
    a = f32x4.add(a, f32x4.mul(v128.load(input + four, SIXTEEN), y));
    a = f32x4.add(a, f32x4.mul(v128.load(input + four, 2 * SIXTEEN), p));
    a = f32x4.add(a, f32x4.mul(v128.load(scale + four), v128.load(sums + four)));
    v128.store(to + four, a);
  }
}

/** base [16] + inputScale [16] below [16] + scale [16] sums [16]. */
export function weighAbove(base: usize, inputScale: usize, scale: usize, sums: usize, below: usize, to: usize): void {
  for (let four: usize = 0; four < SIXTEEN; four += 16) {
    let a = v128.load(base + four);
    a = f32x4.add(a, f32x4.mul(v128.load(inputScale + four), v128.load(below + four)));
    a = f32x4.add(a, f32x4.mul(v128.load(scale + four), v128.load(sums + four)));
    v128.store(to + four, a);
  }
}

/** What `activate` reads and writes for four cells, and how far the next four are. */
@unmanaged
export class Cells {
  /** c [4] f32, changed in place. */
  c: usize;
  cStride: usize;
  /** The next q(h) [4] int16. */
  q: usize;
  qStride: usize;
  /** Settings of their interventions, on first; 0 for none. */
  settings: usize;
  settingsStride: usize;
  /** h [4] f32, 16 bytes apart, and gates as far apart as a row of cells; 0 for neither. */
  h: usize;
  gates: usize;
}

/** The only instance: its fields are set before each use. */
export const cells = changetype<Cells>(memory.data(32, 16));

/** c, h and q(h) of n times four cells from their pre-activations a [n, 16]. Returns whether every c and h is finite. */
export function activate(n: i32, a: usize): bool {
  const check = update(n, a);
  return isFiniteSum(f32x4.add(check, emit(n, a)));
}

/** The same for all cells of a layer with layer normalisation, from a [G, 16] before it and gains [G, 16]. */
export function activateNormalised(at: Layer, a: usize, gains: usize): bool {
  for (let gate: usize = 0; gate < SIXTEEN; gate += 16) {
    if (!normalise(a + gate, gains + gate, at.bias + gate, SIXTEEN)) return false;
  }
  const check = update(groups, a);
  if (!normalise(a, at.cellGain, at.cellBias, 16)) return false;
  return isFiniteSum(f32x4.add(check, emit(groups, a)));
}

/**
 * Gates and c from a [n, 16], where c and o then are, [n, (c, -, -, o), 4]. One loop for all, because what takes time here
 * is to set up the constants of `sigmoid4` and `tanh4`. Returns a vector that is finite if every c is.
 */
function update(n: i32, a: usize): v128 {
  const row = cellBytes();
  let cAt = cells.c, settings = cells.settings, gates = cells.h ? cells.gates : 0;
  let check = f32x4.splat(0);
  for (const end = a + <usize>n * SIXTEEN; a < end; a += SIXTEEN) {
    const i = sigmoid4(v128.load(a));
    const f = sigmoid4(v128.load(a, 16));
    const g = tanh4(v128.load(a, 32));
    const o = sigmoid4(v128.load(a, 48));
    let c = f32x4.add(f32x4.mul(f, v128.load(cAt)), f32x4.mul(i, g));
    if (settings) {
      c = intervened(settings, row, c);
      settings += cells.settingsStride;
    }
    v128.store(cAt, c);
    cAt += cells.cStride;
    v128.store(a, c);
    v128.store(a, o, 48);
    if (gates) {
      v128.store(gates, i);
      v128.store(gates + row, f);
      v128.store(gates + 2 * row, g);
      v128.store(gates + 3 * row, o);
      gates += 16;
    }
    check = f32x4.add(check, zeroed(c));
  }
  return check;
}

/** h and q(h) from what `update` left in a, c normalised or not. Returns a vector that is finite if every h is. */
function emit(n: i32, a: usize): v128 {
  const row = cellBytes();
  const unit = f32x4.splat(Q_UNIT);
  let q = cells.q, settings = cells.settings, hAt = cells.h;
  let check = f32x4.splat(0);
  for (const end = a + <usize>n * SIXTEEN; a < end; a += SIXTEEN) {
    let h = f32x4.mul(v128.load(a, 48), tanh4(v128.load(a)));
    if (settings) {
      h = intervened(settings, 3 * row, h);
      settings += cells.settingsStride;
    }
    if (hAt) {
      v128.store(hAt, h);
      hAt += 16;
    }
    const integer = i32x4.trunc_sat_f32x4_s(f32x4.nearest(f32x4.mul(h, unit)));
    v128.store64_lane(q, i16x8.narrow_i32x4_s(integer, integer), 0);
    q += cells.qStride;
    check = f32x4.add(check, zeroed(h));
  }
  return check;
}

/** value * scale + shift where the intervention is on; scale and shift `at` bytes and a row more after `on`. */
// @ts-ignore: decorator
@inline
function intervened(on: usize, at: usize, value: v128): v128 {
  const scale = v128.load(on + at);
  const shift = v128.load(on + at + cellBytes());
  return v128.bitselect(f32x4.add(f32x4.mul(value, scale), shift), value, v128.load(on));
}
