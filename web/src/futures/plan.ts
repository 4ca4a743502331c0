/** The order in which a field is drawn: a coarse picture first, then the rest, rows far apart first. */

/** Futures `first` to first + count - 1 of a row. */
export interface Piece {
  readonly row: number;
  readonly first: number;
  readonly count: number;
}

/** Rows of the coarse picture, and its futures a row: two workers draw them in 300 ms. */
const COARSE_ROWS = 40;
const COARSE_FUTURES = 8;
/** Up to this many rows are drawn in order: a writing pen adds that many. */
const FEW = 24;
/** Most futures in a piece: a worker looks for newer requests between pieces. */
const MOST = 50;

/** The pieces that are missing; known[p]: the futures of row p that are there, from the first on. */
export function plan(known: readonly number[], futures: number): Piece[] {
  const missing = known.flatMap((count, row) => (count < futures ? [row] : []));
  if (missing.length <= FEW) return missing.flatMap((row) => rest(row, known[row]!, futures));
  const stride = strideOf(known.length);
  const pieces: Piece[] = [];
  const reached = [...known];
  for (let row = 0; row < known.length; row += stride) {
    const to = Math.min(COARSE_FUTURES, futures);
    if (reached[row]! < to) pieces.push({ row, first: reached[row]!, count: to - reached[row]! });
    reached[row] = Math.max(reached[row]!, to);
  }
  for (const row of spreading(known.length, stride)) pieces.push(...rest(row, reached[row]!, futures));
  return pieces;
}

/** From one row of the coarse picture, which comes first, to the next. */
export function strideOf(rows: number): number {
  return 2 ** Math.max(0, Math.ceil(Math.log2(rows / COARSE_ROWS)));
}

/** Rows 0, stride, 2 stride, ...; then those half-way between; and so on, until every row came once. */
function* spreading(rows: number, stride: number): Generator<number> {
  for (let row = 0; row < rows; row += stride) yield row;
  for (let gap = stride; gap > 1; gap /= 2) {
    for (let row = gap / 2; row < rows; row += gap) yield row;
  }
}

function rest(row: number, from: number, futures: number): Piece[] {
  const pieces: Piece[] = [];
  for (let first = from; first < futures; first += MOST) {
    pieces.push({ row, first, count: Math.min(MOST, futures - first) });
  }
  return pieces;
}
