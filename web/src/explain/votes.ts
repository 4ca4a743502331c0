/**
 * Votes: what each cell adds to the odds between two ways on, at one step (spec/explain.md); the twin of
 * explain/votes.py. Letter key: H cells of the top layer, K mixture components.
 */

import type { Architecture } from "../engine/architecture.ts";
import type { Checkpoint } from "../engine/checkpoint.ts";

/** The weights that votes are read off. */
export interface Weights {
  readonly architecture: Architecture;
  readonly tensors: Checkpoint["tensors"];
}

/** log(pi_a / pi_b), taken apart; everything in nats, above 0 for a. */
export interface Votes {
  /** Components of the mixture, counted from 0. */
  readonly a: number;
  readonly b: number;
  /** [H], what each cell adds. */
  readonly weight: Float64Array;
  /** What the biases of the read-out add. */
  readonly bias: number;
}

/** Hidden states enter the read-out in whole multiples of 1 / H_UNIT (spec/engine.md). */
const H_UNIT = 2 ** 14;
const LEAST = -(2 ** 15);
const GREATEST = 2 ** 15 - 1;
/** Added to a number and taken away again, it leaves the nearest whole one, the even one of two. */
const ROUNDER = 1.5 * 2 ** 52;

/** Hidden states as products see them. */
export function rounded(h: Float32Array): Float64Array {
  return Float64Array.from(h, (value) => {
    const whole = value * H_UNIT + ROUNDER - ROUNDER;
    return Math.min(Math.max(whole, LEAST), GREATEST) / H_UNIT;
  });
}

/** h: hidden states of the top layer, [H]. */
export function votes({ architecture, tensors }: Weights, h: Float32Array, a: number, b: number): Votes {
  const hidden = architecture.hidden;
  const [weight, scale, bias] = ["weight", "scale", "bias"].map((name) => tensors.get(`head.${name}`)!) as [
    Int8Array,
    Float32Array,
    Float32Array,
  ];
  // spec/checkpoint.md: the first row is the pen's, then come those of the weights.
  const [rowA, rowB] = [1 + a, 1 + b];
  const says = (row: number, cell: number, value: number): number =>
    weight[row * hidden + cell]! * scale[row]! * value;
  return {
    a,
    b,
    weight: rounded(h).map((value, cell) => says(rowA, cell, value) - says(rowB, cell, value)),
    bias: bias[rowA]! - bias[rowB]!,
  };
}

/** log(pi_a / pi_b): the sum of all votes and the bias. */
export function logOdds({ weight, bias }: Votes): number {
  return weight.reduce((sum, vote) => sum + vote, bias);
}

/** Cells by the size of their votes, the largest first. */
export function ranked({ weight }: Votes): number[] {
  return [...weight.keys()].sort((i, j) => Math.abs(weight[j]!) - Math.abs(weight[i]!));
}

/** The cells that vote most for a, at most `count`, the largest vote first. */
export function supporters({ weight }: Votes, count: number): number[] {
  return [...weight.keys()]
    .sort((i, j) => weight[j]! - weight[i]!)
    .slice(0, count)
    .filter((cell) => weight[cell]! > 0);
}

/**
 * Values rounded so that they still add up as they are printed: each is the difference of two rounded sums, less than
 * one last digit from its value.
 */
export function addingUp(values: readonly number[], digits: number): number[] {
  const unit = 10 ** digits;
  let [sum, before] = [0, 0];
  return values.map((value) => {
    sum += value;
    const now = Math.round(sum * unit);
    const part = (now - before) / unit;
    before = now;
    return part;
  });
}
