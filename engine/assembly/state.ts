/**
 * A state, and the step that moves it on by one offset (spec/engine.md, The step).
 *
 * A state is a block: for each layer c [4G] f32, q(h) [2P] int16, the next q(h) [2P] int16; then z [16 panels] f32, and
 * whether z is set; then, in a model that knows text, its text (text.ts). So much goes on; what is only looked at follows:
 * for each layer h [4G] f32 and gates [4, 4G] f32.
 *
 * Letter key: as in model.ts. a pre-activations, i f g o gates.
 */

import { activate, cells, consumed, weigh } from "./cell";
import { NOT_FINITE, OK } from "./errors";
import {
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
import { activateLayer } from "./modulate";
import { SIXTEEN, TOTALS_BYTES, product, totalColumn } from "./product";
import { Text, addText, movePointer, textBytes } from "./text";
import { addScaled, isFiniteSum } from "./vector";

const sums: usize = memory.data(64, 16);
const totals: usize = memory.data(TOTALS_BYTES, 16);

// @ts-ignore: decorator
@inline
export function qBytes(): usize {
  return <usize>pairs * 4;
}

// @ts-ignore: decorator
@inline
function layerBytes(): usize {
  return cellBytes() + 2 * qBytes();
}

// @ts-ignore: decorator
@inline
export function stateC(index: i32): usize {
  return <usize>index * layerBytes();
}

// @ts-ignore: decorator
@inline
export function stateQ(index: i32): usize {
  return stateC(index) + cellBytes();
}

export function stateZ(): usize {
  return <usize>layers * layerBytes();
}

function stateSet(): usize {
  return stateZ() + <usize>headPanels * SIXTEEN;
}

function stateText(): usize {
  return stateSet() + 16;
}

/** Bytes of what goes on. */
export function goingBytes(): usize {
  return stateText() + textBytes();
}

export function stateH(index: i32): usize {
  return goingBytes() + <usize>(5 * index) * cellBytes();
}

export function stateGates(index: i32): usize {
  return stateH(index) + cellBytes();
}

export function stateBytes(): usize {
  return stateH(layers);
}

/** The block of a state's text, in a model that knows text. */
export function textOf(state: usize): Text {
  return changetype<Text>(state + stateText());
}

/** Whether a state has a text. */
export function hasText(state: usize): bool {
  return alphabet != 0 && textOf(state).length != 0;
}

/** Whether z is what predicts the next offset. */
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
 * Consumes one offset f32 [3]; z is not set yet. The pointer of a text moves `to` or by itself (`movePointer`), for which z must be
 * what predicted the offset. NOT_FINITE leaves a state that must be reset or overwritten.
 */
export function advance(state: usize, offset: usize, to: i32, cap: i32): i32 {
  const text = hasText(state);
  if (text) movePointer(textOf(state), advanceLogit(state + stateZ()), to, cap, load<f32>(offset, 8) != 0);
  store<i32>(state + stateSet(), 0);
  cells.cStride = 16;
  cells.qStride = 8;
  cells.settingsStride = 16;
  consumed.offset = offset;
  for (let index = 0; index < layers; index++) {
    const at = layer(index);
    const q = state + stateQ(index);
    const next = q + qBytes();
    consumed.below = index ? next - layerBytes() : 0;
    consumed.text = text && !index ? changetype<usize>(textOf(state)) : 0;
    weigh(at.gates, groups, q, preactivations);
    if (consumed.text) addText(textOf(state), 0, groups, preactivations);
    cells.c = state + stateC(index);
    cells.q = next;
    cells.settings = at.intervened ? at.settings : 0;
    cells.h = state + stateH(index);
    cells.gates = state + stateGates(index);
    const finite = normalised ? activateLayer(at, preactivations, q) : activate(groups, preactivations);
    if (!finite) return NOT_FINITE;
  }
  settle(state);
  return OK;
}

/** The next q(h) of every layer becomes its q(h). */
export function settle(state: usize): void {
  for (let index = 0; index < layers; index++) {
    const q = state + stateQ(index);
    memory.copy(q, q + qBytes(), qBytes());
  }
}

/** The logit of the advance in z. */
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
  return addScaled(headBias + at, headScale + at, sums, z + at);
}
