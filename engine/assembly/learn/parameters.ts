/**
 * What is learned: every float32 tensor of the checkpoint but those of a text, what directions of h add, and a hand code.
 * Flat it is as in a hand's file, [count]; spread it has a padded place for each tensor, and so does its gradient.
 *
 * Letter key: as in sizes.ts.
 */

import { C, Cp, D, Dp, G, H, Hp, R, RANK, Rp, W, bytes } from "./sizes";

/** Places in the spread block, in bytes. Weights of dx, dy and pen, [3, W]: of the gates, then of the code. */
export let INPUT: usize = 0;
/** Scales of the recurrent rows, [W]: of the gates, then of the code. */
export let SCALE: usize = 0;
export let BIAS: usize = 0;
export let GAIN: usize = 0;
/** Scales of the modulation's rows, [G]. */
export let MODULATION: usize = 0;
export let CELL_GAIN: usize = 0;
export let CELL_BIAS: usize = 0;
export let HEAD_SCALE: usize = 0;
export let HEAD_BIAS: usize = 0;
/** What each direction adds to the gates and to the code, [RANK, W]. */
export let ALONG: usize = 0;
/** The hand code, [Dp]. */
export let HAND: usize = 0;
/** Bytes of the whole block. */
export let BLOCK: usize = 0;

let flat: usize = 0;
let block: usize = 0;
let spreading: bool = false;

export function placeParameters(): void {
  SCALE = INPUT + 3 * bytes(W);
  BIAS = SCALE + bytes(W);
  GAIN = BIAS + bytes(G);
  MODULATION = GAIN + bytes(G);
  CELL_GAIN = MODULATION + bytes(G);
  CELL_BIAS = CELL_GAIN + bytes(Hp);
  HEAD_SCALE = CELL_BIAS + bytes(Hp);
  HEAD_BIAS = HEAD_SCALE + bytes(Rp);
  ALONG = HEAD_BIAS + bytes(Rp);
  HAND = ALONG + bytes(RANK * W);
  BLOCK = HAND + bytes(Dp);
}

/** The block from flat numbers. */
export function spread(from: usize, to: usize): void {
  go(from, to, true);
}

/** Flat numbers from the block. */
export function gather(from: usize, to: usize): void {
  go(to, from, false);
}

function go(flatAt: usize, blockAt: usize, toBlock: bool): void {
  flat = flatAt;
  block = blockAt;
  spreading = toBlock;
  for (let gate = 0; gate < 4; gate++) columns(INPUT + bytes(gate * Hp), H);
  gates(SCALE);
  gates(BIAS);
  gates(GAIN);
  run(CELL_GAIN, H);
  run(CELL_BIAS, H);
  columns(INPUT + bytes(G), C);
  run(SCALE + bytes(G), C);
  if (Cp) gates(MODULATION);
  run(HEAD_SCALE, R);
  run(HEAD_BIAS, R);
  for (let k = 0; k < RANK; k++) {
    const row = ALONG + bytes(k * W);
    gates(row);
    run(row + bytes(G), C);
  }
  run(HAND, D);
}

function gates(at: usize): void {
  for (let gate = 0; gate < 4; gate++) run(at + bytes(gate * Hp), H);
}

/** [n, 3] of the file, which are three rows of the block, W apart. */
function columns(at: usize, n: i32): void {
  for (let k = 0; k < n; k++) {
    for (let column = 0; column < 3; column++) move(at + bytes(column * W + k));
  }
}

function run(at: usize, n: i32): void {
  for (let k = 0; k < n; k++) move(at + bytes(k));
}

// @ts-ignore: decorator
@inline
function move(at: usize): void {
  if (spreading) store<f32>(block + at, load<f32>(flat));
  else store<f32>(flat, load<f32>(block + at));
  flat += 4;
}
