/**
 * Tensors of a checkpoint, repacked into their places in the model.
 *
 * Letter key: as in model.ts.
 */

import { BAD_ARGUMENT, NOT_FINITE, NOT_READY, OK } from "./errors";
import {
  Layer,
  alphabet,
  code,
  embedding,
  headBias,
  headRows,
  headScale,
  headWeight,
  hidden,
  inputs,
  layer,
  layers,
  normalised,
  panelBytes,
  present,
  textCode,
  textEmbedding,
  textScale,
  textWeight,
} from "./model";
import { PANEL, Q_UNIT, packRow, placeOfGate } from "./product";

/** Tensors of spec/engine.md, model_tensor. */
const INPUT_WEIGHT: i32 = 0;
const INPUT_SCALE: i32 = 1;
const RECURRENT_WEIGHT: i32 = 2;
const RECURRENT_SCALE: i32 = 3;
const BIAS: i32 = 4;
const GAIN: i32 = 5;
const CELL_GAIN: i32 = 6;
const CELL_BIAS: i32 = 7;
const CODE_INPUT_WEIGHT: i32 = 8;
const CODE_INPUT_SCALE: i32 = 9;
const CODE_RECURRENT_WEIGHT: i32 = 10;
const CODE_RECURRENT_SCALE: i32 = 11;
const MODULATION_WEIGHT: i32 = 12;
const MODULATION_SCALE: i32 = 13;
const HEAD_WEIGHT: i32 = 14;
const HEAD_SCALE: i32 = 15;
const HEAD_BIAS: i32 = 16;
const TEXT_EMBEDDING: i32 = 17;
const TEXT_WEIGHT: i32 = 18;
const TEXT_SCALE: i32 = 19;
const TEXT_CODE_WEIGHT: i32 = 20;
const TENSORS: i32 = 21;

/** Copies one tensor, as its bytes stand in the file, into its place. */
export function setTensor(tensor: i32, index: i32, source: usize): i32 {
  if (!layers) return NOT_READY;
  if (index < 0 || index >= layers || tensor < 0 || tensor >= TENSORS || !belongs(tensor, index)) return BAD_ARGUMENT;
  const at = layer(index);
  const result = place(tensor, index, at, source);
  const bits = present + <usize>index * 4;
  if (result == OK) store<u32>(bits, load<u32>(bits) | (1 << tensor));
  return result;
}

function place(tensor: i32, index: i32, at: Layer, source: usize): i32 {
  const gates = 4 * hidden;
  switch (tensor) {
    case INPUT_WEIGHT:
      return index ? placeRows(source, gates, at.gates.input, true) : placeInput(source, gates, at.gates.input, true);
    case INPUT_SCALE:
      return placeFloats(source, gates, at.gates.inputScale, true, Q_UNIT);
    case RECURRENT_WEIGHT:
      return placeRows(source, gates, at.gates.recurrent, true);
    case RECURRENT_SCALE:
      return placeFloats(source, gates, at.gates.recurrentScale, true, Q_UNIT);
    case BIAS:
      return placeFloats(source, gates, at.bias, true, 1);
    case GAIN:
      return placeFloats(source, gates, at.gain, true, 1);
    case CELL_GAIN:
      return placeFloats(source, hidden, at.cellGain, false, 1);
    case CELL_BIAS:
      return placeFloats(source, hidden, at.cellBias, false, 1);
    case CODE_INPUT_WEIGHT:
      return index ? placeRows(source, code, at.code.input, false) : placeInput(source, code, at.code.input, false);
    case CODE_INPUT_SCALE:
      return placeFloats(source, code, at.code.inputScale, false, Q_UNIT);
    case CODE_RECURRENT_WEIGHT:
      return placeRows(source, code, at.code.recurrent, false);
    case CODE_RECURRENT_SCALE:
      return placeFloats(source, code, at.code.recurrentScale, false, Q_UNIT);
    case MODULATION_WEIGHT:
      return placeModulation(source, at.modulation);
    case MODULATION_SCALE:
      return placeFloats(source, gates, at.modulationScale, true, 1);
    case HEAD_WEIGHT:
      return placeRows(source, headRows, headWeight, false);
    case HEAD_SCALE:
      return placeFloats(source, headRows, headScale, false, Q_UNIT);
    case HEAD_BIAS:
      return placeFloats(source, headRows, headBias, false, 1);
    case TEXT_EMBEDDING:
      return placeFloats(source, (alphabet + 1) * embedding, textEmbedding, false, 1);
    case TEXT_WEIGHT:
      return placeTextWeight(source, textWeight);
    case TEXT_SCALE:
      return placeFloats(source, gates, textScale, true, 1);
    default:
      return placeFloats(source, code * inputs, textCode, false, 1);
  }
}
/** The place of a row: as it is, or where the rows of gates [4, H] go. */
function placeOf(row: i32, gates: bool): i32 {
  return gates ? placeOfGate(row, hidden) : row;
}

