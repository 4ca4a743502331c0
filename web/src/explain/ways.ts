/** Two ways on from a step: what each weighs, and which of them a future takes. */

import { axesOf, type Component, type Mixture } from "../engine/mixture.ts";
import type { Branch } from "../futures/branches.ts";

/** The components of two ways: whole branches where a and b lead some, otherwise a and b alone. */
export type Ways = readonly [readonly number[], readonly number[]];

export function waysOf(a: number, b: number, branches: readonly Branch[]): Ways {
  const led = (k: number) => branches.find(({ components }) => components[0] === k)?.components ?? [k];
  return [led(a), led(b)];
}

/** The heaviest components of the two likeliest ways; where there is one way only, the two heaviest of all. */
export function heaviest({ components }: Mixture, branches: readonly Branch[]): [number, number] {
  const [one, other] = branches;
  if (one !== undefined && other !== undefined) return [one.components[0]!, other.components[0]!];
  const order = [...components.keys()].sort((i, j) => components[j]!.weight - components[i]!.weight);
  return [order[0]!, order[1] ?? order[0]!];
}

/** How clearly two components part: more for two that are both likely, and for means that are far apart by their spread. */
export function parting(one: Component, other: Component): number {
  const apart = Math.hypot(one.x - other.x, one.y - other.y);
  const spread = axesOf(one).long + axesOf(other).long;
  return apart === 0 ? 0 : (Math.min(one.weight, other.weight) * apart ** 2) / (apart + spread);
}

/** The probability of a way; mixture: [1 + 6K]. */
export function weightOf(mixture: Float32Array, way: readonly number[]): number {
  return way.reduce((sum, k) => sum + mixture[1 + k]!, 0);
}

/** The share of the first way among both. */
export function shareOf(mixture: Float32Array, [one, other]: Ways): number {
  const first = weightOf(mixture, one);
  return first / (first + weightOf(mixture, other));
}

/** Which way an offset takes: 0 or 1, or 2 where it is likelier to come from another component. */
export function wayTaken({ components }: Mixture, ways: Ways, dx: number, dy: number): 0 | 1 | 2 {
  let [best, most] = [0, Number.NEGATIVE_INFINITY];
  components.forEach(({ weight, x, y, sigmaX, sigmaY, rho }, k) => {
    const [u, v] = [(dx - x) / sigmaX, (dy - y) / sigmaY];
    const free = 1 - rho * rho;
    const height = Math.log(weight / (sigmaX * sigmaY * Math.sqrt(free)));
    const value = height - (u * u + v * v - 2 * rho * u * v) / (2 * free);
    if (value > most) [best, most] = [k, value];
  });
  const way = ways.findIndex((some) => some.includes(best));
  return way < 0 ? 2 : (way as 0 | 1);
}
