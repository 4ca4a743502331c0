/**
 * The model of this instance: sizes, and weights repacked for the products.
 *
 * Letter key: H hidden, G = ceil(H / 4) groups of four cells, L layers, K mixture components, R = 1 + 6K read-out rows,
 * P pairs of columns (H padded to 8, halved), C numbers of the code.
 *
 * A gate's row is in panel `group`, vector `gate`, lane `cell`: a panel gives the four pre-activations of four cells.
 */

import { BAD_ARGUMENT, NOT_FINITE, NOT_READY, OK, OUT_OF_MEMORY } from "./errors";
import { alloc, clear, keep } from "./memory";
import { PAIR_BYTES, PANEL, packRow } from "./product";

export const MAX_LAYERS: i32 = 4;
const MAX_HIDDEN: i32 = 2048;
const MAX_MIXTURES: i32 = 64;
const MAX_CODE: i32 = 64;

/** Bytes of 16 floats: four gates of four cells, or 16 read-out rows. */
export const SIXTEEN: usize = 64;

/** Futures drawn side by side: what a batch of 500 cells touches stays within a second-level cache of 1 MiB. */
export const BATCH: i32 = 64;

/** h is kept as a 16-bit integer h * 16384 for the products. */
export const Q_UNIT: f32 = 16384;

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
const TENSORS: i32 = 17;

/** Cells of spec/engine.md, model_create: plain, with layer normalisation, and with a code that changes that. */
const LSTM: i32 = 0;
const LSTM_HYPER: i32 = 2;

@unmanaged
export class Layer {
  /** Layer 0: f32 [G, 3, 16], dx dy pen; above: panels. */
  input: usize;
  /** f32 [G, 16], already divided by Q_UNIT; nothing for layer 0. */
  inputScale: usize;
  /** Panels. */
  recurrent: usize;
  /** f32 [G, 16], already divided by Q_UNIT. */
  recurrentScale: usize;
  /** f32 [G, 16]. */
  bias: usize;
  /** What a sum of products begins with, f32 [G, 16]: the bias, or zeros where that comes after normalisation. */
  base: usize;
  /** With layer normalisation: f32 [G, 16], and of c f32 [4G] each. */
  gain: usize;
  cellGain: usize;
  cellBias: usize;
  /** With a code: its weights of the input, f32 [C / 16, 3, 16] or panels, and of h, panels, and their scales. */
  codeInput: usize;
  codeInputScale: usize;
  codeRecurrent: usize;
  codeRecurrentScale: usize;
  /** What the code adds to the gains: f32 [G, C, 16], and its scale, f32 [G, 16]. */
  modulation: usize;
  modulationScale: usize;
  /** Interventions: on as a mask, scale and shift of c, scale and shift of h: [5, 4G]. */
  settings: usize;
  /** Whether any intervention is on. */
  intervened: bool;
}

export let layers: i32 = 0;
export let hidden: i32 = 0;
export let mixtures: i32 = 0;
/** Whether the cells have layer normalisation. */
export let normalised: bool = false;
/** C; 0 without a code. */
export let code: i32 = 0;
export let codePanels: i32 = 0;
/** R. */
export let rows: i32 = 0;
/** G. */
export let groups: i32 = 0;
/** Panels of the read-out. */
export let headPanels: i32 = 0;
/** P. */
export let pairs: i32 = 0;
export let panelBytes: usize = 0;
export let headWeight: usize = 0;
/** f32 [panels, 16], already divided by Q_UNIT. */
export let headScale: usize = 0;
export let headBias: usize = 0;
/** Gains of a layer as its code has changed them, f32 [G, 16]. */
export let modulated: usize = 0;
/** Room for pre-activations: f32 [G, 16] of a layer, or [BATCH, 16] of four cells in each column of a batch. */
export let preactivations: usize = 0;
/** A mask [4] of the cells that the last group has. */
export let tail: usize = 0;

let table: usize = 0;
/** A bit for each tensor that has come, u32 [MAX_LAYERS]. */
const present: usize = memory.data(16, 4);

// @ts-ignore: decorator
@inline
export function layer(index: i32): Layer {
  return changetype<Layer>(table + <usize>index * offsetof<Layer>());
}

