/**
 * The change of the recurrent weights, of low rank (LoRA, Hu et al. 2021, arXiv:2106.09685): what a few directions of h add
 * to the pre-activations and to the code. Only what they add is learned. The directions are those in which h varies most
 * while the checkpoint reads the lines.
 *
 * Letter key: as in sizes.ts.
 */

import { alloc } from "../memory";
import { add, sumOf } from "../vector";
import { Matrix } from "./matrix";
import { ALONG } from "./parameters";
import { H, Hp, RANK, W, bytes } from "./sizes";
import { STATES } from "./tape";

/** Rounds of the power iteration. */
const ROUNDS: i32 = 8;
/** What remains of a vector that lies among those before it. */
const NOTHING: f64 = 1e-6;

/** [Hp, RANK] */
const directions = changetype<Matrix>(memory.data(16, 16));
/** The gradients by h along the directions, [N, RANK]. */
let dAlong: usize = 0;
/** While directions are sought: the sum of h h^T, f32 [H, Hp]; else 0. */
let moments: usize = 0;

export function placeDirections(lines: i32): void {
  directions.place(Hp, RANK);
  dAlong = alloc(<i32>bytes(RANK * lines));
  moments = 0;
}

/** The directions, f32 [RANK, H]. */
export function setDirections(source: usize): void {
  for (let k = 0; k < RANK; k++) {
    for (let cell = 0; cell < H; cell++, source += 4) directions.set(cell, k, load<f32>(source));
  }
}

/** h [lines, Hp] along the directions, to the record. */
export function project(h: usize, record: usize, lines: i32): void {
  directions.times(h, record + STATES, lines);
}

/** Adds to the pre-activations and the code [W] what the directions add. */
export function addAlong(parameters: usize, record: usize, line: i32, to: usize): void {
  const states = record + STATES + bytes(line * RANK), row = bytes(W);
  for (let k = 0; k < RANK; k++) {
    const s = v128.load_splat<f32>(states + bytes(k)), from = parameters + ALONG + bytes(k * W);
    for (let at: usize = 0; at < row; at += 16) add(to + at, f32x4.mul(v128.load(from + at), s));
  }
}

/** Before lines go backward. */
export function clearAlongBack(lines: i32): void {
  memory.fill(dAlong, 0, bytes(RANK * lines));
}

/** From d(pre-activations) [W]: the gradients by what is added, and those by h along the directions. */
export function addAlongBack(parameters: usize, record: usize, line: i32, d: usize, to: usize): void {
  const states = record + STATES + bytes(line * RANK), row = bytes(W);
  for (let k = 0; k < RANK; k++) {
    const s = v128.load_splat<f32>(states + bytes(k)), place = ALONG + bytes(k * W);
    let sum = f32x4.splat(0);
    for (let at: usize = 0; at < row; at += 16) {
      const da = v128.load(d + at);
      add(to + place + at, f32x4.mul(da, s));
      sum = f32x4.add(sum, f32x4.mul(da, v128.load(parameters + place + at)));
    }
    store<f32>(dAlong + bytes(line * RANK + k), sumOf(sum));
  }
}

/** Adds to dh [lines, Hp] what comes through the directions; `scratch` is as large. */
export function projectBack(dh: usize, lines: i32, scratch: usize): void {
  directions.timesBack(dAlong, scratch, bytes(Hp), lines);
  for (let at: usize = 0, end = bytes(Hp * lines); at < end; at += 16) add(dh + at, v128.load(scratch + at));
}

/** From now on h is remembered, until `forget`. Returns whether there is room. */
export function seek(): bool {
  moments = alloc(<i32>bytes(H * Hp));
  return moments != 0;
}

/** Remembers h of a step of a line, [Hp], where directions are sought. */
export function remember(h: usize): void {
  if (!moments) return;
  for (let cell = 0; cell < H; cell++) {
    const value = v128.load_splat<f32>(h + bytes(cell)), row = moments + bytes(cell * Hp);
    for (let at: usize = 0, end = bytes(Hp); at < end; at += 16) add(row + at, f32x4.mul(value, v128.load(h + at)));
  }
}

/**
 * The directions in which what was remembered is largest, f32 [RANK, H], by power iteration from evenly spaced rows of the
 * sums. Where there are fewer, the others are zero. Returns whether there was room.
 */
export function found(to: usize): bool {
  const size = <usize>H * 8;
  const now = <usize>alloc(RANK * H * 8), next = <usize>alloc(RANK * H * 8);
  if (!moments || !next) return false;
  for (let k = 0; k < RANK; k++) {
    const row = moments + bytes((k * H / RANK) * Hp);
    for (let cell = 0; cell < H; cell++) {
      store<f64>(now + <usize>k * size + (<usize>cell << 3), <f64>load<f32>(row + bytes(cell)));
    }
  }
  orthonormalise(now, size);
  for (let round = 0; round < ROUNDS; round++) {
    for (let k = 0; k < RANK; k++) {
      const from = now + <usize>k * size, into = next + <usize>k * size;
      for (let cell = 0; cell < H; cell++) {
        let sum: f64 = 0;
        const row = moments + bytes(cell * Hp);
        for (let other = 0; other < H; other++) {
          sum += <f64>load<f32>(row + bytes(other)) * load<f64>(from + (<usize>other << 3));
        }
        store<f64>(into + (<usize>cell << 3), sum);
      }
    }
    memory.copy(now, next, <usize>RANK * size);
    orthonormalise(now, size);
  }
  for (let n = 0; n < RANK * H; n++) store<f32>(to + bytes(n), <f32>load<f64>(now + (<usize>n << 3)));
  return true;
}

/** Ends it, whatever came of it: the memory is the caller's again. */
export function forget(): void {
  moments = 0;
}

/** Rows of `size` bytes, each without its part along those before it, and of length 1 or 0 (Gram and Schmidt). */
function orthonormalise(rows: usize, size: usize): void {
  for (let k = 0; k < RANK; k++) {
    const own = rows + <usize>k * size;
    const before = Math.sqrt(dot(own, own, size));
    for (let other = 0; other < k; other++) {
      const row = rows + <usize>other * size;
      addTimes(own, row, -dot(own, row, size), size);
    }
    const length = Math.sqrt(dot(own, own, size));
    const scale = length > NOTHING * before ? 1 / length : 0;
    for (let at: usize = 0; at < size; at += 8) store<f64>(own + at, load<f64>(own + at) * scale);
  }
}

function dot(a: usize, b: usize, size: usize): f64 {
  let sum: f64 = 0;
  for (let at: usize = 0; at < size; at += 8) sum += load<f64>(a + at) * load<f64>(b + at);
  return sum;
}

function addTimes(to: usize, from: usize, times: f64, size: usize): void {
  for (let at: usize = 0; at < size; at += 8) {
    store<f64>(to + at, load<f64>(to + at) + times * load<f64>(from + at));
  }
}
