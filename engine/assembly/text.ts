/**
 * The text of a state: its pointer, and what characters and hand add to the first layer (spec/engine.md, The text).
 *
 * A block of a state's memory: `Text`, then character codes u8 [MAX_TEXT], the hand f32 [MAX_HAND], the drive of the gates
 * f32 [G, 16] and that of the code f32 [C].
 *
 * Letter key: as in model.ts.
 */

import { BAD_ARGUMENT, NOT_FINITE, OK } from "./errors";
import {
  MAX_HAND,
  alphabet,
  code,
  codePanels,
  embedding,
  groups,
  hand,
  inputs,
  reach,
  textCode,
  textEmbedding,
  textScale,
  textWeight,
} from "./model";
import { SIXTEEN } from "./product";
import { addScaled } from "./vector";

/** Characters of the longest text. */
const MAX_TEXT: i32 = 256;
/** Steps after which standing counts no further. */
const MAX_STANDING: i32 = 48;
const CODES: usize = 32;
const HAND: usize = CODES + MAX_TEXT;
const DRIVE: usize = HAND + 4 * MAX_HAND;

/** What keeps the pointer from moving by itself: it was put there for the next step, or until further notice. */
const PLACED: i32 = 1;
const HELD: i32 = 2;

@unmanaged
export class Text {
  /** Number of characters; 0 without a text. */
  length: i32;
  pointer: i32;
  /** Steps that were taken with the pointer where it is; 0 before the first. */
  steps: i32;
  /** 0, PLACED or HELD. */
  hold: i32;
  /** Whether the last offset lifted the pen. */
  lifted: bool;
  /** One more than the pointer that the drive was computed for; 0 when there is no drive yet. */
  driven: i32;
}

/** The character at which futures end besides; 0 for none. */
let stop: i32 = 0;

/** u, f32 [U] at most: the characters around the pointer, two zeros, the hand. */
const numbers: usize = memory.data(2568, 16);
/** The two numbers of standing, f32. */
const standing: usize = memory.data(8, 16);
const sums: usize = memory.data(64, 16);
const zeros: usize = memory.data(64, 16);

/** Bytes of the block; 0 for a model that knows no text. */
export function textBytes(): usize {
  return alphabet ? codeDrive(0) + <usize>codePanels * SIXTEEN : 0;
}

/** Where the drive of the code begins in the block at `text`. */
function codeDrive(text: usize): usize {
  return text + DRIVE + <usize>groups * SIXTEEN;
}

/** Gives a state's block another text, u8 [n]: the pointer stands before its first character. */
export function setText(text: Text, codes: usize, n: i32): i32 {
  if (n < 0 || n > MAX_TEXT) return BAD_ARGUMENT;
  for (let k = 0; k < n; k++) {
    const one = load<u8>(codes + k);
    if (one < 1 || <i32>one > alphabet) return BAD_ARGUMENT;
  }
  memory.copy(changetype<usize>(text) + CODES, codes, n);
  text.length = n;
  text.driven = 0;
  text.pointer = 0;
  text.steps = 0;
  text.hold = PLACED;
  return OK;
}

/** Gives a state's block another hand, f32 [hand]; none where `from` is 0. */
export function setHand(text: Text, from: usize): i32 {
  const to = changetype<usize>(text) + HAND;
  if (from) {
    for (let k = 0; k < hand; k++) if (!isFinite(load<f32>(from + k * 4))) return NOT_FINITE;
    memory.copy(to, from, hand * 4);
  } else {
    memory.fill(to, 0, hand * 4);
  }
  text.driven = 0;
  return OK;
}

/** Puts the pointer of a state's block at a character or past the last, for the next step, or until the next call. */
export function setPointer(text: Text, pointer: i32, hold: bool): i32 {
  if (!text.length || pointer < 0 || pointer > text.length) return BAD_ARGUMENT;
  stand(text, pointer);
  text.hold = hold ? HELD : PLACED;
  return OK;
}

/** Futures end when their pointer comes to this character too; 0 for none. */
export function setStop(character: i32): void {
  stop = character;
}

/** Puts the pointer at `next`; where that is another place, it has not stood there yet. */
function stand(text: Text, next: i32): void {
  if (next != text.pointer) text.steps = 0;
  text.pointer = next;
}

/**
 * Moves the pointer for the step that consumes an offset: to `to`, or where that is below 0 by itself, as the logit of the
 * advance says that came with the offset, or because `cap` steps (0: no cap) were taken at this character.
 */
export function movePointer(text: Text, logit: f32, to: i32, cap: i32, lifted: bool): void {
  if (to < 0) {
    const moves = text.hold == 0 && (logit > 0 || (cap != 0 && text.steps >= cap));
    to = text.pointer + i32(moves && text.pointer < text.length);
  }
  if (text.hold == PLACED) text.hold = 0;
  stand(text, to);
  text.steps++;
  text.lifted = lifted;
  drive(text);
}

