/**
 * Matrices of whole numbers, the int8 rows of the checkpoint, as f32. They do not change: what is learned are their scales.
 *
 * A matrix [K, N] is held in panels of eight columns, [N / 8, K, 8], so that a product reads it from the first byte to the
 * last. Every sum is over k in its order, whatever else is computed beside it: a line has the same bits alone and with others.
 */

import { alloc } from "../memory";
import { bytes } from "./sizes";

const WIDTH: i32 = 8;
const PANEL: usize = 32;

/** A zeroed matrix [rows, columns], both multiples of 8; 0 when memory cannot grow. */
export function matrix(rows: i32, columns: i32): usize {
  return alloc(rows * columns * 4);
}

/** Puts a number into its place in a matrix of `rows` rows. */
export function place(to: usize, rows: i32, row: i32, column: i32, value: f32): void {
  const panel = to + <usize>(column >> 3) * (<usize>rows * PANEL);
  store<f32>(panel + <usize>row * PANEL + bytes(column & 7), value);
}

/** y [lines, columns] = x [lines, rows] times a matrix; `xStride` and `yStride` bytes from line to line. */
export function product(
  m: usize, rows: i32, columns: i32, x: usize, xStride: usize, y: usize, yStride: usize, lines: i32,
): void {
  let line = 0;
  for (; line + 4 <= lines; line += 4) {
    four(m, rows, columns, x, xStride, y, yStride);
    x += 4 * xStride;
    y += 4 * yStride;
  }
  for (; line + 2 <= lines; line += 2) {
    two(m, rows, columns, x, xStride, y, yStride);
    x += 2 * xStride;
    y += 2 * yStride;
  }
  if (line < lines) one(m, rows, columns, x, y);
}

function four(m: usize, rows: i32, columns: i32, x0: usize, xStride: usize, y: usize, yStride: usize): void {
  const x1 = xStride, x2 = x1 + xStride, x3 = x2 + xStride;
  const end = x0 + bytes(rows);
  for (let column = 0; column < columns; column += WIDTH) {
    let a0 = f32x4.splat(0), a1 = a0, b0 = a0, b1 = a0, c0 = a0, c1 = a0, d0 = a0, d1 = a0;
    for (let x = x0; x < end; x += 4) {
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
    y += PANEL;
  }
}

function two(m: usize, rows: i32, columns: i32, x0: usize, xStride: usize, y: usize, yStride: usize): void {
  const end = x0 + bytes(rows);
  for (let column = 0; column < columns; column += WIDTH) {
    let a0 = f32x4.splat(0), a1 = a0, b0 = a0, b1 = a0;
    for (let x = x0; x < end; x += 4) {
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
    y += PANEL;
  }
}

function one(m: usize, rows: i32, columns: i32, x0: usize, y: usize): void {
  const end = x0 + bytes(rows);
  for (let column = 0; column < columns; column += WIDTH) {
    let a0 = f32x4.splat(0), a1 = a0;
    for (let x = x0; x < end; x += 4) {
      const a = v128.load_splat<f32>(x);
      a0 = f32x4.add(a0, f32x4.mul(v128.load(m), a));
      a1 = f32x4.add(a1, f32x4.mul(v128.load(m, 16), a));
      m += PANEL;
    }
    put(y, a0, a1);
    y += PANEL;
  }
}

// @ts-ignore: decorator
@inline
function put(y: usize, low: v128, high: v128): void {
  v128.store(y, low);
  v128.store(y, high, 16);
}
