/** The architecture of a model: the twin of src/pentrace/checkpoint/architecture.py. */

import constants from "../../../spec/constants.json" with { type: "json" };

const { cells, largest, text } = constants.checkpoint;

/** Names of the cell: plain, with layer normalisation, with gains that a code of the cells changes. */
export const CELLS: readonly string[] = cells;
/** Smallest and largest sizes of an architecture, of its code and of its text. */
export const SIZES = {
  layers: [1, largest.layers],
  hidden: [1, largest.hidden],
  mixtures: [1, largest.mixtures],
};
export const CODE_SIZES = { code: [1, largest.code] };
export const TEXT_SIZES = text;

export type Dtype = "F32" | "I8";

/** What a model that knows text needs besides. */
export interface TextArchitecture {
  /** Characters, each once; the code of a character is its place here plus 1. */
  readonly alphabet: readonly string[];
  /** Characters before and after the pointer that the model sees. */
  readonly reach: number;
  /** Numbers of a character. */
  readonly embedding: number;
  /** Numbers of a hand code. */
  readonly hand: number;
  /** Hand codes in the checkpoint. */
  readonly hands: number;
}

/** What is needed to lay out a model. */
export interface Architecture {
  readonly layers: number;
  readonly hidden: number;
  readonly mixtures: number;
  /** Whether the cells have layer normalisation. */
  readonly normalised: boolean;
  /** Numbers in which the cells say how their gains are to change; 0: these are fixed. */
  readonly code: number;
  /** Not there where the model knows no text. */
  readonly text?: TextArchitecture;
}

/** Numbers of a tensor. */
export function size(shape: readonly number[]): number {
  return shape.reduce((n, length) => n * length, 1);
}

/** The cell as the engine numbers it. */
export function cellNumber({ normalised, code }: Architecture): number {
  return code > 0 ? 2 : Number(normalised);
}

/** Name, dtype and shape of every tensor, in the order of the file. */
export function tensorTable({
  layers,
  hidden,
  mixtures,
  normalised,
  code,
  text,
}: Architecture): Map<string, [Dtype, number[]]> {
  const gates = 4 * hidden;
  const rows = 1 + 6 * mixtures + (text ? 1 : 0);
  const table = new Map<string, [Dtype, number[]]>();
  for (let layer = 0; layer < layers; layer++) {
    if (layer === 0) {
      table.set("lstm.0.input.weight", ["F32", [gates, 3]]);
    } else {
      table.set(`lstm.${layer}.input.weight`, ["I8", [gates, hidden]]);
      table.set(`lstm.${layer}.input.scale`, ["F32", [gates]]);
    }
    table.set(`lstm.${layer}.recurrent.weight`, ["I8", [gates, hidden]]);
    table.set(`lstm.${layer}.recurrent.scale`, ["F32", [gates]]);
    table.set(`lstm.${layer}.bias`, ["F32", [gates]]);
    if (!normalised) continue;
    table.set(`lstm.${layer}.gain`, ["F32", [gates]]);
    table.set(`lstm.${layer}.cell.gain`, ["F32", [hidden]]);
    table.set(`lstm.${layer}.cell.bias`, ["F32", [hidden]]);
    if (code === 0) continue;
    if (layer === 0) {
      table.set("lstm.0.code.input.weight", ["F32", [code, 3]]);
    } else {
      table.set(`lstm.${layer}.code.input.weight`, ["I8", [code, hidden]]);
      table.set(`lstm.${layer}.code.input.scale`, ["F32", [code]]);
    }
    table.set(`lstm.${layer}.code.recurrent.weight`, ["I8", [code, hidden]]);
    table.set(`lstm.${layer}.code.recurrent.scale`, ["F32", [code]]);
    table.set(`lstm.${layer}.modulation.weight`, ["I8", [gates, code]]);
    table.set(`lstm.${layer}.modulation.scale`, ["F32", [gates]]);
  }
  if (text) {
    const inputs = (2 * text.reach + 1) * text.embedding + 2 + text.hand;
    table.set("text.embedding", ["F32", [text.alphabet.length + 1, text.embedding]]);
    table.set("text.weight", ["I8", [gates, inputs]]);
    table.set("text.scale", ["F32", [gates]]);
    if (code > 0) table.set("text.code.weight", ["F32", [code, inputs]]);
    if (text.hands > 0) {
      table.set("text.hands", ["I8", [text.hands, text.hand]]);
      table.set("text.hands.scale", ["F32", [text.hands]]);
    }
  }
  table.set("head.weight", ["I8", [rows, hidden]]);
  table.set("head.scale", ["F32", [rows]]);
  table.set("head.bias", ["F32", [rows]]);
  return table;
}
