/**
 * The model of this instance: its sizes, and the memory of its weights (tensors.ts fills it).
 *
 * Letter key: H hidden, G = ceil(H / 4) groups of four cells, L layers, K mixture components, R = 1 + 6K read-out rows,
 * P pairs of columns (H padded to 8, halved), C numbers of the code, A characters of the alphabet, U numbers that text and
 * hand give.
 *
 * A gate's row is in panel `group`, vector `gate`, lane `cell`: a panel gives the four pre-activations of four cells.
 */

import { BAD_ARGUMENT, OK, OUT_OF_MEMORY } from "./errors";
import { alloc, clear, keep, refused } from "./memory";
import { PAIR_BYTES, PANEL, SIXTEEN } from "./product";

export const MAX_LAYERS: i32 = 4;
const MAX_HIDDEN: i32 = 2048;
const MAX_MIXTURES: i32 = 64;
const MAX_CODE: i32 = 64;
const MAX_ALPHABET: i32 = 255;
const MAX_REACH: i32 = 4;
const MAX_EMBEDDING: i32 = 64;
/** Numbers of a hand. */
export const MAX_HAND: i32 = 64;

/** Futures drawn side by side: the memory that a batch of 500 cells uses stays within a second-level cache of 1 MiB. */
export const BATCH: i32 = 64;

/** Cells of spec/engine.md, model_create: plain, with layer normalisation, and with a code that changes that. */
const LSTM: i32 = 0;
const LSTM_HYPER: i32 = 2;

/** Rows in panels that weigh what a layer consumes, and its own h: its gates, or its code. */
@unmanaged
export class Rows {
  /** Layer 0: f32 [panels, 3, 16], dx dy pen; above: panels. */
  input: usize;
  /** f32 [panels, 16], already divided by Q_UNIT; nothing for layer 0. */
  inputScale: usize;
  /** Panels. */
  recurrent: usize;
  /** f32 [panels, 16], already divided by Q_UNIT. */
  recurrentScale: usize;
  /** What a sum of products begins with, f32 [panels, 16]: the bias, or zeros where there is none or it comes later. */
  base: usize;
}

@unmanaged
export class Layer {
  gates: Rows;
  /** Of a model with a code. */
  code: Rows;
  /** f32 [G, 16]. */
  bias: usize;
  /** With layer normalisation: f32 [G, 16], and of c f32 [4G] each. */
  gain: usize;
  cellGain: usize;
  cellBias: usize;
  /** What the code adds to the gains: f32 [G, C, 16], and its scale, f32 [G, 16]. */
  modulation: usize;
  modulationScale: usize;
  /** Interventions: on as a mask, scale and shift of c, scale and shift of h: [5, 4G]. */
  settings: usize;
  /** Whether any intervention is on. */
  intervened: bool;
}

const LAYER: usize = offsetof<Layer>() + 2 * offsetof<Rows>();

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
/** Rows of the read-out: R, and with a text the advance. */
export let headRows: i32 = 0;
/** A; 0 for a model that knows no text. */
export let alphabet: i32 = 0;
/** How many characters before and after the pointer the model sees. */
export let reach: i32 = 0;
/** Numbers of a character, and of a hand. */
export let embedding: i32 = 0;
export let hand: i32 = 0;
/** U: characters, two numbers of standing, hand. */
export let inputs: i32 = 0;
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

/** With a text: f32 [A + 1, embedding]; int8 [G, U, 16] and its scale f32 [G, 16]; for the code f32 [C, U]. */
export let textEmbedding: usize = 0;
export let textWeight: usize = 0;
export let textScale: usize = 0;
export let textCode: usize = 0;

/** Of each layer a `Layer`, and its two `Rows`. */
let table: usize = 0;
/** A bit for each tensor that has come, u32 [MAX_LAYERS]. */
export const present: usize = memory.data(16, 4);

export function layer(index: i32): Layer {
  return changetype<Layer>(table + <usize>index * LAYER);
}

/** Bytes of one float for each cell of a layer. */
// @ts-ignore: decorator
@inline
export function cellBytes(): usize {
  return <usize>groups * 16;
}