/** Bytes of one float for each cell of a layer. */
// @ts-ignore: decorator
@inline
export function cellBytes(): usize {
  return <usize>groups * 16;
}

/** Lays out a model and forgets the one before, with all that was allocated. */
export function createModel(L: i32, H: i32, K: i32, cell: i32, C: i32): i32 {
  clear();
  layers = 0;
  memory.fill(present, 0, 16);
  if (L < 1 || L > MAX_LAYERS || H < 1 || H > MAX_HIDDEN || K < 1 || K > MAX_MIXTURES) return BAD_ARGUMENT;
  if (cell < LSTM || cell > LSTM_HYPER) return BAD_ARGUMENT;
  if (cell == LSTM_HYPER ? C < 1 || C > MAX_CODE : C != 0) return BAD_ARGUMENT;
  normalised = cell != LSTM;
  code = C;
  codePanels = (C + PANEL - 1) / PANEL;
  hidden = H;
  mixtures = K;
  rows = 1 + 6 * K;
  groups = (H + 3) >> 2;
  headPanels = (rows + PANEL - 1) / PANEL;
  pairs = ((H + 7) & ~7) >> 1;
  panelBytes = <usize>pairs * PAIR_BYTES;
  const panels = groups * <i32>panelBytes;
  const floats = groups * <i32>SIXTEEN;
  table = alloc(L * <i32>offsetof<Layer>());
  headWeight = alloc(headPanels * <i32>panelBytes);
  headScale = alloc(headPanels * <i32>SIXTEEN);
  headBias = alloc(headPanels * <i32>SIXTEEN);
  preactivations = alloc(max(groups, BATCH) * <i32>SIXTEEN);
  tail = alloc(16);
  modulated = alloc(code ? floats : 0);
  const zeros = <usize>alloc(normalised ? floats : 0);
  if (!table || !headWeight || !headScale || !headBias || !preactivations || !tail || !modulated || !zeros) {
    return OUT_OF_MEMORY;
  }
  for (let cell = 4 * (groups - 1); cell < H; cell++) store<i32>(tail + <usize>(cell & 3) * 4, -1);
  for (let index = 0; index < L; index++) {
    const at = layer(index);
    at.input = alloc(index ? panels : 3 * floats);
    at.inputScale = index ? alloc(floats) : <i32>at.input;
    at.recurrent = alloc(panels);
    at.recurrentScale = alloc(floats);
    at.bias = alloc(floats);
    at.settings = alloc(5 * 16 * groups);
    if (!at.input || !at.inputScale || !at.recurrent || !at.recurrentScale || !at.bias || !at.settings) {
      return OUT_OF_MEMORY;
    }
    at.base = normalised ? zeros : at.bias;
    if (!normalised) continue;
    at.gain = alloc(floats);
    at.cellGain = alloc(16 * groups);
    at.cellBias = alloc(16 * groups);
    if (!at.gain || !at.cellGain || !at.cellBias) return OUT_OF_MEMORY;
    if (code && !createCode(index, at)) return OUT_OF_MEMORY;
  }
  keep();
  layers = L;
  return OK;
}

/** Room for the weights of a layer's code; whether there was. */
function createCode(index: i32, at: Layer): bool {
  const floats = codePanels * <i32>SIXTEEN;
  const panels = codePanels * <i32>panelBytes;
  at.codeInput = alloc(index ? panels : 3 * floats);
  at.codeInputScale = alloc(floats);
  at.codeRecurrent = alloc(panels);
  at.codeRecurrentScale = alloc(floats);
  at.modulation = alloc(groups * code * <i32>SIXTEEN);
  at.modulationScale = alloc(groups * <i32>SIXTEEN);
  return (
    at.codeInput != 0 && at.codeInputScale != 0 && at.codeRecurrent != 0 && at.codeRecurrentScale != 0 &&
    at.modulation != 0 && at.modulationScale != 0
  );
}

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
      return placeRows(source, rows, headWeight);
    case HEAD_SCALE:
      return placeFloats(source, rows, headScale, true);
    default:
      return placeFloats(source, rows, headBias, false);
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

/** Whether a layer of this model has such a tensor; the head's are the first layer's. */
function belongs(tensor: i32, index: i32): bool {
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
