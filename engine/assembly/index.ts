/** What the module exports: spec/engine.md, word for word. */

import { BAD_ARGUMENT, NOT_READY, OK } from "./errors";
import { parameters } from "./density";
import { sampleFutures } from "./futures";
import { alphabet } from "./model";
import { consumeOffsets, stateAdvance } from "./run";
import { hasText, hasZ, resetState, stateZ, textOf } from "./state";
import { modelReady } from "./tensors";
import { setHand, setPointer, setStop, setText } from "./text";

export { setInterventions as intervene } from "./intervene";
export { alloc, mark, release } from "./memory";
export { createModel as model_create } from "./model";
export { prepare, standard_size } from "./prepare";
export { random } from "./random";
export {
  consumeOffsets as consume_many,
  sampleOffsets as sample,
  statePointer as state_pointer,
  traceOffsets as trace,
} from "./run";
export { writing_size } from "./size";
export {
  copyState as state_copy,
  resetState as state_reset,
  stateBytes as state_bytes,
  stateC as state_c,
  stateGates as state_gates,
  stateH as state_h,
  stateZ as state_z,
} from "./state";
export { modelReady as model_ready, setTensor as model_tensor } from "./tensors";

export function state_start(state: i32): i32 {
  resetState(state);
  return consume(state, 0, 0, 0);
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

export function mixture(state: i32, variation: f32, out: i32): i32 {
  if (modelReady() != OK || !hasZ(state)) return NOT_READY;
  return parameters(<usize>state + stateZ(), variation, hasText(state), out);
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
