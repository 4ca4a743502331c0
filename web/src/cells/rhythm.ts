/** How closely each cell keeps time with the pen (spec/cells.md). */

/** The least number of rows that say anything about a rhythm. */
const LEAST_ROWS = 8;

/**
 * [C], 0 to 1: the share of a cell's variance that is told by how high the pen is and how fast it rises or falls (R2).
 * A wave with the rhythm of the strokes has a large one wherever its peaks lie; a cell that drifts or rests has a small one.
 *
 * values: [rows, C]; y: [rows], the height of the pen in each row, in any unit. The slope of the line is taken out of it.
 */
export function rhythm(values: Float32Array, cells: number, y: ArrayLike<number>): Float32Array {
  const rows = values.length / cells;
  const result = new Float32Array(cells);
  if (rows < LEAST_ROWS) return result;
  const height = withoutSlope(Float64Array.from({ length: rows }, (_, p) => y[p]!));
  const rise = centred(Float64Array.from({ length: rows }, (_, p) => (p === 0 ? 0 : y[p]! - y[p - 1]!)));
  const [hh, rr, hr] = [dot(height, height), dot(rise, rise), dot(height, rise)];
  const free = hh * rr - hr * hr;
  if (!(free > 1e-9 * hh * rr)) return result;
  const [sum, squares, byHeight, byRise] = [0, 1, 2, 3].map(() => new Float64Array(cells)) as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  for (let row = 0, at = 0; row < rows; row++) {
    for (let cell = 0; cell < cells; cell++, at++) {
      const value = values[at]!;
      sum[cell]! += value;
      squares[cell]! += value * value;
      byHeight[cell]! += value * height[row]!;
      byRise[cell]! += value * rise[row]!;
    }
  }
  return result.map((_, cell) => {
    const total = squares[cell]! - sum[cell]! ** 2 / rows;
    const [h, r] = [byHeight[cell]!, byRise[cell]!];
    const told = (h * h * rr - 2 * h * r * hr + r * r * hh) / free;
    // A cell that rests has only rounding errors to be told.
    return total > 1e-6 * rows ? Math.min(told / total, 1) : 0;
  });
}

function dot(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, value, k) => sum + value * b[k]!, 0);
}

function centred(values: Float64Array): Float64Array {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.map((value) => value - mean);
}

/** Without the straight line that fits best. */
function withoutSlope(values: Float64Array): Float64Array {
  const time = centred(Float64Array.from(values, (_, k) => k));
  const level = centred(values);
  const slope = dot(level, time) / dot(time, time);
  return level.map((value, k) => value - slope * time[k]!);
}

/** Of so many cells that keep time best, the one that swings farthest is shown. */
const BEST = 5;

/** The cell that shows the rhythm most plainly: of those with the largest `swing`, the one of the largest variance. */
export function plainest(values: Float32Array, swing: Float32Array): number {
  const best = inTime(Array.from(swing.keys()), swing).slice(0, BEST);
  const spread = best.map((cell) => variance(values, cell, swing.length));
  return best[spread.indexOf(Math.max(...spread))] ?? 0;
}

/** Some cells, those first that keep time best; of equals the lower number. */
export function inTime(cells: readonly number[], swing: Float32Array): number[] {
  return [...cells].sort((a, b) => swing[b]! - swing[a]! || a - b);
}

function variance(values: Float32Array, cell: number, cells: number): number {
  const rows = values.length / cells;
  const own = centred(Float64Array.from({ length: rows }, (_, p) => values[p * cells + cell]!));
  return dot(own, own) / rows;
}
