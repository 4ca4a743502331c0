/**
 * A text beside the pen (spec/engine.md, "The step with a text"): what characters, standing and the hand code add to the
 * pre-activations of a step, and the gradient by the hand code, which is learned. Weights of a text are not.
 *
 * Letter key: as in sizes.ts; L characters of a text, m offsets of its line.
 */

import { alloc, refused } from "../memory";
import { BAD_ARGUMENT, OUT_OF_MEMORY } from "../errors";
import { cosTurn, exp, log } from "../scalar";
import { philox, uniform, word0, word1 } from "../random";
import { add } from "../vector";
import { Matrix } from "./matrix";
import { HAND } from "./parameters";
import { A, C, D, E, G, H, Hp, U, Up, W, bytes, reach } from "./sizes";
import { LINES } from "./tape";

/** Steps after which it makes no difference how long the pointer has stood. */
const LONGEST: i32 = 48;
/** What the path says of a step beside the character: the pointer should move on; it has passed the text and cannot. */
const ADVANCE: i32 = 1;
const PASSED: i32 = 2;

/** Weights [Up, W], but those of the two numbers of standing, [2, W]. */
const weights = changetype<Matrix>(memory.data(16, 16));
let standing: usize = 0;
/** Scales of the rows, [W]: 1 for those of the code. */
let scales: usize = 0;
/** [A + 1, E] */
let embedding: usize = 0;
/** What a character and the hand code give, [Up], gradients by that, and its products with the weights, [LINES, W]. */
let inputs: usize = 0;
let dInputs: usize = 0;
let drives: usize = 0;
/** Sums of the gradients by pre-activations, [LINES, W]. */
let sums: usize = 0;

/** The text of a line. */
@unmanaged
export class Script {
  /** L and m. */
  length: i32;
  offsets: i32;
  /** u8 [L], with `reach` zeros before and `reach` + 1 after it. */
  codes: usize;
  /** i32 [L]: the first offset of each character. */
  first: usize;
  /** i32 [m]: the character at which the pointer stands, times 4, and what should become of it. */
  path: usize;
}

export function placeText(): void {
  if (!A) return;
  weights.place(Up, W);
  standing = alloc(<i32>bytes(2 * W));
  scales = alloc(<i32>bytes(W));
  embedding = alloc(<i32>bytes((A + 1) * E));
  inputs = alloc(<i32>bytes(Up));
  dInputs = alloc(<i32>bytes(Up));
  drives = alloc(<i32>bytes(LINES * W));
  sums = alloc(<i32>bytes(LINES * W));
  for (let k = 0; k < W - G && !refused; k++) store<f32>(scales + bytes(G + k), 1);
}

/** Tensors of the file: 4 weights int8 [4H, U], 5 their scales [4H], 6 weights of the code f32 [C, U], 7 embedding. */
export function placeTextTensor(which: i32, source: usize): void {
  if (which == 7) memory.copy(embedding, source, bytes((A + 1) * E));
  else if (which == 5) for (let row = 0; row < 4 * H; row++) store<f32>(scales + column(row), load<f32>(source + bytes(row)));
  else if (which == 6) for (let row = 0; row < C; row++) source = placeRow(G + row, source, false);
  else for (let row = 0; row < 4 * H; row++) source = placeRow(<i32>(column(row) >> 2), source, true);
}

/** The place of a gate's row, in bytes. */
function column(row: i32): usize {
  return bytes(Hp * (row / H) + (row % H));
}

function placeRow(to: i32, source: usize, small: bool): usize {
  for (let k = 0; k < U; k++) {
    const value: f32 = small ? <f32>load<i8>(source + k) : load<f32>(source + bytes(k));
    const hand = k - (U - D);
    if (hand < 0 && hand >= -2) store<f32>(standing + bytes((hand + 2) * W + to), value);
    else weights.set(k, to, value);
  }
  return source + (small ? <usize>U : bytes(U));
}

/** The text of a line of m offsets from codes u8 [L] and the first offsets i32 [L], rising from 0; below 0 an error. */
export function newScript(codes: usize, first: usize, length: i32, offsets: i32): i32 {
  if (!A || length < 1 || offsets < 1) return BAD_ARGUMENT;
  for (let k = 0; k < length; k++) {
    const code = <i32>load<u8>(codes + k), from = load<i32>(first + bytes(k));
    if (code < 1 || code > A || from >= offsets) return BAD_ARGUMENT;
    if (k ? from <= load<i32>(first + bytes(k - 1)) : from != 0) return BAD_ARGUMENT;
  }
  const script = changetype<Script>(<usize>alloc(<i32>offsetof<Script>()));
  script.length = length;
  script.offsets = offsets;
  script.codes = alloc(length + 2 * reach + 1);
  script.first = alloc(<i32>bytes(length));
  script.path = alloc(<i32>bytes(offsets));
  if (!script.path) return OUT_OF_MEMORY;
  memory.copy(script.codes + reach, codes, length);
  memory.copy(script.first, first, bytes(length));
  setPath(script, 0, 0, 0);
  return <i32>changetype<usize>(script);
}

