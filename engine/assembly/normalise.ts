/**
 * Layer normalisation over the cells of a layer (spec/engine.md, The step with layer normalisation).
 *
 * Letter key: as in model.ts.
 */

import { groups, hidden, tail } from "./model";
import { SIXTEEN } from "./product";
import { sumOf } from "./vector";

/** Added to the variance, so that cells which are all alike do not divide by zero. */
const EPSILON: f32 = 1e-5;

/**
 * x = (x - mean) / sqrt(variance + EPSILON) * gain + bias of a layer's cells in place: four cells every SIXTEEN bytes of x,
 * every `stride` bytes of gain and bias. Returns whether mean and variance are finite: a variance that is not would
 * make every x its bias, a number that looks sound.
 *
 * Cells beyond H are 0 and have no gain and no bias, so they stay 0; only in the variance they must be left out.
 */
export function normalise(x: usize, gain: usize, bias: usize, stride: usize): bool {
  const end = x + <usize>groups * SIXTEEN;
  let sum = f32x4.splat(0);
  for (let at = x; at < end; at += SIXTEEN) sum = f32x4.add(sum, v128.load(at));
  const mean = f32x4.splat(sumOf(sum) / <f32>hidden);

  const last = end - SIXTEEN;
  let squares = f32x4.splat(0);
  for (let at = x; at < end; at += SIXTEEN) {
    let centred = f32x4.sub(v128.load(at), mean);
    v128.store(at, centred);
    if (at == last) centred = v128.and(centred, v128.load(tail));
    squares = f32x4.add(squares, f32x4.mul(centred, centred));
  }
  const variance = sumOf(squares) / <f32>hidden;
  if (!isFinite(variance)) return false;

  const inverse = f32x4.splat(1 / sqrt<f32>(variance + EPSILON));
  for (let at = x; at < end; at += SIXTEEN) {
    const normal = f32x4.mul(v128.load(at), inverse);
    v128.store(at, f32x4.add(f32x4.mul(normal, v128.load(gain)), v128.load(bias)));
    gain += stride;
    bias += stride;
  }
  return true;
}
