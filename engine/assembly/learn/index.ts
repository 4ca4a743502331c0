/**
 * learn.wasm: learns a hand (spec/hand.md). It reads lines through the model and back, which gives the gradient of each
 * line, and takes a step of Adam from their sum. Hosts share the lines among instances as they like: the bits stay the same.
 */

import { alloc, clear, mark, release } from "../memory";
import { BAD_ARGUMENT, NOT_READY, OK, OUT_OF_MEMORY } from "../errors";
import { adam, descend } from "./adam";
import { placeParameters } from "./parameters";
import { Hp, bytes, count, setSizes, stride } from "./sizes";
import { placeTape } from "./tape";
import { placeMatrix, placeWindow, readWindow } from "./window";

export { alloc, mark, release };

let parameters: usize = 0;

/** Lays out a model of one layer with layer normalisation; frees everything that was allocated before. */
export function learn_create(hidden: i32, mixtures: i32, code: i32, rows: i32): i32 {
  if (hidden < 1 || hidden > 2048 || mixtures < 1 || mixtures > 64 || code < 0 || code > 64) return BAD_ARGUMENT;
  if (rows != 1 + 6 * mixtures && rows != 2 + 6 * mixtures) return BAD_ARGUMENT;
  clear();
  parameters = 0;
  setSizes(hidden, mixtures, code, rows);
  placeParameters();
  placeTape();
  if (placeWindow() < 0) return OUT_OF_MEMORY;
  adam.base = row();
  adam.unit = row();
  adam.change = row();
  adam.mean = row();
  adam.square = row();
  parameters = row();
  return parameters ? OK : OUT_OF_MEMORY;
}

function row(): usize {
  return alloc(<i32>stride);
}

/** Copies int8 rows of the file: 0 recurrent, 1 code's recurrent, 2 modulation, 3 head. */
export function learn_matrix(which: i32, source: usize): i32 {
  if (!parameters) return NOT_READY;
  if (which < 0 || which > 3) return BAD_ARGUMENT;
  placeMatrix(which, source);
  return OK;
}

/** Numbers that are learned. */
export function learn_count(): i32 {
  return count;
}

/** Bytes from one row of such numbers to the next. */
export function learn_stride(): i32 {
  return <i32>stride;
}

/** Bytes of a line's state, which begins with zeros. */
export function learn_state_bytes(): i32 {
  return <i32>bytes(2 * Hp);
}

/** Where the numbers are as they have been learned so far; another instance's may be copied there. */
export function learn_parameters(): usize {
  return parameters;
}

/** Begins with the checkpoint's numbers, f32 [count], and the unit of each, in which its change is counted. */
export function learn_begin(base: usize, units: usize): i32 {
  if (!parameters) return NOT_READY;
  memory.copy(adam.base, base, bytes(count));
  memory.copy(adam.unit, units, bytes(count));
  memory.copy(parameters, base, bytes(count));
  for (let at = adam.change; at < parameters; at += 16) v128.store(at, f32x4.splat(0));
  adam.first = 1;
  adam.second = 1;
  return OK;
}

/** Reads a window of n lines: see `readWindow`. */
export function learn_window(n: i32, table: usize, sums: usize, gradients: usize): i32 {
  if (!parameters) return NOT_READY;
  return n < 1 ? BAD_ARGUMENT : readWindow(parameters, n, table, sums, gradients);
}

/** A step of Adam from the gradients of n lines with so many points: see `descend`. */
export function learn_step(gradients: usize, n: i32, points: i32, rate: f32): i32 {
  if (!parameters) return NOT_READY;
  if (n < 1 || points < 1 || !(rate >= 0)) return BAD_ARGUMENT;
  return descend(gradients, n, points, rate, parameters);
}