/** Lays out a model and forgets the one before, with all that was allocated. */
export function createModel(
  L: i32, H: i32, K: i32, cell: i32, C: i32, A: i32, reachBy: i32, embeddingOf: i32, handOf: i32,
): i32 {
  clear();
  layers = 0;
  alphabet = 0;
  memory.fill(present, 0, 16);
  if (L < 1 || L > MAX_LAYERS || H < 1 || H > MAX_HIDDEN || K < 1 || K > MAX_MIXTURES) return BAD_ARGUMENT;
  if (cell < LSTM || cell > LSTM_HYPER) return BAD_ARGUMENT;
  if (cell == LSTM_HYPER ? C < 1 || C > MAX_CODE : C != 0) return BAD_ARGUMENT;
  if (A ? !isText(A, reachBy, embeddingOf, handOf) : (reachBy | embeddingOf | handOf) != 0) return BAD_ARGUMENT;
  normalised = cell != LSTM;
  code = C;
  codePanels = (C + PANEL - 1) / PANEL;
  hidden = H;
  mixtures = K;
  rows = 1 + 6 * K;
  groups = (H + 3) >> 2;
  alphabet = A;
  reach = reachBy;
  embedding = embeddingOf;
  hand = handOf;
  inputs = A ? (2 * reach + 1) * embedding + 2 + hand : 0;
  headRows = rows + (A ? 1 : 0);
  headPanels = (headRows + PANEL - 1) / PANEL;
  pairs = ((H + 7) & ~7) >> 1;
  panelBytes = <usize>pairs * PAIR_BYTES;
  const floats = groups * <i32>SIXTEEN;
  table = alloc(L * <i32>LAYER);
  headWeight = alloc(headPanels * <i32>panelBytes);
  headScale = alloc(headPanels * <i32>SIXTEEN);
  headBias = alloc(headPanels * <i32>SIXTEEN);
  preactivations = alloc(max(groups, BATCH) * <i32>SIXTEEN);
  tail = alloc(16);
  modulated = alloc(code ? floats : 0);
  const zeros = <usize>alloc(normalised ? max(groups, codePanels) * <i32>SIXTEEN : 0);
  if (A) {
    textEmbedding = alloc((alphabet + 1) * embedding * 4);
    textWeight = alloc(groups * inputs * PANEL);
    textScale = alloc(floats);
    textCode = alloc(code * inputs * 4);
  }
  if (refused) return OUT_OF_MEMORY;
  for (let cell = 4 * (groups - 1); cell < H; cell++) store<i32>(tail + <usize>(cell & 3) * 4, -1);
  for (let index = 0; index < L; index++) {
    const at = layer(index);
    at.bias = alloc(floats);
    at.settings = alloc(5 * 16 * groups);
    at.gates = changetype<Rows>(changetype<usize>(at) + offsetof<Layer>());
    createRows(at.gates, index, groups, normalised ? zeros : at.bias);
    if (!normalised) continue;
    at.gain = alloc(floats);
    at.cellGain = alloc(16 * groups);
    at.cellBias = alloc(16 * groups);
    at.code = changetype<Rows>(changetype<usize>(at.gates) + offsetof<Rows>());
    createRows(at.code, index, codePanels, zeros);
    at.modulation = alloc(code * floats);
    at.modulationScale = alloc(floats);
  }
  if (refused) return OUT_OF_MEMORY;
  keep();
  layers = L;
  return OK;
}

/** Whether these sizes of a text are in range. */
function isText(A: i32, reach: i32, embedding: i32, hand: i32): bool {
  return (
    A > 0 && A <= MAX_ALPHABET && reach >= 0 && reach <= MAX_REACH &&
    embedding > 0 && embedding <= MAX_EMBEDDING && hand > 0 && hand <= MAX_HAND
  );
}

/** Takes memory for rows of a layer in so many panels. */
function createRows(rows: Rows, index: i32, panels: i32, base: usize): void {
  const floats = panels * <i32>SIXTEEN, weights = panels * <i32>panelBytes;
  rows.input = alloc(index ? weights : 3 * floats);
  rows.inputScale = alloc(index ? floats : 0);
  rows.recurrent = alloc(weights);
  rows.recurrentScale = alloc(floats);
  rows.base = base;
}
