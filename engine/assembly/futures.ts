/**
 * Futures: many continuations of one state, drawn side by side so that each weight is fetched once a step for all.
 *
 * Letter key: as in model.ts; F futures, B futures of a batch.
 */

import { activate, cells, consumed, weighPanel } from "./cell";
import { draw, isVariation } from "./density";
import { BAD_ARGUMENT, NOT_FINITE, NOT_READY, OK, OUT_OF_MEMORY } from "./errors";
import { alloc, mark, refused, release } from "./memory";
import {
  BATCH,
  Layer,
  groups,
  headPanels,
  headWeight,
  layer,
  layers,
  normalised,
  pairs,
  panelBytes,
  preactivations,
} from "./model";
import { activateLayer } from "./modulate";
import { SIXTEEN, WIDE_BYTES, product2, widen } from "./product";
import { sampleOffsets } from "./run";
import {
  advanceLogit, copyState, goingBytes, hasText, hasZ, placeZ, qBytes, settle, stateBytes, stateC, stateQ, stateZ, textOf,
} from "./state";
import { modelReady } from "./tensors";
import { addText, isEnd, movePointer } from "./text";
import { isFiniteSum } from "./vector";

/** What goes on of the states of a batch, [B] and one more where B is odd: columns go in pairs. */
let states: usize = 0;
/** Bytes of each: so few that they stay in the cache. */
let stateStride: usize = 0;
/** With layer normalisation, pre-activations [B, G, 16] of a layer: its statistics need all cells of a column. */
let memoryA: usize = 0;
/** Two widened panels. */
let wide: usize = 0;
let wideBelow: usize = 0;
/** Whether the futures follow a text. */
let withText: bool = false;
/** Of each future that goes on from a state of its own: the state's address and the low word of its stream, u32 [F, 2]. */
let table: usize = 0;
/** The step that the first offset takes its numbers from. */
let firstStep: u32 = 0;
/** The future of each column, i32 [BATCH]: where a line has ended, the last column takes the place of its own. */
const order: usize = memory.data(4 * BATCH, 16);

/** Products of two columns. */
const sums: usize = memory.data(128, 16);
const below: usize = memory.data(128, 16);

/**
 * F futures of n offsets, [F, n, 3]; future f has stream (s0 + f, s1). The state stays as it is. `cap` and `pointers` [F, n] as
 * in sampleOffsets; what follows the end of a line is (0, 0, 1), with -1 for a pointer.
 *
 * With a table in `own`, each future goes on from a state of its own, which moves on, and its h and gates are not kept.
 */
export function sampleFutures(
  state: usize, k0: u32, k1: u32, s0: u32, s1: u32, F: i32, n: i32, T: f32, cap: i32, out: usize, pointers: usize,
  first: u32, own: usize,
): i32 {
  firstStep = first;
  table = own;
  if (modelReady() != OK || !hasZ(state)) return NOT_READY;
  if (F < 0 || n < 0 || cap < 0 || !isVariation(T)) return BAD_ARGUMENT;
  if (F == 0 || n == 0) return OK;
  if (F == 1) return sampleOne(state, k0, k1, s0, s1, n, T, cap, out, pointers);
  withText = hasText(state);
  const before = mark();
  const batches = (F + BATCH - 1) / BATCH;
  let code = reserve((F + batches - 1) / batches);
  let done = 0;
  for (let batch = 0; batch < batches && !code; batch++) {
    // Of equal size, but for one.
    const B = (F - done + batches - batch - 1) / (batches - batch);
    const past = <usize>done * n;
    const places = pointers ? pointers + 4 * past : 0;
    if (own) table = own + 8 * done;
    code = sampleBatch(state, k0, k1, s0 + done, s1, B, n, T, cap, out + 12 * past, places);
    done += B;
  }
  release(before);
  return code;
}

