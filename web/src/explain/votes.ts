/**
 * Votes: what each cell adds to the odds between two ways on, at one step (spec/explain.md); the twin of
 * explain/votes.py. Letter key: H cells of the top layer, K mixture components.
 */

import type { Architecture } from "../checkpoint/architecture.ts";
import type { Checkpoint } from "../checkpoint/checkpoint.ts";

/** The weights that votes are read off. */
export interface Weights {
  readonly architecture: Architecture;
  readonly tensors: Checkpoint["tensors"];
}

/**
 * The odds between two ways on, taken apart; everything in nats, above 0 for a. Weights and their bias add up to
 * log(pi_a / pi_b). All parts together add up to log(p(mu_a) / p(mu_b)), how much denser the next position is at the
 * middle of a than at that of b.
 */
export interface Votes {
  /** Components of the mixture, counted from 0. */
  readonly a: number;
  readonly b: number;
  /** [H], what each cell adds to log(pi_a / pi_b). */
  readonly weight: Float64Array;
  /** [H], what each cell adds to log(sigma_x sigma_y of b / those of a). */
  readonly width: Float64Array;
  /** What the biases of the read-out add. */
  readonly bias: number;
  readonly widthBias: number;
  /** What the correlations of both components add to the density. */
  readonly correlation: number;
  /** What the other components add to the density at a, less what they add at b. */
  readonly others: number;
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
  const { hidden, mixtures } = architecture;
  const [weight, scale, bias] = ["weight", "scale", "bias"].map((name) => tensors.get(`head.${name}`)!) as [
    Int8Array,
    Float32Array,
    Float32Array,
  ];
  const exact = rounded(h);
  const says = (row: number, cell: number): number =>
    weight[row * hidden + cell]! * scale[row]! * exact[cell]!;
  // spec/checkpoint.md: the pen, then K rows each of weight, mu x, mu y, log sigma x, log sigma y, artanh rho.
  const rowOf = (kind: number, k: number): number => 1 + kind * mixtures + k;
  const apart = (kind: number) => {
    const [p, q] = [rowOf(kind, a), rowOf(kind, b)];
    return {
      cells: exact.map((_, cell) => says(p, cell) - says(q, cell)),
      bias: bias[p]! - bias[q]!,
    };
  };
  const [odds, x, y] = [apart(0), apart(3), apart(4)];
  const read = (kind: number, k: number): number => {
    const row = rowOf(kind, k);
    return exact.reduce((sum, _, cell) => sum + says(row, cell), bias[row]!);
  };
  const components = Array.from({ length: mixtures }, (_, k) =>
    [0, 1, 2, 3, 4, 5].map((kind) => read(kind, k)),
  );
  return {
    ...{ a, b, weight: odds.cells, bias: odds.bias },
    width: x.cells.map((value, cell) => -(value + y.cells[cell]!)),
    widthBias: -(x.bias + y.bias),
    correlation: logCosh(components[a]![5]!) - logCosh(components[b]![5]!),
    others: shareOfOthers(components, a) - shareOfOthers(components, b),
  };
}

/** Of artanh rho it is -1/2 log(1 - rho^2). */
function logCosh(value: number): number {
  return Math.abs(value) + Math.log1p(Math.exp(-2 * Math.abs(value))) - Math.LN2;
}

/** Log of the whole density at the mean of component k, less that of component k alone; components: K rows of 6. */
function shareOfOthers(components: readonly (readonly number[])[], k: number): number {
  const [, x, y] = components[k]!;
  const terms = components.map(([weight, muX, muY, logX, logY, artanh]) => {
    const [dx, dy] = [(x! - muX!) / Math.exp(logX!), (y! - muY!) / Math.exp(logY!)];
    const sign = artanh! < 0 ? -1 : 1;
    const t = Math.exp(-2 * Math.abs(artanh!));
    // Z / (1 - rho^2), as in spec/engine.md, The density
    const distance = ((dx - sign * dy) ** 2 * (1 + t) ** 2) / (4 * t) + sign * dx * dy * (1 + t);
    return weight! - logX! - logY! + logCosh(artanh!) - distance / 2;
  });
  const largest = Math.max(...terms);
  return largest + Math.log(terms.reduce((sum, term) => sum + Math.exp(term - largest), 0)) - terms[k]!;
}

/** log(pi_a / pi_b): the sum of all votes of weight and their bias. */
export function logOdds({ weight, bias }: Pick<Votes, "weight" | "bias">): number {
  return weight.reduce((sum, vote) => sum + vote, bias);
}

/** log(p(mu_a) / p(mu_b)): the sum of all parts. */
export function logDensity(found: Votes): number {
  const { width, widthBias, correlation, others } = found;
  return width.reduce((sum, vote) => sum + vote, logOdds(found) + widthBias + correlation + others);
}

/** What each cell adds to the density, by weight and width together, [H]. */
export function ofDensity({ weight, width }: Votes): Float64Array {
  return weight.map((vote, cell) => vote + width[cell]!);
}

/** Cells by the size of their votes, the largest first. */
export function ranked(votes: Float64Array): number[] {
  return [...votes.keys()].sort((i, j) => Math.abs(votes[j]!) - Math.abs(votes[i]!));
}

/** The cells that vote most for a, or for b with `other`: at most `count`, the largest vote first. */
export function supporters({ weight }: Pick<Votes, "weight">, count: number, other = false): number[] {
  const said = other ? weight.map((vote) => -vote) : weight;
  return [...said.keys()]
    .sort((i, j) => said[j]! - said[i]!)
    .slice(0, count)
    .filter((cell) => said[cell]! > 0);
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