/** The place of an element in columns of 16 rows, [rows / 16, n, 16]. */
function inColumns(row: i32, n: i32, k: i32): i32 {
  return ((row >> 4) * n + k) * PANEL + (row & 15);
}

/** int8 [n, H] to panels. */
function placeRows(source: usize, n: i32, to: usize, gates: bool): i32 {
  for (let row = 0; row < n; row++) packRow(source + row * hidden, hidden, to, panelBytes, placeOf(row, gates));
  return OK;
}

/** int8 [4H, C] to f32 [G, C, 16]. */
function placeModulation(source: usize, to: usize): i32 {
  for (let row = 0; row < 4 * hidden; row++) {
    const place = placeOf(row, true);
    for (let k = 0; k < code; k++) store<f32>(to + inColumns(place, code, k) * 4, <f32>load<i8>(source++));
  }
  return OK;
}

/** int8 [4H, U] to int8 [G, U, 16]. */
function placeTextWeight(source: usize, to: usize): i32 {
  for (let row = 0; row < 4 * hidden; row++) {
    const place = placeOf(row, true);
    for (let k = 0; k < inputs; k++) store<i8>(to + inColumns(place, inputs, k), load<i8>(source++));
  }
  return OK;
}

/** f32 [n, 3] to [n / 16, 3, 16]. */
function placeInput(source: usize, n: i32, to: usize, gates: bool): i32 {
  for (let row = 0; row < n; row++) {
    const place = placeOf(row, gates);
    for (let k = 0; k < 3; k++, source += 4) {
      if (!placeFloat(source, to + inColumns(place, 3, k) * 4, 1)) return NOT_FINITE;
    }
  }
  return OK;
}

/** f32 [n], each divided by `unit`. */
function placeFloats(source: usize, n: i32, to: usize, gates: bool, unit: f32): i32 {
  for (let row = 0; row < n; row++) {
    if (!placeFloat(source + row * 4, to + placeOf(row, gates) * 4, unit)) return NOT_FINITE;
  }
  return OK;
}

function placeFloat(source: usize, to: usize, unit: f32): bool {
  const value = load<f32>(source);
  if (!isFinite(value)) return false;
  store<f32>(to, value / unit);
  return true;
}

/** Whether a layer of this model has such a tensor; the head's and the text's count as the first layer's. */
function belongs(tensor: i32, index: i32): bool {
  if (tensor >= TEXT_EMBEDDING) return index == 0 && alphabet != 0 && (tensor != TEXT_CODE_WEIGHT || code != 0);
  if (tensor >= HEAD_WEIGHT) return index == 0;
  if ((tensor == INPUT_SCALE || tensor == CODE_INPUT_SCALE) && index == 0) return false;
  if (tensor >= CODE_INPUT_WEIGHT) return code != 0;
  return tensor < GAIN || normalised;
}

/** OK when every tensor is there. */
export function modelReady(): i32 {
  if (!layers) return NOT_READY;
  for (let index = 0; index < layers; index++) {
    let wanted: u32 = 0;
    for (let tensor = 0; tensor < TENSORS; tensor++) {
      if (belongs(tensor, index)) wanted |= 1 << tensor;
    }
    if (load<u32>(present + <usize>index * 4) != wanted) return NOT_READY;
  }
  return OK;
}
