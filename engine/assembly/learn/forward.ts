/**
 * One step of one line, forward: the equations of spec/engine.md (The step with a code), in f32 with whole weights and
 * their scales apart, so that the scales have gradients.
 *
 * Letter key: as in sizes.ts.
 */

import { isFiniteSum, sigmoid4, tanh4, zeroed } from "../vector";
import { normalise } from "./normal";
import {
  BIAS, CELL_BIAS, CELL_GAIN, GAIN, HEAD_BIAS, HEAD_SCALE, INPUT, MODULATION, SCALE,
} from "./parameters";
import { CELL, CODE, HEAD, HIDDEN, INVERSE, NORMAL, SEEN, SUMS } from "./tape";
import { Cp, G, Hp, Rp, W, bytes } from "./sizes";

/** Pre-activations and the code, to [W], from the sums of the recurrent rows and an offset f32 [3]. */
export function mix(parameters: usize, record: usize, line: i32, offset: usize, to: usize): void {
  const sums = record + SUMS + bytes(line * W), row = bytes(W);
  const x = v128.load_splat<f32>(offset), y = v128.load_splat<f32>(offset + 4), p = v128.load_splat<f32>(offset + 8);
  for (let at: usize = 0, from = parameters; at < row; at += 16, from += 16) {
    let a = f32x4.mul(v128.load(from + INPUT), x);
    a = f32x4.add(a, f32x4.mul(v128.load(from + INPUT + row), y));
    a = f32x4.add(a, f32x4.mul(v128.load(from + INPUT + 2 * row), p));
    a = f32x4.add(a, f32x4.mul(v128.load(from + SCALE), v128.load(sums + at)));
    v128.store(to + at, a);
  }
}

/** Remembers them, normalised. */
export function normaliseGates(record: usize, line: i32, from: usize): void {
  const normal = record + NORMAL + bytes(line * G), inverse = record + INVERSE + bytes(line * 8);
  for (let gate = 0; gate < 4; gate++) {
    const at = bytes(gate * Hp);
    store<f32>(inverse + bytes(gate), normalise(from + at, normal + at));
  }
  memory.copy(record + CODE + bytes(line * Cp), from + bytes(G), bytes(Cp));
}

/** Gates, c and h, with c as it was at `before` and what the code turns [G]. Returns whether every h is finite. */
export function open(parameters: usize, record: usize, line: i32, before: usize, turns: usize): bool {
  const size = bytes(Hp);
  const normal = record + NORMAL + bytes(line * G);
  const cell = record + CELL + bytes(line * Hp), hidden = record + HIDDEN + bytes(line * Hp);
  for (let at: usize = 0; at < size; at += 16) {
    const i = sigmoidOf(parameters, normal, turns, at);
    const f = sigmoidOf(parameters, normal, turns, at + size);
    const g = tanhOf(parameters, normal, turns, at + 2 * size);
    const o = sigmoidOf(parameters, normal, turns, at + 3 * size);
    // for the next loop
    v128.store(hidden + at, o);
    v128.store(cell + at, f32x4.add(f32x4.mul(f, v128.load(before + at)), f32x4.mul(i, g)));
  }
  const seen = record + SEEN + bytes(line * Hp);
  store<f32>(record + INVERSE + bytes(line * 8 + 4), normalise(cell, seen));
  let check = f32x4.splat(0);
  for (let at: usize = 0; at < size; at += 16) {
    const h = f32x4.mul(v128.load(hidden + at), tanhOfCell(parameters, seen, at));
    v128.store(hidden + at, h);
    check = f32x4.add(check, zeroed(h));
  }
  return isFiniteSum(check);
}

/** tanh of what is read of c, from c normalised. */
export function tanhOfCell(parameters: usize, seen: usize, at: usize): v128 {
  const read = f32x4.mul(v128.load(seen + at), v128.load(parameters + CELL_GAIN + at));
  return tanh4(f32x4.add(read, v128.load(parameters + CELL_BIAS + at)));
}

/** A gate i, f or o. */
export function sigmoidOf(parameters: usize, normal: usize, turns: usize, at: usize): v128 {
  return sigmoid4(opened(parameters, normal, turns, at));
}

/** The gate g. */
export function tanhOf(parameters: usize, normal: usize, turns: usize, at: usize): v128 {
  return tanh4(opened(parameters, normal, turns, at));
}

/** A gate before its sigmoid or tanh: normal * (gain + scale * turns) + bias */
// @ts-ignore: decorator
@inline
function opened(parameters: usize, normal: usize, turns: usize, at: usize): v128 {
  const turned = f32x4.mul(v128.load(parameters + MODULATION + at), v128.load(turns + at));
  const gain = f32x4.add(v128.load(parameters + GAIN + at), turned);
  return f32x4.add(f32x4.mul(v128.load(normal + at), gain), v128.load(parameters + BIAS + at));
}

/** The read-out z [Rp] from the sums of its rows. */
export function readOut(parameters: usize, record: usize, line: i32, z: usize): void {
  const sums = record + HEAD + bytes(line * Rp), size = bytes(Rp);
  for (let at: usize = 0; at < size; at += 16) {
    const scaled = f32x4.mul(v128.load(parameters + HEAD_SCALE + at), v128.load(sums + at));
    v128.store(z + at, f32x4.add(scaled, v128.load(parameters + HEAD_BIAS + at)));
  }
}
