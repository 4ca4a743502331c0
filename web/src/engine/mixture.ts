/** The mixture that predicts the next offset, unpacked. Letter key: M components. */

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
