/**
 * Layer normalisation and its gradient. Sums over cells have four lanes, as in the engine (spec/engine.md); cells beyond
 * H are 0 before and after.
 */

import { sumOf } from "../vector";
import { H, Hp, bytes } from "./sizes";

const EPSILON: f32 = 1e-5;

/** to = (from - mean) / sqrt(variance + EPSILON) of H cells; returns 1 / sqrt(variance + EPSILON). */
export function normalise(from: usize, to: usize): f32 {
  const size = bytes(Hp);
  let sum = f32x4.splat(0);
  for (let at: usize = 0; at < size; at += 16) sum = f32x4.add(sum, v128.load(from + at));
  const mean = f32x4.splat(sumOf(sum) / <f32>H);
  for (let at: usize = 0; at < size; at += 16) v128.store(to + at, f32x4.sub(v128.load(from + at), mean));
  clearRest(to);
  let squares = f32x4.splat(0);
  for (let at: usize = 0; at < size; at += 16) {
    const centred = v128.load(to + at);
    squares = f32x4.add(squares, f32x4.mul(centred, centred));
  }
  const inverse = <f32>1 / sqrt<f32>(sumOf(squares) / <f32>H + EPSILON);
  const factor = f32x4.splat(inverse);
  for (let at: usize = 0; at < size; at += 16) v128.store(to + at, f32x4.mul(v128.load(to + at), factor));
  return inverse;
}

/** d = the gradient before `normalise`, in place of the one after it; `normal` is what it gave. */
export function normaliseBack(d: usize, normal: usize, inverse: f32): void {
  const size = bytes(Hp);
  let sum = f32x4.splat(0), along = f32x4.splat(0);
  for (let at: usize = 0; at < size; at += 16) {
    const x = v128.load(d + at);
    sum = f32x4.add(sum, x);
    along = f32x4.add(along, f32x4.mul(x, v128.load(normal + at)));
  }
  const mean = f32x4.splat(sumOf(sum) / <f32>H), slope = f32x4.splat(sumOf(along) / <f32>H), factor = f32x4.splat(inverse);
  for (let at: usize = 0; at < size; at += 16) {
    const x = f32x4.sub(f32x4.sub(v128.load(d + at), mean), f32x4.mul(v128.load(normal + at), slope));
    v128.store(d + at, f32x4.mul(x, factor));
  }
  clearRest(d);
}

/** Cells beyond H. */
function clearRest(at: usize): void {
  memory.fill(at + bytes(H), 0, bytes(Hp - H));
}
