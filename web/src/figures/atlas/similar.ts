/**
 * Similar moments: where, in other ink, cells were most as they were over a span (spec/atlas.md); Python's
 * `pentrace.atlas.similar` is the twin.
 *
 * Letter key: m cells that are compared, n rows of an ink, S rows of the span.
 */

/** Rows of an ink, end left out. */
export interface Span {
  readonly begin: number;
  readonly end: number;
}

/** An ink in which moments are looked for. */
export interface Searched {
  /** Its number in the atlas; null for the ink that the span is of. */
  readonly line: number | null;
  /** Cell states in standard deviations, [n, m]. */
  readonly rows: Float32Array;
  /** No moment may overlap these rows. */
  readonly apartFrom?: Span;
}

export interface SimilarMoment extends Span {
  readonly line: number | null;
  /** Root mean square difference, in standard deviations; 0 is the same. */
  readonly distance: number;
}

interface Window {
  readonly ink: number;
  readonly row: number;
  /** Sum of squares. */
  readonly total: number;
}

/**
 * The moments nearest to a span [S, m], the nearest first; no two of one ink overlap.
 *
 * A few rows of a window already show that most windows are too far. Nothing is lost by that: of windows that do not
 * overlap, the choice below keeps at least half, so twice as many as are wanted limit how far a moment can be.
 * farthest: moments that are farther are not wanted.
 */
export function similarMoments(
  inks: readonly Searched[],
  span: Float32Array,
  m: number,
  count: number,
  farthest = Number.POSITIVE_INFINITY,
): SimilarMoment[] {
  const S = span.length / m;
  const probes = [...new Set([S >> 1, 0, S - 1])];
  const others = Array.from({ length: S }, (_, k) => k).filter((k) => !probes.includes(k));
  const bounds = inks.map((ink) => {
    const sums = new Float64Array(Math.max(ink.rows.length / m - S + 1, 0));
    for (let row = 0; row < sums.length; row++) {
      for (const k of probes) sums[row]! += apart(ink.rows, row + k, span, k, m);
    }
    const { begin, end } = ink.apartFrom ?? { begin: 0, end: 0 };
    if (end > begin) sums.fill(Number.POSITIVE_INFINITY, Math.max(0, begin - S + 1), end);
    return sums;
  });
  const whole = ({ ink, row, total }: Window, most = Number.POSITIVE_INFINITY): number => {
    let sum = total;
    for (const k of others) {
      if (sum > most) return Number.POSITIVE_INFINITY;
      sum += apart(inks[ink]!.rows, row + k, span, k, m);
    }
    return sum;
  };
  const promising = separate(bounds, 2 * count, S);
  const bound =
    promising.length < 2 * count
      ? Number.POSITIVE_INFINITY
      : promising.reduce((far, window) => Math.max(far, whole(window)), 0);
  const most = Math.min(bound, farthest ** 2 * span.length);
  const totals = bounds.map((sums, ink) => sums.map((total, row) => whole({ ink, row, total }, most)));
  return separate(totals, count, S).map(({ ink, row, total }) => ({
    line: inks[ink]!.line,
    begin: row,
    end: row + S,
    distance: Math.sqrt(total / span.length),
  }));
}

/** The windows with the smallest totals, smallest first, without any that overlaps a smaller one of its ink. */
function separate(totals: readonly Float64Array[], count: number, S: number): Window[] {
  const found: Window[] = [];
  totals.forEach((sums, ink) => {
    const left = sums.slice();
    for (let k = 0; k < count; k++) {
      let row = -1;
      for (let at = 0; at < left.length; at++) {
        if (left[at]! < (row < 0 ? Number.POSITIVE_INFINITY : left[row]!)) row = at;
      }
      if (row < 0) break;
      found.push({ ink, row, total: left[row]! });
      left.fill(Number.POSITIVE_INFINITY, Math.max(0, row - S + 1), row + S);
    }
  });
  return found.sort((a, b) => a.total - b.total).slice(0, count);
}

/** Sum of squares of the difference between two rows of m numbers, in four sums that do not wait for each other. */
function apart(a: Float32Array, row: number, b: Float32Array, other: number, m: number): number {
  let [one, two, three, four] = [0, 0, 0, 0];
  let [i, j] = [row * m, other * m];
  const end = i + m;
  for (; i + 3 < end; i += 4, j += 4) {
    const d = a[i]! - b[j]!;
    const e = a[i + 1]! - b[j + 1]!;
    const f = a[i + 2]! - b[j + 2]!;
    const g = a[i + 3]! - b[j + 3]!;
    one += d * d;
    two += e * e;
    three += f * f;
    four += g * g;
  }
  for (; i < end; i++, j++) one += (a[i]! - b[j]!) ** 2;
  return one + two + three + four;
}
