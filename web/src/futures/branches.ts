/** Forks (spec/futures.md): the twin of `branches` in src/pentrace/pictures/futures.py. */

const LIKELY = 0.01;
const BRANCH = 0.15;
const NEAR = 4;

/** Parameters of the next offset, one entry a component. */
export interface Mixture {
  /** Probability that the pen lifts. */
  readonly lift: number;
  readonly components: readonly Component[];
}

export interface Component {
  readonly weight: number;
  readonly x: number;
  readonly y: number;
  readonly sigmaX: number;
  readonly sigmaY: number;
  readonly rho: number;
}

/** A row [1 + 6M] of a trace's mixture. */
export function mixtureOf(row: Float32Array): Mixture {
  const m = (row.length - 1) / 6;
  const components = Array.from({ length: m }, (_, k) => ({
    weight: row[1 + k]!,
    x: row[1 + m + k]!,
    y: row[1 + 2 * m + k]!,
    sigmaX: row[1 + 3 * m + k]!,
    sigmaY: row[1 + 4 * m + k]!,
    rho: row[1 + 5 * m + k]!,
  }));
  return { lift: row[0]!, components };
}

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
