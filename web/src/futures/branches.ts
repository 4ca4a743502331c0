/** Forks (spec/futures.md): the twin of `branches` in src/pentrace/engine/mixture.py. */

import type { Component, Mixture } from "../engine/mixture.ts";

const LIKELY = 0.01;
const BRANCH = 0.15;
const NEAR = 4;

/** Weights of the well-separated groups of components, those that are likely enough, greatest first. */
export function branches({ components }: Mixture): number[] {
  const likely = components.filter(({ weight }) => weight >= LIKELY).sort((a, b) => b.weight - a.weight);
  const groups: { readonly heaviest: Component; weight: number }[] = [];
  for (const component of likely) {
    const group = groups.find(({ heaviest }) => near(heaviest, component));
    if (group === undefined) groups.push({ heaviest: component, weight: component.weight });
    else group.weight += component.weight;
  }
  const weights = groups.map(({ weight }) => weight);
  return weights.filter((weight) => weight >= BRANCH).sort((a, b) => b - a);
}

/** Whether means are near by their mean covariance; multiplied out, so that nothing is divided by zero. */
function near(a: Component, b: Component): boolean {
  const xx = (a.sigmaX ** 2 + b.sigmaX ** 2) / 2;
  const yy = (a.sigmaY ** 2 + b.sigmaY ** 2) / 2;
  const xy = (a.rho * a.sigmaX * a.sigmaY + b.rho * b.sigmaX * b.sigmaY) / 2;
  const dx = a.x - b.x;
  const dy = a.y - b.y;
  return dx * dx * yy - 2 * dx * dy * xy + dy * dy * xx <= NEAR * (xx * yy - xy * xy);
}
