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

/** The ellipse of a component at one sigma. */
export interface Axes {
  /** Half of its longer and of its shorter axis. */
  readonly long: number;
  readonly short: number;
  /** The direction of the longer axis, radians. */
  readonly angle: number;
}

export function axesOf({ sigmaX, sigmaY, rho }: Component): Axes {
  const [xx, yy, xy] = [sigmaX ** 2, sigmaY ** 2, rho * sigmaX * sigmaY];
  const mean = (xx + yy) / 2;
  const apart = Math.hypot((xx - yy) / 2, xy);
  return {
    long: Math.sqrt(mean + apart),
    short: Math.sqrt(Math.max(mean - apart, 0)),
    angle: 0.5 * Math.atan2(2 * xy, xx - yy),
  };
}