/**
 * Lets the pointer take the path of the characters, with moves that are `jitter` steps (standard deviation) off: the
 * model must go on learning to bring the pointer back to the ink. Random numbers depend on line and pass alone.
 */
export function setPath(script: Script, jitter: f32, line: i32, pass: i32): void {
  const length = script.length, offsets = script.offsets;
  let pointer = 0, truly = 0;
  let move = moveOf(script, 0, jitter, line, pass);
  for (let step = 0; step < offsets; step++) {
    while (pointer < length && move <= step) {
      pointer++;
      if (pointer < length) move = max(move + 1, moveOf(script, pointer, jitter, line, pass));
    }
    // the character of the offset after the one that this step predicts
    while (truly < length && firstOf(script, truly) <= step + 1) truly++;
    const following = step + 1 < offsets ? truly - 1 : length;
    const target = pointer == length ? PASSED : following > pointer ? ADVANCE : 0;
    store<i32>(script.path + bytes(step), (pointer << 2) | target);
  }
}

/** The step at which the pointer should leave a character. */
function moveOf(script: Script, character: i32, jitter: f32, line: i32, pass: i32): i32 {
  const move = firstOf(script, character + 1);
  if (jitter == 0) return max(move, 1);
  philox(0, 0, character, line, pass, 0);
  const normal = sqrt<f64>(-2 * log(uniform(word0))) * cosTurn(uniform(word1));
  return max(move + <i32>nearest<f64>(<f64>jitter * normal), 1);
}

function firstOf(script: Script, character: i32): i32 {
  return character < script.length ? load<i32>(script.first + bytes(character)) : script.offsets;
}

function pointerAt(script: Script, row: i32): i32 {
  return load<i32>(script.path + bytes(row)) >> 2;
}

/** Adds what the text gives at a row to pre-activations [W] of a line; `begins` a window, so nothing is known of it. */
export function addText(script: Script, line: i32, row: i32, begins: bool, parameters: usize, to: usize): void {
  const pointer = pointerAt(script, row), drive = drives + bytes(line * W);
  let stood = 0;
  while (stood < LONGEST && stood < row && pointerAt(script, row - stood - 1) == pointer) stood++;
  if (begins || stood == 0) {
    const size = bytes(E);
    for (let k = 0; k <= 2 * reach; k++) {
      memory.copy(inputs + <usize>k * size, embedding + <usize>load<u8>(script.codes + pointer + k) * size, size);
    }
    memory.copy(inputs + bytes(U - D), parameters + HAND, bytes(D));
    weights.times(inputs, drive, 1);
  }
  const s = f32x4.splat(<f32>stood / <f32>LONGEST), t = f32x4.splat(1 / (1 + <f32>stood)), size = bytes(W);
  for (let at: usize = 0; at < size; at += 16) {
    let sum = f32x4.add(v128.load(drive + at), f32x4.mul(v128.load(standing + at), s));
    sum = f32x4.add(sum, f32x4.mul(v128.load(standing + at + size), t));
    add(to + at, f32x4.mul(v128.load(scales + at), sum));
  }
}

/** The gradient of -log p of what the pointer does at a row, by the logit of its advance. */
export function advanceBack(script: Script, row: i32, logit: f32): f32 {
  const target = load<i32>(script.path + bytes(row)) & 3;
  if (target == PASSED) return 0;
  return <f32>(1 / (1 + exp(-<f64>logit)) - (target == ADVANCE ? 1 : 0));
}

/** Before a window goes back. */
export function clearTextBack(): void {
  if (A) memory.fill(sums, 0, bytes(LINES * W));
}

/** From the gradient by the pre-activations of a step. */
export function textBack(line: i32, d: usize): void {
  const to = sums + bytes(line * W), size = bytes(W);
  for (let at: usize = 0; at < size; at += 16) add(to + at, v128.load(d + at));
}

/** The gradient by the hand code, when all steps of a line's window have gone back. */
export function handCodeBack(line: i32, to: usize): void {
  if (!A) return;
  const from = sums + bytes(line * W), size = bytes(W);
  for (let at: usize = 0; at < size; at += 16) v128.store(from + at, f32x4.mul(v128.load(from + at), v128.load(scales + at)));
  weights.timesBack(from, dInputs, 0, 1);
  memory.copy(to + HAND, dInputs + bytes(U - D), bytes(D));
}
