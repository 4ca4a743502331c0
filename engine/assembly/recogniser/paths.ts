/**
 * What a table of log probabilities says of a text (connectionist temporal classification, Graves et al. 2006).
 *
 * Letter key: T frames, L characters, S = 2L + 1 states: a blank before, between and after the characters.
 */

import { OUT_OF_MEMORY } from "../errors";
import { alloc, mark, refused, release } from "../memory";
import { get, set } from "../path";
import { exp, log1p } from "../scalar";
import { classes } from "./weights";

/** codes u8: the likeliest class of each frame, without repeats and blanks. Returns how many. */
export function greedy(table: usize, T: i32, codes: usize): i32 {
  let count = 0;
  let before = 0;
  for (let t = 0; t < T; t++) {
    let best = 0;
    for (let k = 1; k < classes; k++) if (load<f32>(table + k * 4) > load<f32>(table + best * 4)) best = k;
    if (best && best != before) store<u8>(codes + count++, best);
    before = best;
    table += <usize>classes * 4;
  }
  return count;
}

/** The class of a state. */
// @ts-ignore: decorator
@inline
function classOf(codes: usize, state: i32): i32 {
  return state & 1 ? <i32>load<u8>(codes + (state >> 1)) : 0;
}

/** Whether a path may come to a state from two before: over the blank between two different characters. */
// @ts-ignore: decorator
@inline
function maySkip(codes: usize, state: i32): bool {
  return (state & 1) != 0 && state > 1 && load<u8>(codes + (state >> 1)) != load<u8>(codes + (state >> 1) - 1);
}

/** ln(e^a + e^b). */
function logAdd(a: f64, b: f64): f64 {
  const most = max(a, b);
  const least = min(a, b);
  return least == -Infinity ? most : most + log1p(exp(least - most));
}

/** The logarithm of the sum over all paths: log p(text | ink), to `out` f64; -Infinity where there are too few frames. */
export function sumPaths(table: usize, T: i32, codes: usize, L: i32, out: usize): i32 {
  const states = 2 * L + 1;
  const from = mark();
  const alpha = <usize>alloc(states << 3);
  if (!alpha) return OUT_OF_MEMORY;
  for (let s = 0; s < states; s++) set(alpha, s, s < 2 ? emitted(table, codes, s) : -Infinity);
  for (let t = 1; t < T; t++) {
    table += <usize>classes * 4;
    // downwards, so that what is read is of the frame before
    for (let s = min(states - 1, 2 * t + 1); s >= 0; s--) {
      let sum = get(alpha, s);
      if (s > 0) sum = logAdd(sum, get(alpha, s - 1));
      if (maySkip(codes, s)) sum = logAdd(sum, get(alpha, s - 2));
      set(alpha, s, sum + emitted(table, codes, s));
    }
  }
  store<f64>(out, logAdd(get(alpha, states - 1), get(alpha, states - 2)));
  release(from);
  return 0;
}

// @ts-ignore: decorator
@inline
function emitted(row: usize, codes: usize, state: i32): f64 {
  return <f64>load<f32>(row + classOf(codes, state) * 4);
}

/** The likeliest state of each frame, i32 [T], and its log probability to `out` f64, -Infinity where there is none. */
export function bestPath(table: usize, T: i32, codes: usize, L: i32, path: usize, out: usize): i32 {
  const states = 2 * L + 1;
  const from = mark();
  const best = <usize>alloc(states << 3);
  const steps = <usize>alloc(T * states);
  if (refused) {
    release(from);
    return OUT_OF_MEMORY;
  }
  for (let s = 0; s < states; s++) set(best, s, s < 2 ? emitted(table, codes, s) : -Infinity);
  for (let t = 1; t < T; t++) {
    table += <usize>classes * 4;
    const row = steps + <usize>t * states;
    for (let s = min(states - 1, 2 * t + 1); s >= 0; s--) {
      let most = get(best, s);
      let back = 0;
      if (s > 0 && get(best, s - 1) > most) {
        most = get(best, s - 1);
        back = 1;
      }
      if (maySkip(codes, s) && get(best, s - 2) > most) {
        most = get(best, s - 2);
        back = 2;
      }
      set(best, s, most + emitted(table, codes, s));
      store<u8>(row + s, back);
    }
  }
  let state = get(best, states - 1) > get(best, states - 2) ? states - 1 : states - 2;
  store<f64>(out, get(best, state));
  for (let t = T - 1; t >= 0; t--) {
    store<i32>(path + t * 4, state);
    state -= load<u8>(steps + <usize>t * states + state);
  }
  release(from);
  return 0;
}
