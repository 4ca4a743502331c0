/**
 * A state, and the step that moves it on by one offset (spec/engine.md, The step).
 *
 * A state is a block: for each layer c [4G] f32, h [4G] f32, gates [4, 4G] f32, q(h) [2P] int16, the next q(h) [2P] int16;
 * then z [16 panels] f32, and whether z is set; then, in a model that knows text, its text (text.ts).
 *
 * Letter key: as in model.ts. a pre-activations, i f g o gates.
 */

import { activate, cells, preactivate, preactivateAbove } from "./cell";
import { NOT_FINITE, OK } from "./errors";
import {
  SIXTEEN,
  alphabet,
  cellBytes,
  groups,
  headBias,
  headPanels,
  headScale,
  headWeight,
  layer,
  layers,
  normalised,
  pairs,
  panelBytes,
  preactivations,
  rows,
} from "./model";
import { activateLayer, consumed } from "./modulate";
import { TOTALS_BYTES, product, totalColumn } from "./product";
import { Text, addText, movePointer, textBytes } from "./text";
import { isFiniteSum, zeroed } from "./vector";

/** Products of one panel with the layer's own hidden state, and with that of the layer below. */
const sums: usize = memory.data(64, 16);
const below: usize = memory.data(64, 16);
/** Sums of either column, which `product` needs. */
const totals: usize = memory.data(TOTALS_BYTES, 16);
const totalsBelow: usize = memory.data(TOTALS_BYTES, 16);

// @ts-ignore: decorator
@inline
export function qBytes(): usize {
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
function stateText(): usize {
  return stateSet() + 16;
}

export function stateBytes(): usize {
  return stateText() + textBytes();
}

/** The block of a state's text, in a model that knows text. */
// @ts-ignore: decorator
@inline
export function textOf(state: usize): Text {
  return changetype<Text>(state + stateText());
}

/** Whether a state has a text. */
// @ts-ignore: decorator
@inline
export function hasText(state: usize): bool {
  return alphabet != 0 && textOf(state).length != 0;
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

/**
 * Consumes one offset; z is not set yet. The pointer of a text moves `to` or by itself (`movePointer`), for which z must be
 * what predicted the offset. NOT_FINITE leaves a state that must be reset or overwritten.
 */
export function advance(state: usize, dx: f32, dy: f32, pen: f32, to: i32, cap: i32): i32 {
  const text = hasText(state);
  if (text) movePointer(textOf(state), advanceLogit(state + stateZ()), to, cap, pen != 0);
  store<i32>(state + stateSet(), 0);
  cells.cStride = 16;
  cells.qStride = 8;
  cells.settingsStride = 16;
  consumed.dx = dx;
  consumed.dy = dy;
  consumed.pen = pen;
  for (let index = 0; index < layers; index++) {
    const at = layer(index);
    const q = state + stateQ(index);
    const next = q + qBytes();
    totalColumn(q, pairs, totals);
    if (index) totalColumn(next - layerBytes(), pairs, totalsBelow);
    for (let group = 0; group < groups; group++) {
      const panel = <usize>group * panelBytes;
      const a = preactivations + <usize>group * SIXTEEN;
      product(at.recurrent + panel, q, totals, pairs, sums);
      if (index) {
        product(at.input + panel, next - layerBytes(), totalsBelow, pairs, below);
        preactivateAbove(at, group, sums, below, a);
      } else {
        preactivate(at, group, sums, dx, dy, pen, a);
      }
    }
    if (text && !index) addText(textOf(state), 0, groups, preactivations);
    cells.c = state + stateC(index);
    cells.q = next;
    cells.settings = at.intervened ? at.settings : 0;
    cells.h = state + stateH(index);
    cells.gates = state + stateGates(index);
    consumed.below = index ? next - layerBytes() : 0;
    consumed.text = text && !index ? changetype<usize>(textOf(state)) : 0;
    const finite = normalised ? activateLayer(at, preactivations, q) : activate(groups, preactivations);
    if (!finite) return NOT_FINITE;
  }
  for (let index = 0; index < layers; index++) {
    const q = state + stateQ(index);
    memory.copy(q, q + qBytes(), qBytes());
  }
  return OK;
}

/** The logit of the advance in z. */
// @ts-ignore: decorator
@inline
export function advanceLogit(z: usize): f32 {
  return load<f32>(z + <usize>rows * 4);
}

/** z of the next offset. */
export function readOut(state: usize): i32 {
  const q = state + stateQ(layers - 1);
  const z = state + stateZ();
  let check = f32x4.splat(0);
  totalColumn(q, pairs, totals);
  for (let panel = 0; panel < headPanels; panel++) {
    product(headWeight + <usize>panel * panelBytes, q, totals, pairs, sums);
    check = f32x4.add(check, placeZ(panel, sums, z));
  }
  if (!isFiniteSum(check)) return NOT_FINITE;
  store<i32>(state + stateSet(), 1);
  return OK;
}

/** 16 rows of z from their products; returns a vector that is finite if they are. */
export function placeZ(panel: i32, sums: usize, z: usize): v128 {
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
