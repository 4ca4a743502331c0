/** Whole runs: consume, trace, sample, futures. */

import { BAD_ARGUMENT, NOT_FINITE, NOT_READY, OK } from "./errors";
import { draw, isVariation, logLikelihood, parameters } from "./density";
import { cellBytes, hidden, layers, modelReady, rows } from "./model";
import { advance, hasZ, readOut, stateC, stateGates, stateH, stateZ } from "./state";

/** Whether the offsets [n, 3] are finite. */
function finiteOffsets(offsets: usize, n: i32): bool {
  const end = offsets + <usize>n * 12;
  for (let at = offsets; at < end; at += 4) if (!isFinite(load<f32>(at))) return false;
  return true;
}

/** Consumes offsets f32 [n, 3]; the read-out is computed once, after the last. */
export function consumeOffsets(state: usize, offsets: usize, n: i32): i32 {
  if (modelReady() != OK) return NOT_READY;
  if (n < 0) return BAD_ARGUMENT;
  if (!finiteOffsets(offsets, n)) return NOT_FINITE;
  if (n == 0) return OK;
  for (let k = 0; k < n; k++) {
    const code = advanceBy(state, offsets + k * 12);
    if (code) return code;
  }
  return readOut(state);
}

// @ts-ignore: decorator
@inline
function advanceBy(state: usize, offset: usize): i32 {
  return advance(state, load<f32>(offset), load<f32>(offset, 4), load<f32>(offset, 8));
}

/** consumeOffsets that records what predicts each offset, where a pointer is not 0 (spec/engine.md, State). */
export function traceOffsets(
  state: usize, offsets: usize, n: i32, c: usize, h: usize, gates: usize, mixture: usize, loglik: usize,
): i32 {
  if (modelReady() != OK || !hasZ(state)) return NOT_READY;
  if (n < 0) return BAD_ARGUMENT;
  if (!finiteOffsets(offsets, n)) return NOT_FINITE;
  const z = state + stateZ();
  for (let k = 0; k < n; k++) {
    const at = offsets + k * 12;
    if (c) c = record(state, c, 0);
    if (h) h = record(state, h, 1);
    if (gates) gates = recordGates(state, gates);
    if (mixture) {
      const code = parameters(z, 1, mixture);
      if (code) return code;
      mixture += rows * 4;
    }
    if (loglik) {
      const code = logLikelihood(z, load<f32>(at), load<f32>(at, 4), load<f32>(at, 8), loglik);
      if (code) return code;
      loglik += 8;
    }
    let code = advanceBy(state, at);
    if (!code && (mixture || loglik || k == n - 1)) code = readOut(state);
    if (code) return code;
  }
  return OK;
}

/** c (which = 0) or h (1) of every layer, [L, H]; returns where the next row goes. */
function record(state: usize, to: usize, which: i32): usize {
  const bytes = <usize>hidden * 4;
  for (let index = 0; index < layers; index++) {
    memory.copy(to, state + (which ? stateH(index) : stateC(index)), bytes);
    to += bytes;
  }
  return to;
}

/** Gates of every layer, [L, 4, H]. */
function recordGates(state: usize, to: usize): usize {
  const bytes = <usize>hidden * 4;
  for (let index = 0; index < layers; index++) {
    for (let gate = 0; gate < 4; gate++) {
      memory.copy(to, state + stateGates(index) + <usize>gate * cellBytes(), bytes);
      to += bytes;
    }
  }
  return to;
}

/** n offsets [n, 3] drawn and consumed, with the numbers of steps firstStep to firstStep + n - 1. */
export function sampleOffsets(
  state: usize, k0: u32, k1: u32, s0: u32, s1: u32, firstStep: u32, n: i32, T: f32, out: usize,
): i32 {
  if (modelReady() != OK || !hasZ(state)) return NOT_READY;
  if (n < 0 || !isVariation(T)) return BAD_ARGUMENT;
  for (let k = 0; k < n; k++) {
    let code = draw(state + stateZ(), T, k0, k1, firstStep + k, s0, s1, out);
    if (!code) code = advanceBy(state, out);
    if (!code) code = readOut(state);
    if (code) return code;
    out += 12;
  }
  return OK;
}
