/** Futures: many continuations of one state. */

import { BAD_ARGUMENT, NOT_READY, OK, OUT_OF_MEMORY } from "./errors";
import { isVariation } from "./density";
import { alloc, mark, release } from "./memory";
import { modelReady } from "./model";
import { sampleOffsets } from "./run";
import { copyState, hasZ, stateBytes } from "./state";

/** F futures of n offsets, [F, n, 3]; future f has stream (s0 + f, s1). The state stays as it is. */
export function sampleFutures(
  state: usize, k0: u32, k1: u32, s0: u32, s1: u32, F: i32, n: i32, T: f32, out: usize,
): i32 {
  if (modelReady() != OK || !hasZ(state)) return NOT_READY;
  if (F < 0 || n < 0 || !isVariation(T)) return BAD_ARGUMENT;
  const before = mark();
  const copy = alloc(<i32>stateBytes());
  if (!copy) return OUT_OF_MEMORY;
  let code = OK;
  for (let f = 0; f < F && !code; f++) {
    copyState(copy, state);
    code = sampleOffsets(copy, k0, k1, s0 + f, s1, 0, n, T, out);
    out += <usize>n * 12;
  }
  release(before);
  return code;
}
