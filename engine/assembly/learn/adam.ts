/** Adam (Kingma and Ba 2015, arXiv:1412.6980) on the change of each number, counted in its unit. */

import { NOT_FINITE, OK } from "../errors";
import { isFiniteSum, zeroed } from "../vector";
import { stride } from "./sizes";

const FIRST: f32 = 0.9;
const SECOND: f32 = 0.99;
const EPSILON: f32 = 1e-8;

/** What is remembered: rows of `stride` bytes. */
@unmanaged
export class Adam {
  /** The numbers of the checkpoint, their units, the changes, means of gradients and of their squares. */
  base: usize;
  unit: usize;
  change: usize;
  mean: usize;
  square: usize;
  /** What the beginning still weighs in both means. */
  first: f64;
  second: f64;
}

export const adam = changetype<Adam>(memory.data(48, 16));

/** One step down the gradient that is the sum of `lines` rows, over `points`; the numbers then go to `to`. */
export function descend(gradients: usize, lines: i32, points: i32, rate: f32, to: usize): i32 {
  adam.first *= <f64>FIRST;
  adam.second *= <f64>SECOND;
  const share = f32x4.splat(1 / <f32>points), epsilon = f32x4.splat(EPSILON);
  const keepFirst = f32x4.splat(FIRST), newFirst = f32x4.splat(1 - FIRST);
  const keepSecond = f32x4.splat(SECOND), newSecond = f32x4.splat(1 - SECOND);
  const rise = f32x4.splat(<f32>(<f64>rate / (1 - adam.first))), level = f32x4.splat(<f32>(1 / (1 - adam.second)));
  let check = f32x4.splat(0);
  for (let at: usize = 0; at < stride; at += 16) {
    let sum = f32x4.splat(0);
    for (let line = 0, row = gradients + at; line < lines; line++, row += stride) {
      sum = f32x4.add(sum, v128.load(row));
    }
    const slope = f32x4.mul(sum, f32x4.mul(v128.load(adam.unit + at), share));
    const mean = f32x4.add(f32x4.mul(keepFirst, v128.load(adam.mean + at)), f32x4.mul(newFirst, slope));
    const square = f32x4.add(f32x4.mul(keepSecond, v128.load(adam.square + at)), f32x4.mul(newSecond, f32x4.mul(slope, slope)));
    v128.store(adam.mean + at, mean);
    v128.store(adam.square + at, square);
    const size = f32x4.add(f32x4.sqrt(f32x4.mul(square, level)), epsilon);
    const change = f32x4.sub(v128.load(adam.change + at), f32x4.div(f32x4.mul(rise, mean), size));
    v128.store(adam.change + at, change);
    v128.store(to + at, f32x4.add(v128.load(adam.base + at), f32x4.mul(v128.load(adam.unit + at), change)));
    check = f32x4.add(check, zeroed(change));
  }
  return isFiniteSum(check) ? OK : NOT_FINITE;
}
