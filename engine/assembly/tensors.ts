/**
 * Tensors of a checkpoint, repacked into their places in the model.
 *
 * Letter key: as in model.ts.
 */

import { BAD_ARGUMENT, NOT_FINITE, NOT_READY, OK } from "./errors";
import {
  Layer,
  Q_UNIT,
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
import { PANEL, packRow } from "./product";

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
  switch (tensor) {
    case INPUT_WEIGHT:
      if (!index) return placeInput(source, at.input);
      placeGateRows(source, at.input);
      return OK;
    case INPUT_SCALE:
      return placeGates(source, at.inputScale, true);
    case RECURRENT_WEIGHT:
      placeGateRows(source, at.recurrent);
      return OK;
    case RECURRENT_SCALE:
      return placeGates(source, at.recurrentScale, true);
    case BIAS:
      return placeGates(source, at.bias, false);
    case GAIN:
      return placeGates(source, at.gain, false);
    case CELL_GAIN:
      return placeFloats(source, hidden, at.cellGain, false);
    case CELL_BIAS:
      return placeFloats(source, hidden, at.cellBias, false);
    case CODE_INPUT_WEIGHT:
      return index ? placeRows(source, code, at.codeInput) : placeCodeInput(source, at.codeInput);
    case CODE_INPUT_SCALE:
      return placeFloats(source, code, at.codeInputScale, true);
    case CODE_RECURRENT_WEIGHT:
      return placeRows(source, code, at.codeRecurrent);
    case CODE_RECURRENT_SCALE:
      return placeFloats(source, code, at.codeRecurrentScale, true);
    case MODULATION_WEIGHT:
      placeModulation(source, at.modulation);
      return OK;
    case MODULATION_SCALE:
      return placeGates(source, at.modulationScale, false);
    case HEAD_WEIGHT:
      return placeRows(source, headRows, headWeight);
    case HEAD_SCALE:
      return placeFloats(source, headRows, headScale, true);
    case HEAD_BIAS:
      return placeFloats(source, headRows, headBias, false);
    case TEXT_EMBEDDING:
      return placeFloats(source, (alphabet + 1) * embedding, textEmbedding, false);
    case TEXT_WEIGHT:
      placeTextWeight(source, textWeight);
      return OK;
    case TEXT_SCALE:
      return placeGates(source, textScale, false);
    default:
      return placeFloats(source, code * inputs, textCode, false);
  }
}

/** Row of gate `gate` and cell `cell` in the packed order. */
// @ts-ignore: decorator
@inline
function packed(gate: i32, cell: i32): i32 {
  return (cell >> 2) * PANEL + gate * 4 + (cell & 3);
}

/** n rows over h to panels. */
function placeRows(source: usize, n: i32, to: usize): i32 {
  for (let row = 0; row < n; row++) packRow(source + row * hidden, hidden, to, panelBytes, row);
  return OK;
}

function placeGateRows(source: usize, to: usize): void {
  for (let gate = 0; gate < 4; gate++) {
    for (let cell = 0; cell < hidden; cell++) {
      packRow(source, hidden, to, panelBytes, packed(gate, cell));
      source += hidden;
    }
  }
}

/** int8 [4H, C] to f32 [G, C, 16]. */
function placeModulation(source: usize, to: usize): void {
  for (let gate = 0; gate < 4; gate++) {
    for (let cell = 0; cell < hidden; cell++) {
      const row = packed(gate, cell);
      for (let k = 0; k < code; k++) {
        const place = ((row >> 4) * code + k) * PANEL + (row & 15);
        store<f32>(to + <usize>place * 4, <f32>load<i8>(source++));
      }
    }
  }
}

/** int8 [4H, U] to int8 [G, U, 16]. */
function placeTextWeight(source: usize, to: usize): void {
  for (let gate = 0; gate < 4; gate++) {
    for (let cell = 0; cell < hidden; cell++) {
      const row = packed(gate, cell);
      const at = to + <usize>((row >> 4) * inputs * PANEL + (row & 15));
      for (let k = 0; k < inputs; k++) store<i8>(at + <usize>(k * PANEL), load<i8>(source++));
    }
  }
}

function placeGates(source: usize, to: usize, scale: bool): i32 {
  for (let gate = 0; gate < 4; gate++) {
    for (let cell = 0; cell < hidden; cell++) {
      if (!placeFloat(source, to + packed(gate, cell) * 4, scale)) return NOT_FINITE;
      source += 4;
    }
  }
  return OK;
}

/** f32 [4H, 3] to [G, 3, 16]. */
function placeInput(source: usize, to: usize): i32 {
  for (let gate = 0; gate < 4; gate++) {
    for (let cell = 0; cell < hidden; cell++) {
      if (!placeInputRow(source, to, packed(gate, cell))) return NOT_FINITE;
      source += 12;
    }
  }
  return OK;
}

/** f32 [C, 3] to [C / 16, 3, 16]. */
function placeCodeInput(source: usize, to: usize): i32 {
  for (let row = 0; row < code; row++) {
    if (!placeInputRow(source + row * 12, to, row)) return NOT_FINITE;
  }
  return OK;
}

function placeInputRow(source: usize, to: usize, row: i32): bool {
  for (let column = 0; column < 3; column++) {
    const place = ((row >> 4) * 3 + column) * PANEL + (row & 15);
    if (!placeFloat(source + column * 4, to + place * 4, false)) return false;
  }
  return true;
}

function placeFloats(source: usize, n: i32, to: usize, scale: bool): i32 {
  for (let k = 0; k < n; k++) {
    if (!placeFloat(source + k * 4, to + k * 4, scale)) return NOT_FINITE;
  }
  return OK;
}

function placeFloat(source: usize, to: usize, scale: bool): bool {
  const value = load<f32>(source);
  if (!isFinite(value)) return false;
  store<f32>(to, scale ? value / Q_UNIT : value);
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
