/** Inner functions, exported for tests/engine/test_functions.py only: not part of engine.wasm. */

import { philox, word0, word1, word2, word3 } from "./random";
import { cosTurn, exp, log, log1p } from "./scalar";
import { expMinus4, sigmoid4, tanh4 } from "./vector";

export { alloc } from "./memory";
export { createModel } from "./model";
export { normalise } from "./normalise";

/** to f32 [n] = f(from), n a multiple of 4; f: 0 exp(-x), 1 sigmoid, 2 tanh. */
export function vector(f: i32, from: usize, to: usize, n: i32): void {
  for (let k: usize = 0; k < <usize>n * 4; k += 16) {
    const x = v128.load(from + k);
    v128.store(to + k, f == 0 ? expMinus4(x) : f == 1 ? sigmoid4(x) : tanh4(x));
  }
}

/** to f64 [n] = f(from); f: 0 exp, 1 log, 2 log1p, 3 cosTurn. */
export function scalar(f: i32, from: usize, to: usize, n: i32): void {
  for (let k: usize = 0; k < <usize>n * 8; k += 8) {
    const x = load<f64>(from + k);
    store<f64>(to + k, f == 0 ? exp(x) : f == 1 ? log(x) : f == 2 ? log1p(x) : cosTurn(x));
  }
}

/** Four words to `to`. */
export function words(k0: u32, k1: u32, c0: u32, c1: u32, c2: u32, c3: u32, to: usize): void {
  philox(k0, k1, c0, c1, c2, c3);
  store<u32>(to, word0);
  store<u32>(to, word1, 4);
  store<u32>(to, word2, 8);
  store<u32>(to, word3, 12);
}