/** A batch of one has nothing to share: a plain sample of a copy, or of its own state. */
function sampleOne(
  state: usize, k0: u32, k1: u32, s0: u32, s1: u32, n: i32, T: f32, cap: i32, out: usize, pointers: usize,
): i32 {
  const before = mark();
  const copy = table ? load<u32>(table) : alloc(<i32>stateBytes());
  if (table) s0 = load<u32>(table, 4);
  else if (copy) copyState(copy, state);
  let code = OUT_OF_MEMORY;
  if (copy) {
    code = sampleOffsets(copy, k0, k1, s0, s1, firstStep, n, T, cap, out, pointers);
    for (; code >= 0 && code < n; code++) rest(out + code * 12, pointers ? pointers + code * 4 : 0);
  }
  release(before);
  return min(code, OK);
}

/** What follows the end of a line: an offset, and a pointer unless its address is 0. */
function rest(to: usize, pointer: usize): void {
  store<u64>(to, 0);
  store<f32>(to, 1, 8);
  if (pointer) store<i32>(pointer, -1);
}

function reserve(B: i32): i32 {
  const columns = (B + 1) & ~1;
  stateStride = goingBytes();
  states = alloc(columns * <i32>stateStride);
  memoryA = normalised ? <usize>alloc(columns * groups * <i32>SIXTEEN) : preactivations;
  wide = alloc(pairs * <i32>WIDE_BYTES);
  wideBelow = alloc(pairs * <i32>WIDE_BYTES);
  return refused ? OUT_OF_MEMORY : OK;
}

// @ts-ignore: decorator
@inline
function stateOf(column: i32): usize {
  return states + <usize>column * stateStride;
}

// @ts-ignore: decorator
@inline
function q(index: i32, column: i32): usize {
  return stateOf(column) + stateQ(index);
}

// @ts-ignore: decorator
@inline
function next(index: i32, column: i32): usize {
  return q(index, column) + qBytes();
}

function z(column: i32): usize {
  return stateOf(column) + stateZ();
}

// @ts-ignore: decorator
@inline
function futureOf(column: i32): i32 {
  return load<i32>(order + 4 * <usize>column);
}

function sampleBatch(
  state: usize, k0: u32, k1: u32, s0: u32, s1: u32, B: i32, n: i32, T: f32, cap: i32, out: usize, pointers: usize,
): i32 {
  for (let column = 0; column < B; column++) {
    const from = table ? <usize>load<u32>(table + 8 * column) : state;
    if (!hasZ(from) || hasText(from) != withText) return NOT_READY;
    memory.copy(stateOf(column), from, stateStride);
    store<i32>(order + 4 * <usize>column, column);
  }
  for (let step = 0; step < n && B; step++) {
    let goesOn = false;
    for (let column = 0; column < B; column++) {
      const future = futureOf(column);
      let at = <usize>(future * n + step);
      if (withText && isEnd(textOf(stateOf(column)), advanceLogit(z(column)), cap)) {
        // a state of its own is wanted afterwards
        const end = table ? at + 1 : <usize>((future + 1) * n);
        for (; at < end; at++) rest(out + at * 12, pointers ? pointers + at * 4 : 0);
        if (!table) {
          // the last column takes the place of this one
          memory.copy(stateOf(column), stateOf(--B), stateStride);
          store<i32>(order + 4 * <usize>column, futureOf(B));
          column--;
        }
        continue;
      }
      goesOn = true;
      if (pointers) store<i32>(pointers + at * 4, withText ? textOf(stateOf(column)).pointer : 0);
      const stream = table ? load<u32>(table + 8 * column, 4) : s0 + future;
      const code = draw(z(column), T, withText, k0, k1, firstStep + step, stream, s1, out + at * 12);
      if (code) return code;
    }
    if (step == n - 1 && !table) break; // nobody sees the state after the last offset
    if (!goesOn) continue;
    const code = advanceBatch(B, out + <usize>step * 12, <usize>n * 12, cap);
    if (code) return code;
  }
  for (let column = 0; table && column < B; column++) memory.copy(load<u32>(table + 8 * column), stateOf(column), stateStride);
  return OK;
}