/**
 * Whether a line is at its end: the pen has lifted, and the pointer is past the last character or, with the logit of the
 * advance in the newest z, about to move there; or `cap` offsets were drawn past it. At the last character the pointer must
 * have stood for more than one step: before, nothing of that character was drawn. Or the pointer has come to the stop.
 */
export function isEnd(text: Text, logit: f32, cap: i32): bool {
  if (stop && text.pointer >= stop) return true;
  if (!text.length || text.pointer < text.length - 1) return false;
  if (text.pointer == text.length) return text.lifted || (cap != 0 && text.steps > cap);
  return text.lifted && text.hold == 0 && text.steps > 1 && logit > 0;
}

/** Computes the drive, if the pointer has moved since it was computed. */
function drive(text: Text): void {
  if (text.driven == text.pointer + 1) return;
  text.driven = text.pointer + 1;
  const block = changetype<usize>(text);
  const bytes = <usize>embedding * 4;
  let to = numbers;
  for (let k = text.pointer - reach; k <= text.pointer + reach; k++) {
    const one = k >= 0 && k < text.length ? <usize>load<u8>(block + CODES + k) : 0;
    memory.copy(to, textEmbedding + one * bytes, bytes);
    to += bytes;
  }
  store<u64>(to, 0);
  memory.copy(to + 8, block + HAND, hand * 4);
  for (let group = 0; group < groups; group++) {
    const sum = block + DRIVE + <usize>group * SIXTEEN;
    addColumns(zeros, textWeight + <usize>(group * inputs) * 16, numbers, inputs, sum);
  }
  for (let row = 0; row < code; row++) {
    store<f32>(codeDrive(block) + row * 4, addRow(textCode + row * inputs * 4, numbers, inputs, 0));
  }
}

/** to f32 [16] = base [16] + int8 columns [n, 16] times n numbers, column by column. */
function addColumns(base: usize, columns: usize, numbers: usize, n: i32, to: usize): void {
  let s0 = v128.load(base), s1 = v128.load(base, 16), s2 = v128.load(base, 32), s3 = v128.load(base, 48);
  for (const end = numbers + <usize>n * 4; numbers < end; numbers += 4) {
    const x = v128.load_splat<f32>(numbers);
    const column = v128.load(columns);
    const low = i16x8.extend_low_i8x16_s(column);
    const high = i16x8.extend_high_i8x16_s(column);
    s0 = f32x4.add(s0, f32x4.mul(f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_s(low)), x));
    s1 = f32x4.add(s1, f32x4.mul(f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_s(low)), x));
    s2 = f32x4.add(s2, f32x4.mul(f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_s(high)), x));
    s3 = f32x4.add(s3, f32x4.mul(f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_s(high)), x));
    columns += 16;
  }
  v128.store(to, s0);
  v128.store(to, s1, 16);
  v128.store(to, s2, 32);
  v128.store(to, s3, 48);
}

/** sum + a row f32 [n] times n numbers, one by one. */
function addRow(row: usize, numbers: usize, n: i32, sum: f32): f32 {
  for (const end = numbers + <usize>n * 4; numbers < end; numbers += 4) {
    sum += load<f32>(row) * load<f32>(numbers);
    row += 4;
  }
  return sum;
}

/** Writes the two numbers of standing; returns the column of the first. */
function placeStanding(text: Text): i32 {
  const stood = <f32>min(text.steps - 1, MAX_STANDING);
  store<f32>(standing, stood / <f32>MAX_STANDING);
  store<f32>(standing, 1 / (1 + stood), 4);
  return (2 * reach + 1) * embedding;
}

/** Adds what the text gives to pre-activations a [n, 16] of n groups of four cells of the first layer. */
export function addText(text: Text, group: i32, n: i32, a: usize): void {
  const column = placeStanding(text);
  for (const end = group + n; group < end; group++) {
    const vector = <usize>group * SIXTEEN;
    const drive = changetype<usize>(text) + DRIVE + vector;
    addColumns(drive, textWeight + <usize>(group * inputs + column) * 16, standing, 2, sums);
    addScaled(a, textScale + vector, sums, a);
    a += SIXTEEN;
  }
}

/** Adds what the text gives to the code of the first layer, f32 [C]. */
export function addTextToCode(text: Text, to: usize): void {
  const column = placeStanding(text);
  const drive = codeDrive(changetype<usize>(text));
  for (let row = 0; row < code; row++) {
    const weights = textCode + <usize>(row * inputs + column) * 4;
    const sum = addRow(weights, standing, 2, load<f32>(drive + row * 4));
    store<f32>(to + row * 4, load<f32>(to + row * 4) + sum);
  }
}
