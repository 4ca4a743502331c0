/** What the module exports: spec/engine.md, word for word. */

import { BAD_ARGUMENT, NOT_READY, OK } from "./errors";
import { parameters } from "./density";
import { sampleFutures } from "./futures";
import { setInterventions } from "./intervene";
import { alphabet, createModel } from "./model";
import { consumeOffsets, sampleOffsets, stateAdvance, statePointer, traceOffsets } from "./run";
import { copyState, hasText, hasZ, resetState, stateBytes, stateC, stateGates, stateH, stateZ, textOf } from "./state";
import { modelReady, setTensor } from "./tensors";
import { setHand, setPointer, setStop, setText } from "./text";

export { alloc, mark, release } from "./memory";
export { prepare, standard_size, writing_size } from "./prepare";

export function model_create(
  layers: i32, hidden: i32, mixtures: i32, cell: i32, code: i32, alphabet: i32, reach: i32, embedding: i32, hand: i32,
): i32 {
  return createModel(layers, hidden, mixtures, cell, code, alphabet, reach, embedding, hand);
}

export function model_tensor(tensor: i32, layer: i32, source: i32): i32 {
  return setTensor(tensor, layer, source);
}

export function model_ready(): i32 {
  return modelReady();
}

export function state_bytes(): i32 {
  return <i32>stateBytes();
}

export function state_c(layer: i32): i32 {
  return <i32>stateC(layer);
}

export function state_h(layer: i32): i32 {
  return <i32>stateH(layer);
}

export function state_gates(layer: i32): i32 {
  return <i32>stateGates(layer);
}

export function state_z(): i32 {
  return <i32>stateZ();
}

export function state_reset(state: i32): void {
  resetState(state);
}

/** One zero offset, in the static data. */
const zeros: usize = memory.data(12, 16);

export function state_start(state: i32): i32 {
  resetState(state);
  return consumeOffsets(state, zeros, 1, 0);
}

export function state_copy(to: i32, from: i32): void {
  copyState(to, from);
}

export function state_text(state: i32, codes: i32, n: i32): i32 {
  return alphabet ? setText(textOf(state), codes, n) : BAD_ARGUMENT;
}

export function state_hand(state: i32, hand: i32): i32 {
  return alphabet ? setHand(textOf(state), hand) : BAD_ARGUMENT;
}

export function state_point(state: i32, pointer: i32, hold: i32): i32 {
  return alphabet ? setPointer(textOf(state), pointer, hold != 0) : BAD_ARGUMENT;
}

export function state_pointer(state: i32): i32 {
  return statePointer(state);
}

export function state_advance(state: i32): f32 {
  return modelReady() == OK && hasZ(state) ? stateAdvance(state) : <f32>NOT_READY;
}

const one: usize = memory.data(12, 16);

export function consume(state: i32, dx: f32, dy: f32, pen: f32): i32 {
  store<f32>(one, dx);
  store<f32>(one, dy, 4);
  store<f32>(one, pen, 8);
  return consumeOffsets(state, one, 1, 0);
}

export function consume_many(state: i32, offsets: i32, n: i32, path: i32): i32 {
  return consumeOffsets(state, offsets, n, path);
}

export function trace(
  state: i32, offsets: i32, n: i32, path: i32, c: i32, h: i32, gates: i32, mixture: i32, loglik: i32, pointer: i32,
): i32 {
  return traceOffsets(state, offsets, n, path, c, h, gates, mixture, loglik, pointer);
}

export function mixture(state: i32, variation: f32, out: i32): i32 {
  if (modelReady() != OK || !hasZ(state)) return NOT_READY;
  return parameters(<usize>state + stateZ(), variation, hasText(state), out);
}

export function sample(
  state: i32, seed_low: i32, seed_high: i32, stream_low: i32, stream_high: i32,
  first_step: i32, n: i32, variation: f32, cap: i32, out: i32, pointers: i32,
): i32 {
  return sampleOffsets(
    state, seed_low, seed_high, stream_low, stream_high, first_step, n, variation, cap, out, pointers,
  );
}

export function futures(
  state: i32, seed_low: i32, seed_high: i32, stream_low: i32, stream_high: i32,
  F: i32, n: i32, variation: f32, cap: i32, out: i32, pointers: i32, first_step: i32, own: i32, stop: i32,
): i32 {
  setStop(stop);
  const code = sampleFutures(
    state, seed_low, seed_high, stream_low, stream_high, F, n, variation, cap, out, pointers, first_step, own,
  );
  setStop(0);
  return code;
}

export function intervene(layer: i32, settings: i32): i32 {
  return setInterventions(layer, settings);
}

export { random } from "./random";
