/**
 * Matrices of whole numbers, the int8 rows of the checkpoint, as f32. They do not change: what is learned are their scales,
 * and what is added to them (directions.ts).
 *
 * A matrix [K, N] is held in panels of eight columns, [N / 8, K, 8], so that a product reads it from the first byte to the
 * last. Every sum is over k in its order, whatever else is computed beside it: a line has the same bits alone and with others.
 */

import { alloc } from "../memory";
import { bytes } from "./sizes";

const WIDTH: i32 = 8;
const PANEL: usize = 32;

/** A matrix, and the same the other way round for gradients. */
@unmanaged
export class Matrix {
  /** Multiples of 8. */
  rows: i32;
  columns: i32;
  forward: usize;
  back: usize;

  /** Zeroed, in new memory. */
  place(rows: i32, columns: i32): void {
    this.rows = rows;
    this.columns = columns;
    this.forward = alloc(rows * columns * 4);
    this.back = alloc(rows * columns * 4);
  }

  set(row: i32, column: i32, value: f32): void {
    store<f32>(this.forward + (placeOf(this.rows, row, column) << 2), value);
    store<f32>(this.back + (placeOf(this.columns, column, row) << 2), value);
  }

  /** Sets eight elements of a row, at a place of the forward part alone: `transpose` follows. */
  setEight(place: usize, low: v128, high: v128): void {
    put(this.forward + (place << 2), low, high);
  }

  /** Copies a square of eight rows and columns to the part for gradients. */
  transpose(row: i32, column: i32): void {
    const from = this.forward + (placeOf(this.rows, row, column) << 2);
    const to = this.back + (placeOf(this.columns, column, row) << 2);
    for (let k: usize = 0; k < 64; k++) {
      store<f32>(to + (k << 2), load<f32>(from + ((((k & 7) << 3) + (k >> 3)) << 2)));
    }
  }

  /** y [lines, columns] = x [lines, rows] times the matrix. */
  times(x: usize, y: usize, lines: i32): void {
    product(this.forward, this.rows, this.columns, x, y, bytes(this.columns), lines);
  }

  /** y [lines, rows], `stride` bytes from line to line, = x [lines, columns] times the matrix the other way round. */
  timesBack(x: usize, y: usize, stride: usize, lines: i32): void {
    product(this.back, this.columns, this.rows, x, y, stride, lines);
  }
}

/** Numbers before an element in a matrix of `rows` rows. */
// @ts-ignore: decorator
@inline
export function placeOf(rows: i32, row: i32, column: i32): usize {
  return <usize>(((column >> 3) * rows + row) * WIDTH + (column & 7));
}

/**
 * y [lines, columns] = x [lines, rows] times a matrix; `yStride` bytes from line to line. A panel is used for all lines
 * before the next one is fetched.
 */
function product(m: usize, rows: i32, columns: i32, x: usize, y: usize, yStride: usize, lines: i32): void {
  const panel = <usize>rows * PANEL, xStride = bytes(rows);
  for (let column = 0; column < columns; column += WIDTH) {
    let from = x, to = y;
    // shared evenly among groups of four at most: one line takes as long as two
    for (let left = lines, groups = (lines + 3) / 4; groups > 0; groups--) {
      const some = (left + groups - 1) / groups;
      if (some == 4) four(m, rows, from, xStride, to, yStride);
      else if (some == 3) three(m, rows, from, xStride, to, yStride);
      else two(m, rows, from, some == 2 ? xStride : 0, to, some == 2 ? yStride : 0);
      from += <usize>some * xStride;
      to += <usize>some * yStride;
      left -= some;
    }
    m += panel;
    y += PANEL;
  }
}

// A product for each number of lines: their sums stay in registers, and each panel is read once.

function four(m: usize, rows: i32, x: usize, xStride: usize, y: usize, yStride: usize): void {
  const x1 = xStride, x2 = x1 + xStride, x3 = x2 + xStride;
  let a0 = f32x4.splat(0), a1 = a0, b0 = a0, b1 = a0, c0 = a0, c1 = a0, d0 = a0, d1 = a0;
  for (const end = x + bytes(rows); x < end; x += 4) {
    const w0 = v128.load(m), w1 = v128.load(m, 16);
    m += PANEL;
    const a = v128.load_splat<f32>(x);
    a0 = f32x4.add(a0, f32x4.mul(w0, a));
    a1 = f32x4.add(a1, f32x4.mul(w1, a));
    const b = v128.load_splat<f32>(x + x1);
    b0 = f32x4.add(b0, f32x4.mul(w0, b));
    b1 = f32x4.add(b1, f32x4.mul(w1, b));
    const c = v128.load_splat<f32>(x + x2);
    c0 = f32x4.add(c0, f32x4.mul(w0, c));
    c1 = f32x4.add(c1, f32x4.mul(w1, c));
    const d = v128.load_splat<f32>(x + x3);
    d0 = f32x4.add(d0, f32x4.mul(w0, d));
    d1 = f32x4.add(d1, f32x4.mul(w1, d));
  }
  put(y, a0, a1);
  put(y + yStride, b0, b1);
  put(y + 2 * yStride, c0, c1);
  put(y + 3 * yStride, d0, d1);
}

function three(m: usize, rows: i32, x: usize, xStride: usize, y: usize, yStride: usize): void {
  const x1 = xStride, x2 = x1 + xStride;
  let a0 = f32x4.splat(0), a1 = a0, b0 = a0, b1 = a0, c0 = a0, c1 = a0;
  for (const end = x + bytes(rows); x < end; x += 4) {
    const w0 = v128.load(m), w1 = v128.load(m, 16);
    m += PANEL;
    const a = v128.load_splat<f32>(x);
    a0 = f32x4.add(a0, f32x4.mul(w0, a));
    a1 = f32x4.add(a1, f32x4.mul(w1, a));
    const b = v128.load_splat<f32>(x + x1);
    b0 = f32x4.add(b0, f32x4.mul(w0, b));
    b1 = f32x4.add(b1, f32x4.mul(w1, b));
    const c = v128.load_splat<f32>(x + x2);
    c0 = f32x4.add(c0, f32x4.mul(w0, c));
    c1 = f32x4.add(c1, f32x4.mul(w1, c));
  }
  put(y, a0, a1);
  put(y + yStride, b0, b1);
  put(y + 2 * yStride, c0, c1);
}

/** One line alone is computed twice, with strides of 0. */
function two(m: usize, rows: i32, x: usize, xStride: usize, y: usize, yStride: usize): void {
  let a0 = f32x4.splat(0), a1 = a0, b0 = a0, b1 = a0;
  for (const end = x + bytes(rows); x < end; x += 4) {
    const w0 = v128.load(m), w1 = v128.load(m, 16);
    m += PANEL;
    const a = v128.load_splat<f32>(x);
    a0 = f32x4.add(a0, f32x4.mul(w0, a));
    a1 = f32x4.add(a1, f32x4.mul(w1, a));
    const b = v128.load_splat<f32>(x + xStride);
    b0 = f32x4.add(b0, f32x4.mul(w0, b));
    b1 = f32x4.add(b1, f32x4.mul(w1, b));
  }
  put(y, a0, a1);
  put(y + yStride, b0, b1);
}

// @ts-ignore: decorator
@inline
function put(y: usize, low: v128, high: v128): void {
  v128.store(y, low);
  v128.store(y, high, 16);
}
