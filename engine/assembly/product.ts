/**
 * int8 rows times int16 columns, exact.
 *
 * Rows come in panels of 16. A panel holds, for each pair of columns (2j, 2j + 1), four vectors of 8 bytes, and a vector
 * holds the two weights of four rows: so one `dot` adds a pair of products to four rows' sums, and no sum ever crosses lanes.
 *
 * Letter key: P pairs of columns.
 */

/** Rows of a panel. */
export const PANEL: i32 = 16;
/** Bytes of a panel for each pair of columns. */
export const PAIR_BYTES: usize = 32;
/** Pairs whose sum fits 32 bits whatever the values: 504 x 2^7 x 2^15 < 2^31. Longer sums go on in f32. */
const CHUNK: i32 = 252;

/** Puts one row of `columns` int8 weights at `source` into its place: row = 16 panel + 4 vector + lane. */
export function packRow(source: usize, columns: i32, panels: usize, panelBytes: usize, row: i32): void {
  let to = panels + <usize>(row >> 4) * panelBytes + <usize>((row >> 2) & 3) * 8 + <usize>(row & 3) * 2;
  for (let k = 0; k < columns; k += 2) {
    store<i8>(to, load<i8>(source + k));
    if (k + 1 < columns) store<i8>(to + 1, load<i8>(source + k + 1));
    to += PAIR_BYTES;
  }
}

/** sums f32 [16] = panel [16, 2P] times q int16 [2P]. */
export function product(panel: usize, q: usize, pairs: i32, sums: usize): void {
  let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0;
  const end = q + <usize>pairs * 4;
  while (q < end) {
    let a0 = i32x4.splat(0), a1 = a0, a2 = a0, a3 = a0;
    const stop = min(end, q + CHUNK * 4);
    while (q < stop) {
      const x = v128.load_splat<i32>(q);
      a0 = i32x4.add(a0, i32x4.dot_i16x8_s(v128.load_ext<i8>(panel), x));
      a1 = i32x4.add(a1, i32x4.dot_i16x8_s(v128.load_ext<i8>(panel, 8), x));
      a2 = i32x4.add(a2, i32x4.dot_i16x8_s(v128.load_ext<i8>(panel, 16), x));
      a3 = i32x4.add(a3, i32x4.dot_i16x8_s(v128.load_ext<i8>(panel, 24), x));
      panel += PAIR_BYTES;
      q += 4;
    }
    s0 = f32x4.add(s0, f32x4.convert_i32x4_s(a0));
    s1 = f32x4.add(s1, f32x4.convert_i32x4_s(a1));
    s2 = f32x4.add(s2, f32x4.convert_i32x4_s(a2));
    s3 = f32x4.add(s3, f32x4.convert_i32x4_s(a3));
  }
  v128.store(sums, s0);
  v128.store(sums, s1, 16);
  v128.store(sums, s2, 32);
  v128.store(sums, s3, 48);
}
