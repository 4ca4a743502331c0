/** Forks (spec/futures.md): the twin of `branches` in src/pentrace/engine/mixture.py. */

import type { Component, Mixture } from "../engine/mixture.ts";

const LIKELY = 0.01;
const BRANCH = 0.15;
const NEAR = 4;

/** A group of components that are near to one another and far from the others: one of several ways on. */
export interface Branch {
  /** Numbers of components, the heaviest first. */
  readonly components: readonly number[];
  /** The sum of their weights. */
  readonly weight: number;
}

/** Well-separated groups of components, those that are likely enough, the heaviest first. */
export function branches({ components }: Mixture): Branch[] {
  const likely = components
    .map((component, number) => ({ component, number }))
    .filter(({ component: { weight } }) => weight >= LIKELY)
    .sort((a, b) => b.component.weight - a.component.weight);
  const groups: { readonly heaviest: Component; readonly components: number[]; weight: number }[] = [];
  for (const { component, number } of likely) {
    const group = groups.find(({ heaviest }) => near(heaviest, component));
    if (group === undefined) {
      groups.push({ heaviest: component, components: [number], weight: component.weight });
    } else {
      group.components.push(number);
      group.weight += component.weight;
    }
  }
  return groups.filter(({ weight }) => weight >= BRANCH).sort((a, b) => b.weight - a.weight);
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
