/**
 * Integer rows times integer columns, exact.
 *
 * Rows come in panels of 16. A panel holds, for each pair of columns (2j, 2j + 1), four vectors, and a vector holds the two
 * weights of four rows: one `dot` adds a pair of products to the sums of four rows, and no sum ever crosses lanes.
 *
 * Two vectors share 16 bytes: a lane of 16 bits is 256 b + (a + 128), with a from the first and b from the second. So one
 * shift unpacks b, and a never is: its sum is that of the whole lanes, less 256 times that of b, less 128 times the sum of
 * the column; modulo 2^32 that is exact. It is the fastest of the forms tried (benchmarks/README.md).
 *
 * Letter key: P pairs of columns, a multiple of 4.
 */

/** Rows of a panel, and bytes of one float for each of them. */
export const PANEL: i32 = 16;
export const SIXTEEN: usize = 64;
/** h is kept as a 16-bit integer h * 16384 for the products. */
export const Q_UNIT: f32 = 16384;
/** Bytes of a panel for each pair of columns. */
export const PAIR_BYTES: usize = 32;
/** Bytes of a widened panel for each pair of columns. */
export const WIDE_BYTES: usize = 64;
/** Pairs whose sum fits 32 bits whatever the values: 504 x 2^7 x 2^15 < 2^31. Longer sums go on in f32. */
const CHUNK: i32 = 252;
/** Room for the totals of a column of 2048. */
export const TOTALS_BYTES: i32 = 32;

/** The place of a row of gates [4, cells]: gate g of cell j is in panel j / 4, vector g, lane j % 4. */
export function placeOfGate(row: i32, cells: i32): i32 {
  const gate = row / cells, cell = row % cells;
  return (cell >> 2) * PANEL + gate * 4 + (cell & 3);
}

/** Puts one row of `columns` int8 weights at `source` into its place: row = 16 panel + 4 vector + lane. */
export function packRow(source: usize, columns: i32, panels: usize, panelBytes: usize, row: i32): void {
  const second = (row >> 2) & 1;
  const place = ((row >> 3) & 1) * 16 + (row & 3) * 4 + second;
  const to = panels + <usize>(row >> 4) * panelBytes + <usize>place;
  for (let k = 0; k < columns; k++) {
    const weight = load<i8>(source + k);
    const at = to + <usize>(k >> 1) * PAIR_BYTES + <usize>(k & 1) * 2;
    store<u8>(at, second ? weight : weight + 128);
  }
}

/** totals int32: 128 times the sum of each piece of the column q, for `product`. */
export function totalColumn(q: usize, pairs: i32, totals: usize): void {
  const end = q + <usize>pairs * 4;
  while (q < end) {
    const stop = min(end, q + CHUNK * 4);
    let sum = i32x4.splat(0);
    for (; q < stop; q += 16) sum = i32x4.add(sum, i32x4.extadd_pairwise_i16x8_s(v128.load(q)));
    const total =
      i32x4.extract_lane(sum, 0) + i32x4.extract_lane(sum, 1) + i32x4.extract_lane(sum, 2) + i32x4.extract_lane(sum, 3);
    store<i32>(totals, 128 * total);
    totals += 4;
  }
}

/** sums f32 [16] = panel [16, 2P] times the column q int16 [2P]. */
export function product(panel: usize, q: usize, totals: usize, pairs: i32, sums: usize): void {
  const end = q + <usize>pairs * 4;
  let first = true;
  while (q < end) {
    const stop = min(end, q + CHUNK * 4);
    // Sums of whole lanes, of their upper halves.
    let whole0 = i32x4.splat(0), upper0 = whole0, whole1 = whole0, upper1 = whole0;
    while (q < stop) {
      const x = v128.load_splat<i32>(q);
      const w0 = v128.load(panel);
      whole0 = i32x4.add(whole0, i32x4.dot_i16x8_s(w0, x));
      upper0 = i32x4.add(upper0, i32x4.dot_i16x8_s(i16x8.shr_s(w0, 8), x));
      const w1 = v128.load(panel, 16);
      whole1 = i32x4.add(whole1, i32x4.dot_i16x8_s(w1, x));
      upper1 = i32x4.add(upper1, i32x4.dot_i16x8_s(i16x8.shr_s(w1, 8), x));
      panel += PAIR_BYTES;
      q += 4;
    }
    const total = v128.load_splat<i32>(totals);
    put(sums, lower(whole0, upper0, total), first);
    put(sums + 16, upper0, first);
    put(sums + 32, lower(whole1, upper1, total), first);
    put(sums + 48, upper1, first);
    totals += 4;
    first = false;
  }
}

// @ts-ignore: decorator
@inline
function lower(whole: v128, upper: v128, total: v128): v128 {
  return i32x4.sub(i32x4.sub(whole, i32x4.shl(upper, 8)), total);
}

/** A panel as int16, for products with many columns: [P, 4, 8]. */
export function widen(panel: usize, pairs: i32, wide: usize): void {
  const end = panel + <usize>pairs * PAIR_BYTES;
  while (panel < end) {
    widenHalf(v128.load(panel), wide);
    widenHalf(v128.load(panel, 16), wide + 32);
    panel += PAIR_BYTES;
    wide += WIDE_BYTES;
  }
}

// @ts-ignore: decorator
@inline
function widenHalf(w: v128, wide: usize): void {
  v128.store(wide, i16x8.sub(v128.and(w, i16x8.splat(255)), i16x8.splat(128)));
  v128.store(wide, i16x8.shr_s(w, 8), 16);
}

/** sums f32 [2, 16] = a widened panel times two columns p and q: for each what `product` gives. */
export function product2(wide: usize, p: usize, q: usize, pairs: i32, sums: usize): void {
  const end = p + <usize>pairs * 4;
  let first = true;
  while (p < end) {
    const stop = min(end, p + CHUNK * 4);
    let s0 = i32x4.splat(0), s1 = s0, s2 = s0, s3 = s0, t0 = s0, t1 = s0, t2 = s0, t3 = s0;
    while (p < stop) {
      const x = v128.load_splat<i32>(p);
      const y = v128.load_splat<i32>(q);
      const w0 = v128.load(wide);
      s0 = i32x4.add(s0, i32x4.dot_i16x8_s(w0, x));
      t0 = i32x4.add(t0, i32x4.dot_i16x8_s(w0, y));
      const w1 = v128.load(wide, 16);
      s1 = i32x4.add(s1, i32x4.dot_i16x8_s(w1, x));
      t1 = i32x4.add(t1, i32x4.dot_i16x8_s(w1, y));
      const w2 = v128.load(wide, 32);
      s2 = i32x4.add(s2, i32x4.dot_i16x8_s(w2, x));
      t2 = i32x4.add(t2, i32x4.dot_i16x8_s(w2, y));
      const w3 = v128.load(wide, 48);
      s3 = i32x4.add(s3, i32x4.dot_i16x8_s(w3, x));
      t3 = i32x4.add(t3, i32x4.dot_i16x8_s(w3, y));
      wide += WIDE_BYTES;
      p += 4;
      q += 4;
    }
    put(sums, s0, first);
    put(sums + 16, s1, first);
    put(sums + 32, s2, first);
    put(sums + 48, s3, first);
    put(sums + 64, t0, first);
    put(sums + 80, t1, first);
    put(sums + 96, t2, first);
    put(sums + 112, t3, first);
    first = false;
  }
}

// @ts-ignore: decorator
@inline
function put(sums: usize, sum: v128, first: bool): void {
  const value = f32x4.convert_i32x4_s(sum);
  v128.store(sums, first ? value : f32x4.add(v128.load(sums), value));
}
