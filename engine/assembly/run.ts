/** Whole runs: consume, trace, sample, futures. */

import { BAD_ARGUMENT, NOT_FINITE, NOT_READY, OK } from "./errors";
import { draw, isVariation, logLikelihood, parameters, probability } from "./density";
import { alphabet, cellBytes, hidden, layers, rows } from "./model";
import { advance, advanceLogit, hasText, hasZ, readOut, stateC, stateGates, stateH, stateZ, textOf } from "./state";
import { modelReady } from "./tensors";
import { isEnd } from "./text";

/** Whether the offsets [n, 3] are finite. */
function finiteOffsets(offsets: usize, n: i32): bool {
  const end = offsets + <usize>n * 12;
  for (let at = offsets; at < end; at += 4) if (!isFinite(load<f32>(at))) return false;
  return true;
}

/** Whether `path` i32 [n] holds places of the pointer in this state's text, or -1 where the pointer moves by itself. */
function isPath(state: usize, path: usize, n: i32): bool {
  if (!path) return true;
  if (!hasText(state)) return false;
  const end = path + <usize>n * 4;
  for (; path < end; path += 4) {
    const pointer = load<i32>(path);
    if (pointer < -1 || pointer > textOf(state).length) return false;
  }
  return true;
}

/** Consumes offsets f32 [n, 3] along a path of the pointer i32 [n], or 0 where it moves by itself. */
export function consumeOffsets(state: usize, offsets: usize, n: i32, path: usize): i32 {
  return run(state, offsets, n, path, 0, 0, 0, 0, 0, 0);
}

/** consumeOffsets that records what predicts each offset, where an address is not 0 (spec/engine.md, State). */
export function traceOffsets(
  state: usize, offsets: usize, n: i32, path: usize,
  c: usize, h: usize, gates: usize, mixture: usize, loglik: usize, pointer: usize,
): i32 {
  return hasZ(state) ? run(state, offsets, n, path, c, h, gates, mixture, loglik, pointer) : NOT_READY;
}

function run(
  state: usize, offsets: usize, n: i32, path: usize,
  c: usize, h: usize, gates: usize, mixture: usize, loglik: usize, pointer: usize,
): i32 {
  if (modelReady() != OK) return NOT_READY;
  if (n < 0 || !isPath(state, path, n) || (pointer && !alphabet)) return BAD_ARGUMENT;
  if (!finiteOffsets(offsets, n)) return NOT_FINITE;
  const z = state + stateZ();
  const apartC = stateC(1) - stateC(0), apartH = stateH(1) - stateH(0);
  for (let k = 0; k < n; k++) {
    const at = offsets + k * 12;
    if (c) c = record(state + stateC(0), apartC, 1, c);
    if (h) h = record(state + stateH(0), apartH, 1, h);
    if (gates) gates = record(state + stateGates(0), apartH, 4, gates);
    if (mixture) {
      const code = parameters(z, 1, false, mixture);
      if (code) return code;
      mixture += rows * 4;
    }
    if (loglik) {
      const code = logLikelihood(z, load<f32>(at), load<f32>(at, 4), load<f32>(at, 8), loglik);
      if (code) return code;
      loglik += 8;
    }
    if (pointer) {
      store<f32>(pointer, <f32>statePointer(state));
      store<f32>(pointer, stateAdvance(state), 4);
      pointer += 8;
    }
    let code = advance(state, at, path ? load<i32>(path + <usize>k * 4) : -1, 0);
    // The pointer of a text needs z at every step.
    if (!code && (mixture || loglik || k == n - 1 || hasText(state))) code = readOut(state);
    if (code) return code;
  }
  return OK;
}

/** Where the pointer of a state stands; 0 without a text. */
export function statePointer(state: usize): i32 {
  return hasText(state) ? textOf(state).pointer : 0;
}

/** The probability that the pointer moves on, from z; 0 without a text. */
export function stateAdvance(state: usize): f32 {
  return hasText(state) ? <f32>probability(advanceLogit(state + stateZ())) : 0;
}

/** Rows of every layer's cells, [L, n, H], from where each has them, `apart` bytes on; returns where the next ones go. */
function record(from: usize, apart: usize, n: i32, to: usize): usize {
  const bytes = <usize>hidden * 4;
  for (let index = 0; index < layers; index++) {
    for (let row = 0; row < n; row++) {
      memory.copy(to, from + <usize>index * apart + <usize>row * cellBytes(), bytes);
      to += bytes;
    }
  }
  return to;
}

/**
 * Draws and consumes offsets [n, 3] with the numbers of steps firstStep to firstStep + n - 1, no more than `cap` (0: any
 * number) a character, up to the end of the line. Returns how many; `pointers` i32 [n], if not 0, gets the character of each.
 */
export function sampleOffsets(
  state: usize, k0: u32, k1: u32, s0: u32, s1: u32, firstStep: u32, n: i32, T: f32, cap: i32, out: usize, pointers: usize,
): i32 {
  if (modelReady() != OK || !hasZ(state)) return NOT_READY;
  if (n < 0 || cap < 0 || !isVariation(T)) return BAD_ARGUMENT;
  for (let k = 0; k < n; k++) {
    if (hasText(state) && isEnd(textOf(state), advanceLogit(state + stateZ()), cap)) return k;
    if (pointers) store<i32>(pointers + <usize>k * 4, statePointer(state));
    let code = draw(state + stateZ(), T, hasText(state), k0, k1, firstStep + k, s0, s1, out);
    if (!code) code = advance(state, out, -1, cap);
    if (!code) code = readOut(state);
    if (code) return code;
    out += 12;
  }
  return n;
}
