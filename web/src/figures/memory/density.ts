/**
 * How different two predictions of the next offset are (spec/explain.md, Divergence): the twin of
 * src/pentrace/explain/density.py. No DOM: for workers and for Node.
 *
 * Letter key: M components.
 */

import { type Component, mixtureOf } from "../../engine/mixture.ts";
import { WHITEBOARD_SCALE } from "../../ink/stroke.ts";

/** Nodes and weights of Gauss and Hermite's rule for a normal distribution of variance 1; they lie on both sides of 0. */
const RULE = [
  [0.6167065901925942, 0.4088284695560292],
  [1.8891758777537109, 0.08861574604191444],
  [3.3242574335521193, 0.002555784402056241],
].flatMap(([at, share]) => [
  { at: -at!, share: share! },
  { at: at!, share: share! },
]);
/** Variance of the error of rounding to whole units of the whiteboard. */
const ROUNDING_VARIANCE = WHITEBOARD_SCALE ** 2 / 12;

/** A component, widened by the rounding. */
interface Wide {
  readonly weight: number;
  readonly x: number;
  readonly y: number;
  readonly xx: number;
  readonly yy: number;
  readonly xy: number;
  /** log of the weight and of the density's constant factor. */
  readonly height: number;
}

/** Kullback-Leibler divergence in nats, position and pen together, of rows [1 + 6M] of a trace's mixture. */
export function divergence(p: Float32Array, q: Float32Array): number {
  const [one, other] = [mixtureOf(p), mixtureOf(q)];
  return position(one.components.map(wide), other.components.map(wide)) + pen(one.lift, other.lift);
}

function wide({ weight, x, y, sigmaX, sigmaY, rho }: Component): Wide {
  const xx = sigmaX ** 2 + ROUNDING_VARIANCE;
  const yy = sigmaY ** 2 + ROUNDING_VARIANCE;
  const xy = rho * sigmaX * sigmaY;
  const height = Math.log(weight) - Math.log(2 * Math.PI) - 0.5 * Math.log(xx * yy - xy ** 2);
  return { weight, x, y, xx, yy, xy, height };
}

/** The mean of log p / q over the position, by the rule in each component of p. */
function position(p: readonly Wide[], q: readonly Wide[]): number {
  let sum = 0;
  for (const { weight, x, y, xx, yy, xy } of p) {
    // The Cholesky factor of the covariance.
    const a = Math.sqrt(xx);
    const b = xy / a;
    const c = Math.sqrt(yy - b ** 2);
    for (const u of RULE) {
      for (const v of RULE) {
        const [atX, atY] = [x + a * u.at, y + b * u.at + c * v.at];
        sum += weight * u.share * v.share * (logDensity(p, atX, atY) - logDensity(q, atX, atY));
      }
    }
  }
  return sum;
}

const terms: number[] = [];

function logDensity(components: readonly Wide[], atX: number, atY: number): number {
  let most = Number.NEGATIVE_INFINITY;
  for (let k = 0; k < components.length; k++) {
    const { x, y, xx, yy, xy, height } = components[k]!;
    const [dx, dy] = [atX - x, atY - y];
    const term = height - (0.5 * (yy * dx ** 2 - 2 * xy * dx * dy + xx * dy ** 2)) / (xx * yy - xy ** 2);
    terms[k] = term;
    if (term > most) most = term;
  }
  let sum = 0;
  for (let k = 0; k < components.length; k++) sum += Math.exp(terms[k]! - most);
  return most + Math.log(sum);
}

/** Divergence of the pen's lift. */
function pen(p: number, q: number): number {
  const lifts = p > 0 ? p * Math.log(p / q) : 0;
  return lifts + (p < 1 ? (1 - p) * Math.log((1 - p) / (1 - q)) : 0);
}
