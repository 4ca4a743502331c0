/** What recogniser.wasm exports: spec/recogniser.md, word for word. */

import { BAD_ARGUMENT, NOT_FINITE, OK, OUT_OF_MEMORY } from "../errors";
import { alloc, mark, release } from "../memory";
import { finitePoints } from "../size";
import { findBoundaries } from "./boundaries";
import { frames, probabilities } from "./network";
import { bestPath, greedy, sumPaths } from "./paths";
import { MOST_SAMPLES, countSamples, sample as sampleInk } from "./samples";
import { classes, ready } from "./weights";

export { alloc, mark, release } from "../memory";
export { writing_size } from "../size";
export { create as recogniser_create, ready as recogniser_ready, setTensor as recogniser_tensor } from "./weights";

/** Characters of the longest text. */
const MAX_TEXT: i32 = 1024;

/** points f32 [n + 1, 2] and pen lifts u8 [n + 1] of offsets f32 [n, 3], from (0, 0). */
export function place(offsets: i32, n: i32, points: i32, lifts: i32): i32 {
  if (n < 0) return BAD_ARGUMENT;
  let x: f64 = 0;
  let y: f64 = 0;
  let at = <usize>offsets;
  for (let k = 0; k <= n; k++) {
    if (k) {
      x += <f64>load<f32>(at);
      y += <f64>load<f32>(at, 4);
      store<u8>(lifts + k, load<f32>(at, 8) > 0.5 ? 1 : 0);
      at += 12;
    }
    store<f32>(points + k * 8, <f32>x);
    store<f32>(points + k * 8, <f32>y, 4);
  }
  return finitePoints(points, n + 1) ? OK : NOT_FINITE;
}

export function sample_count(points: i32, lifts: i32, n: i32, size: f32): i32 {
  if (n < 1 || !(size > 0)) return BAD_ARGUMENT;
  if (!finitePoints(points, n) || !isFinite(size)) return NOT_FINITE;
  return countSamples(points, lifts, n, size);
}

export function sample(points: i32, lifts: i32, n: i32, size: f32, features: i32, sources: i32): i32 {
  const N = sample_count(points, lifts, n, size);
  if (N < 0) return N;
  const code = sampleInk(points, lifts, n, size, N, features, sources);
  return code == OK ? N : code;
}

export function recognise(features: i32, N: i32, table: i32): i32 {
  const code = ready();
  if (code != OK) return code;
  return N < 1 || N > MOST_SAMPLES ? BAD_ARGUMENT : probabilities(features, N, table);
}

export function read(table: i32, T: i32, codes: i32): i32 {
  return T < 1 || T > frames(MOST_SAMPLES) ? BAD_ARGUMENT : greedy(table, T, codes);
}

export function likelihood(table: i32, T: i32, codes: i32, L: i32, out: i32): i32 {
  return known(T, codes, L) ? sumPaths(table, T, codes, L, out) : BAD_ARGUMENT;
}

export function align(
  table: i32, T: i32, codes: i32, L: i32, space: i32, sources: i32, points: i32, lifts: i32, n: i32, first: i32, out: i32,
): i32 {
  if (!known(T, codes, L) || n < 1) return BAD_ARGUMENT;
  const before = mark();
  const path = <usize>alloc(T * 4);
  if (!path) return OUT_OF_MEMORY;
  const code = bestPath(table, T, codes, L, path, out);
  let found = 0;
  if (code == OK && isFinite(load<f64>(out))) {
    found = i32(findBoundaries(path, T, codes, L, space, sources, points, lifts, n, first));
  }
  release(before);
  return code == OK ? found : code;
}

/** Whether there are frames, and a text of known characters. */
function known(T: i32, codes: i32, L: i32): bool {
  if (T < 1 || T > frames(MOST_SAMPLES) || L < 1 || L > MAX_TEXT) return false;
  for (let k = 0; k < L; k++) {
    const code = <i32>load<u8>(codes + k);
    if (code < 1 || code >= classes) return false;
  }
  return true;
}
