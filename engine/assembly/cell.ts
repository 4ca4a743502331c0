/**
 * Four cells at a time: from products to gates, c and h (spec/engine.md, The step).
 *
 * Letter key: as in model.ts. a pre-activations, i f g o gates.
 */

import { Layer, Rows, cellBytes, groups, pairs, panelBytes } from "./model";
import { normalise } from "./normalise";
import { Q_UNIT, SIXTEEN, TOTALS_BYTES, product, totalColumn } from "./product";
import { addScaled, isFiniteSum, sigmoid4, tanh4, zeroed } from "./vector";

/** What a layer consumes: an offset and perhaps a text, or q(h) of the layer below. */
@unmanaged
export class Consumed {
  /** f32 [3]. */
  offset: usize;
  /** int16 [2P]; 0 for the first layer. */
  below: usize;
  /** The state's text (text.ts); 0 without one and above the first layer. */
  text: usize;
}

/** The one that there is. */
export const consumed = changetype<Consumed>(memory.data(16, 16));

const sums: usize = memory.data(64, 16);
const sumsBelow: usize = memory.data(64, 16);
const totals: usize = memory.data(TOTALS_BYTES, 16);
const totalsBelow: usize = memory.data(TOTALS_BYTES, 16);

/** to f32 [panels, 16] = base + W_x times what is consumed + W_h h, from q(h) before. */
export function weigh(rows: Rows, panels: i32, q: usize, to: usize): void {
  totalColumn(q, pairs, totals);
  if (consumed.below) totalColumn(consumed.below, pairs, totalsBelow);
  for (let panel = 0; panel < panels; panel++) {
    const weights = <usize>panel * panelBytes;
    product(rows.recurrent + weights, q, totals, pairs, sums);
    if (consumed.below) product(rows.input + weights, consumed.below, totalsBelow, pairs, sumsBelow);
    weighPanel(rows, panel, sums, consumed.below ? sumsBelow : 0, consumed.offset, to + <usize>panel * SIXTEEN);
  }
}

/** The same of a panel, [16], from its products with h and with h of the layer below; 0 for an offset instead. */
// @ts-ignore: decorator
@inline
export function weighPanel(rows: Rows, panel: i32, sums: usize, below: usize, offset: usize, to: usize): void {
  const vector = <usize>panel * SIXTEEN, base = rows.base + vector;
  if (below) addScaled(base, rows.inputScale + vector, below, to);
  else addInput(base, rows.input + 3 * vector, offset, to);
  addScaled(to, rows.recurrentScale + vector, sums, to);
}

/** to [16] = base [16] + input [3, 16] times (dx, dy, pen). */
// @ts-ignore: decorator
@inline
function addInput(base: usize, input: usize, offset: usize, to: usize): void {
  const x = v128.load_splat<f32>(offset), y = v128.load_splat<f32>(offset, 4), p = v128.load_splat<f32>(offset, 8);
  for (let four: usize = 0; four < SIXTEEN; four += 16) {
    let a = v128.load(base + four);
    a = f32x4.add(a, f32x4.mul(v128.load(input + four), x));
    a = f32x4.add(a, f32x4.mul(v128.load(input + four, SIXTEEN), y));
    a = f32x4.add(a, f32x4.mul(v128.load(input + four, 2 * SIXTEEN), p));
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
