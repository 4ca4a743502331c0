/**
 * learn.wasm: learns a hand (spec/hand.md). It reads lines through the model and back, which gives the gradient of each
 * line, and takes a step of Adam from their sum. Hosts share the lines among instances as they like: the bits stay the same.
 */

import { alloc, clear, mark, refused, release } from "../memory";
import { BAD_ARGUMENT, NOT_READY, OK, OUT_OF_MEMORY } from "../errors";
import { adam, descend } from "./adam";
import { forget, found, seek, setDirections } from "./directions";
import { placeParameters } from "./parameters";
import { A, Hp, bytes, count, setSizes, setTextSizes, stride } from "./sizes";
import { Script, newScript, placeText, placeTextTensor, setPath } from "./text";
import { placeMatrix, placeWindow, readWindow } from "./window";

export { alloc, mark, release };

let parameters: usize = 0;

/**
 * Lays out a model of one layer with layer normalisation; the last four are those of a text, or all 0. Frees everything
 * that was allocated before.
 */
export function learn_create(
  hidden: i32, mixtures: i32, code: i32, alphabet: i32, reach: i32, embedding: i32, hand: i32,
): i32 {
  if (hidden < 1 || hidden > 2048 || mixtures < 1 || mixtures > 64 || code < 0 || code > 64) return BAD_ARGUMENT;
  if (alphabet < 0 || alphabet > 255 || reach < 0 || reach > 4) return BAD_ARGUMENT;
  if (embedding < 0 || embedding > 64 || hand < 0 || hand > 64) return BAD_ARGUMENT;
  if (alphabet ? !embedding || !hand : reach || embedding || hand) return BAD_ARGUMENT;
  clear();
  parameters = 0;
  setTextSizes(alphabet, reach, embedding, hand);
  setSizes(hidden, mixtures, code);
  placeParameters();
  placeWindow();
  placeText();
  adam.base = row();
  adam.unit = row();
  adam.change = row();
  adam.mean = row();
  adam.square = row();
  const own = row();
  if (refused) return OUT_OF_MEMORY;
  parameters = own;
  return OK;
}

function row(): usize {
  return alloc(<i32>stride);
}

/**
 * Copies a tensor that is not learned, as it is in the file. int8: 0 recurrent, 1 code's recurrent, 2 modulation, 3 head,
 * 4 text. f32: 5 text scale, 6 code's text, 7 embedding.
 */
export function learn_tensor(which: i32, source: usize): i32 {
  if (!parameters) return NOT_READY;
  if (which < 0 || which > (A ? 7 : 3)) return BAD_ARGUMENT;
  if (which < 4) placeMatrix(which, source);
  else placeTextTensor(which, source);
  return OK;
}

/**
 * The directions of h, to f32 [RANK, H] at `to`, in which the numbers as they are now read these lines: see `found`. The
 * table is that of `learn_window`.
 */
export function learn_find(n: i32, table: usize, to: usize): i32 {
  if (!parameters) return NOT_READY;
  if (n < 1) return BAD_ARGUMENT;
  const before = mark(), sums = alloc(8 * n);
  let code = sums && seek() ? readWindow(parameters, n, table, sums, 0, 0, 0) : OUT_OF_MEMORY;
  if (code == OK && !found(to)) code = OUT_OF_MEMORY;
  forget();
  release(before);
  return code;
}

/** Sets the directions of h, f32 [RANK, H]; before that they are zero. */
export function learn_directions(source: usize): i32 {
  if (!parameters) return NOT_READY;
  setDirections(source);
  return OK;
}

/** The text of a line, for `learn_window`: see `newScript`. */
export function learn_text(codes: usize, first: usize, length: i32, offsets: i32): i32 {
  return parameters ? newScript(codes, first, length, offsets) : NOT_READY;
}

/** Where the pointer stands at each offset of a text: see `setPath`. */
export function learn_path(text: i32, jitter: f32, line: i32, pass: i32): i32 {
  if (!(jitter >= 0 && jitter <= 100)) return BAD_ARGUMENT;
  setPath(changetype<Script>(<usize>text), jitter, line, pass);
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
export function learn_window(n: i32, table: usize, sums: usize, gradients: usize, drop: f32, step: i32): i32 {
  if (!parameters) return NOT_READY;
  if (n < 1 || !(drop >= 0 && drop < 1)) return BAD_ARGUMENT;
  return readWindow(parameters, n, table, sums, gradients, drop, step);
}

/** A step of Adam from the gradients of n lines with so many points: see `descend`. */
export function learn_step(gradients: usize, n: i32, points: i32, rate: f32): i32 {
  if (!parameters) return NOT_READY;
  if (n < 1 || points < 1 || !(rate >= 0)) return BAD_ARGUMENT;
  return descend(gradients, n, points, rate, parameters);
}
