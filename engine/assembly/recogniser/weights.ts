/**
 * The recogniser of this instance: its sizes, and its matrices in panels (spec/recogniser.md).
 *
 * Letter key: A characters of the alphabet, H hidden, L layers.
 */

import { BAD_ARGUMENT, NOT_FINITE, NOT_READY, OK, OUT_OF_MEMORY } from "../errors";
import { alloc, clear, keep, refused } from "../memory";
import { PAIR_BYTES, PANEL, Q_UNIT, WIDE_BYTES, packRow, placeOfGate } from "../product";
import { CHANNELS } from "./samples";

/** Samples or frames that a convolution looks at. */
export const WINDOW: i32 = 5;
const MAX_SIZE: i32 = 256;
const MAX_LAYERS: i32 = 4;
const MAX_ALPHABET: i32 = 255;

/** Parts of a matrix, in the order of recogniser_tensor. */
const WEIGHT: i32 = 0;
const SCALE: i32 = 1;
const BIAS: i32 = 2;
const PARTS: i32 = 3;

/** An int8 matrix in panels of 16 rows, with a scale and a bias for each row. */
@unmanaged
export class Matrix {
  rows: i32;
  columns: i32;
  /** Whether its rows are gates: then a panel holds the four gates of four cells. */
  gates: bool;
  panels: i32;
  weight: usize;
  /** f32 [panels, 16] each; the scales of a recurrent matrix are already divided by Q_UNIT. */
  scale: usize;
  bias: usize;
  /** A bit for each part that has come. */
  present: i32;
}

export let narrow: i32 = 0;
export let wide: i32 = 0;
export let hidden: i32 = 0;
export let layers: i32 = 0;
/** A + 1: the blank, then the characters. */
export let classes: i32 = 0;

/** Room for a panel of any of the matrices, widened. */
export let panel: usize = 0;

let table: usize = 0;
let count: i32 = 0;

/** The matrices in their order: two convolutions; of each layer input and recurrent, forward then backward; the head. */
export const FIRST: i32 = 0;
export const SECOND: i32 = 1;

export function matrix(index: i32): Matrix {
  return changetype<Matrix>(table + <usize>index * offsetof<Matrix>());
}

/** The matrix of a layer's inputs in a direction; the recurrent one follows. */
export function inputOf(layer: i32, backward: i32): i32 {
  return 2 + 4 * layer + 2 * backward;
}

export function head(): i32 {
  return count - 1;
}

export function pairs(m: Matrix): i32 {
  return m.columns >> 1;
}

export function panelBytes(m: Matrix): usize {
  return <usize>pairs(m) * PAIR_BYTES;
}

/** Lays out a recogniser; frees everything that was allocated before. */
export function create(narrow_: i32, wide_: i32, hidden_: i32, layers_: i32, alphabet: i32): i32 {
  if (!fits(narrow_, 16) || !fits(wide_, 16) || !fits(hidden_, 8)) return BAD_ARGUMENT;
  if (layers_ < 1 || layers_ > MAX_LAYERS || alphabet < 1 || alphabet > MAX_ALPHABET) return BAD_ARGUMENT;
  clear();
  narrow = narrow_;
  wide = wide_;
  hidden = hidden_;
  layers = layers_;
  classes = alphabet + 1;
  count = 0;
  table = <usize>alloc((3 + 4 * layers) * <i32>offsetof<Matrix>());
  if (!table) return OUT_OF_MEMORY;
  add(narrow, WINDOW * CHANNELS, false);
  add(wide, WINDOW * narrow, false);
  for (let layer = 0; layer < layers; layer++) {
    const inputs = layer ? 2 * hidden : wide;
    for (let direction = 0; direction < 2; direction++) {
      add(4 * hidden, inputs, true);
      add(4 * hidden, hidden, true);
    }
  }
  add(classes, 2 * hidden, false);
  let longest = 0;
  for (let index = 0; index < count; index++) longest = max(longest, pairs(matrix(index)));
  panel = <usize>alloc(longest * <i32>WIDE_BYTES);
  if (refused) {
    count = 0;
    clear();
    return OUT_OF_MEMORY;
  }
  keep();
  return OK;
}

function fits(size: i32, unit: i32): bool {
  return size >= unit && size <= MAX_SIZE && size % unit == 0;
}

function add(rows: i32, columns: i32, gates: bool): void {
  const m = matrix(count++);
  m.rows = rows;
  m.columns = columns;
  m.gates = gates;
  m.panels = (rows + PANEL - 1) / PANEL;
  m.weight = <usize>alloc(m.panels * <i32>panelBytes(m));
  m.scale = <usize>alloc(m.panels * PANEL * 4);
  m.bias = <usize>alloc(m.panels * PANEL * 4);
}

/** Copies one part of a matrix from its bytes in the file. */
export function setTensor(index: i32, part: i32, source: usize): i32 {
  if (!count) return NOT_READY;
  if (index < 0 || index >= count || part < 0 || part >= PARTS) return BAD_ARGUMENT;
  const m = matrix(index);
  if (part == WEIGHT) {
    for (let row = 0; row < m.rows; row++) {
      packRow(source + <usize>row * m.columns, m.columns, m.weight, panelBytes(m), place(m, row));
    }
  } else {
    for (let row = 0; row < m.rows; row++) if (!isFinite(load<f32>(source + row * 4))) return NOT_FINITE;
    const to = part == SCALE ? m.scale : m.bias;
    const unit: f32 = part == SCALE && isRecurrent(index) ? Q_UNIT : 1;
    for (let row = 0; row < m.rows; row++) store<f32>(to + place(m, row) * 4, load<f32>(source + row * 4) / unit);
  }
  m.present |= 1 << part;
  return OK;
}

/** Where a row goes. */
function place(m: Matrix, row: i32): i32 {
  return m.gates ? placeOfGate(row, hidden) : row;
}

function isRecurrent(index: i32): bool {
  return matrix(index).gates && (index & 1) != 0;
}

/** OK when every part is there; recurrent matrices have no bias. */
export function ready(): i32 {
  if (!count) return NOT_READY;
  for (let index = 0; index < count; index++) {
    const m = matrix(index);
    const all = isRecurrent(index) ? (1 << BIAS) - 1 : (1 << PARTS) - 1;
    if ((m.present & all) != all) return NOT_READY;
  }
  return OK;
}