/** One offset consumed in each column, that of its future, `stride` bytes apart, and read-outs. */
function advanceBatch(B: i32, offsets: usize, stride: usize, cap: i32): i32 {
  cells.h = 0;
  for (let column = 0; withText && column < B; column++) {
    const lifted = load<f32>(offsets + <usize>futureOf(column) * stride, 8) != 0;
    movePointer(textOf(stateOf(column)), advanceLogit(z(column)), -1, cap, lifted);
  }
  for (let index = 0; index < layers; index++) {
    const finite = normalised
      ? advanceNormalised(index, B, offsets, stride)
      : advancePlain(index, B, offsets, stride);
    if (!finite) return NOT_FINITE;
  }
  for (let column = 0; column < B; column++) settle(stateOf(column));
  let check = f32x4.splat(0);
  for (let panel = 0; panel < headPanels; panel++) {
    widen(headWeight + <usize>panel * panelBytes, pairs, wide);
    for (let column = 0; column < B; column += 2) {
      product2(wide, q(layers - 1, column), q(layers - 1, column + 1), pairs, sums);
      check = f32x4.add(check, placeZ(panel, sums, z(column)));
      if (column + 1 < B) check = f32x4.add(check, placeZ(panel, sums + SIXTEEN, z(column + 1)));
    }
  }
  return isFiniteSum(check) ? OK : NOT_FINITE;
}

/** Of four cells in all columns at a time, whose pre-activations stay in the first-level cache. */
function advancePlain(index: i32, B: i32, offsets: usize, stride: usize): bool {
  const at = layer(index);
  cells.cStride = stateStride;
  cells.qStride = stateStride;
  cells.settingsStride = 0;
  for (let group = 0; group < groups; group++) {
    preactivateBatch(at, index, group, B, offsets, stride, memoryA, SIXTEEN);
    if (withText && !index) {
      for (let column = 0; column < B; column++) {
        addText(textOf(stateOf(column)), group, 1, memoryA + <usize>column * SIXTEEN);
      }
    }
    cells.c = states + stateC(index) + <usize>group * 16;
    cells.q = next(index, 0) + <usize>group * 8;
    cells.settings = at.intervened ? at.settings + <usize>group * 16 : 0;
    if (!activate(B, memoryA)) return false;
  }
  return true;
}

/** All products first, then column by column what a single step does. */
function advanceNormalised(index: i32, B: i32, offsets: usize, stride: usize): bool {
  const at = layer(index);
  const columnBytes = <usize>groups * SIXTEEN;
  for (let group = 0; group < groups; group++) {
    const to = memoryA + <usize>group * SIXTEEN;
    preactivateBatch(at, index, group, B, offsets, stride, to, columnBytes);
  }
  cells.cStride = 16;
  cells.qStride = 8;
  cells.settingsStride = 16;
  cells.settings = at.intervened ? at.settings : 0;
  for (let column = 0; column < B; column++) {
    cells.c = stateOf(column) + stateC(index);
    cells.q = next(index, column);
    consumed.offset = offsets + <usize>futureOf(column) * stride;
    consumed.below = index ? next(index - 1, column) : 0;
    const a = memoryA + <usize>column * columnBytes;
    consumed.text = withText && !index ? changetype<usize>(textOf(stateOf(column))) : 0;
    if (consumed.text) addText(textOf(stateOf(column)), 0, groups, a);
    if (!activateLayer(at, a, q(index, column))) return false;
  }
  return true;
}

/** Pre-activations [16] of four cells of each column, `apart` bytes from one column's to the next's. */
function preactivateBatch(
  at: Layer, index: i32, group: i32, B: i32, offsets: usize, stride: usize, to: usize, apart: usize,
): void {
  const panel = <usize>group * panelBytes, under = index ? below : 0;
  widen(at.gates.recurrent + panel, pairs, wide);
  if (index) widen(at.gates.input + panel, pairs, wideBelow);
  for (let column = 0; column < B; column += 2) {
    product2(wide, q(index, column), q(index, column + 1), pairs, sums);
    if (index) product2(wideBelow, next(index - 1, column), next(index - 1, column + 1), pairs, below);
    for (let k = 0; k < 2 && column + k < B; k++) {
      const offset = offsets + <usize>futureOf(column + k) * stride, second = <usize>k * SIXTEEN;
      const a = to + <usize>(column + k) * apart;
      weighPanel(at.gates, group, sums + second, under ? under + second : 0, offset, a);
    }
  }
}
