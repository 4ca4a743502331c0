/** How different two predictions of the next offset are (spec/explain.md, Divergence): the twin of explain/density.py. */

import constants from "../../../spec/constants.json" with { type: "json" };
import { type Component, type Mixture, mixtureOf } from "../engine/mixture.ts";

/** Variance of the error of rounding to whole units of the whiteboard, in model units squared. */
const ROUNDING = constants.whiteboard_scale ** 2 / 12;
/** Gauss and Hermite's rule: places and weights, for the means of a standard normal. */
const HALF: readonly (readonly [number, number])[] = [
  [0.4360774119276165, 0.7246295952243924],
  [1.335849074013697, 0.15706732032285647],
  [2.3506049736744923, 0.004530009905508835],
];
const NODES = HALF.flatMap(([at, weight]) =>
  [-1, 1].map((sign) => [sign * at * Math.SQRT2, weight / Math.sqrt(Math.PI)] as const),
);

/** A component with the variance of rounding added, ready for its density. */
interface Widened extends Component {
  readonly xx: number;
  readonly yy: number;
  readonly xy: number;
  readonly area: number;
  readonly logHeight: number;
}

/**
 * Kullback-Leibler divergence of the next offset, position and pen together, in nats.
 *
 * p: what is true, q: what is said instead, mixtures [1 + 6K] as the engine gives them.
 */
export function divergence(p: Float32Array, q: Float32Array): number {
  const [one, other] = [mixtureOf(p), mixtureOf(q)];
  return position(widened(one), widened(other)) + pen(one.lift, other.lift);
}

function widened({ components }: Mixture): Widened[] {
  return components.map((component) => {
    const { weight, sigmaX, sigmaY, rho } = component;
    const [xx, yy, xy] = [sigmaX ** 2 + ROUNDING, sigmaY ** 2 + ROUNDING, rho * sigmaX * sigmaY];
    const area = xx * yy - xy ** 2;
    return {
      ...component,
      ...{ xx, yy, xy, area },
      logHeight: Math.log(weight) - Math.log(2 * Math.PI) - 0.5 * Math.log(area),
    };
  });
}

function position(p: readonly Widened[], q: readonly Widened[]): number {
  let sum = 0;
  for (const { weight, x, y, xx, yy, xy } of p) {
    // The Cholesky factor of its covariance.
    const a = Math.sqrt(xx);
    const b = xy / a;
    const c = Math.sqrt(yy - b * b);
    for (const [u, shareU] of NODES) {
      for (const [v, shareV] of NODES) {
        const at = [x + a * u, y + b * u + c * v] as const;
        sum += weight * shareU * shareV * (logDensity(p, ...at) - logDensity(q, ...at));
      }
    }
  }
  return sum;
}

/** Of each component; one list for all calls, since the figures need thousands of them at once. */
const terms: number[] = [];

function logDensity(mixture: readonly Widened[], x: number, y: number): number {
  let most = Number.NEGATIVE_INFINITY;
  for (let k = 0; k < mixture.length; k++) {
    const each = mixture[k]!;
    const [dx, dy] = [x - each.x, y - each.y];
    const distance = each.yy * dx * dx - 2 * each.xy * dx * dy + each.xx * dy * dy;
    terms[k] = each.logHeight - (0.5 * distance) / each.area;
    most = Math.max(most, terms[k]!);
  }
  let sum = 0;
  for (let k = 0; k < mixture.length; k++) sum += Math.exp(terms[k]! - most);
  return most + Math.log(sum);
}

/** Divergence of the pen's lift. */
function pen(p: number, q: number): number {
  const term = (one: number, other: number): number => (one > 0 ? one * Math.log(one / other) : 0);
  return term(p, q) + term(1 - p, 1 - q);
}
