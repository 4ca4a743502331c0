/**
 * What a hand changes of a checkpoint, how that is rounded for its file, and how it is applied (spec/hand.md): the twin of
 * hand_changes.py.
 *
 * Letter key: H hidden, C code, r directions of a hand.
 */

import constants from "../../../spec/constants.json" with { type: "json" };
import { type Architecture, CELLS, cellNumber, size, tensorTable } from "./architecture.ts";
import type { Tensor, Weights } from "./checkpoint.ts";

/** The tensor with the hand code, which no checkpoint has in its file. */
export const HAND_CODE = "text.hand";
/** Directions of the hidden state [r, H], and what each of them adds to the rows of the gates and the code [r, 4H + C]. */
export const DIRECTIONS = "hand.directions";
export const ADDED = "hand.added";
/** Directions of a learned hand. A mix has those of all its hands. */
export const RANK = constants.hand.rank;

/** What is added to each tensor that is learned, by its name, and the directions; rounded as in the file. */
export type Changes = ReadonlyMap<string, Float32Array>;

/** A hand that cannot be learned, read or applied; the message is one sentence for people. */
export class HandError extends Error {
  override name = "HandError";
}

/**
 * Names and shapes of what is learned, in the order of the file: all float32 tensors but those of a text, what each
 * direction adds to the recurrent rows, and the hand code of a model that knows text.
 */
export function learnedTensors(architecture: Architecture, rank: number = RANK): Map<string, number[]> {
  const { layers, normalised, hidden, code } = architecture;
  if (layers !== 1 || !normalised) {
    throw new HandError(
      "hand: expected a checkpoint of one layer with layer normalisation, " +
        `found ${layers} layers of ${CELLS[cellNumber(architecture)]}; learn with the included one`,
    );
  }
  const learned = [...tensorTable(architecture)].filter(
    ([name, [dtype]]) => dtype === "F32" && !name.startsWith("text."),
  );
  const names = new Map(learned.map(([name, [, shape]]) => [name, shape]));
  names.set(ADDED, [rank, 4 * hidden + code]);
  if (architecture.text) names.set(HAND_CODE, [architecture.text.hand]);
  return names;
}

/** What a learned tensor is before anything is learned: that of the checkpoint, zeros where it has none. */
export function begun({ architecture, tensors }: Weights, name: string): Float32Array {
  const own = tensors.get(name);
  return (own as Float32Array | undefined) ?? new Float32Array(size(learnedTensors(architecture).get(name)!));
}

/** Shapes of all tensors of a hand, in the order of its file. Throws HandError where the changes have others. */
export function shapesOf(architecture: Architecture, changes: Changes): Map<string, number[]> {
  const rank = (changes.get(DIRECTIONS)?.length ?? 0) / architecture.hidden;
  const expected = learnedTensors(architecture, rank).set(DIRECTIONS, [rank, architecture.hidden]);
  const fits = ([name, shape]: [string, number[]]) => changes.get(name)?.length === size(shape);
  if (changes.size !== expected.size || ![...expected].every(fits)) {
    throw new HandError(`hand: expected the tensors ${[...expected.keys()].join(", ")}, found others`);
  }
  return expected;
}

/**
 * The tensors of a checkpoint with these changes. Rows to which directions add something are packed again. room: tensors that
 * it made earlier, and that nobody uses any more. Their memory is used again: otherwise megabytes would wait to be collected.
 */
export function changed(
  checkpoint: Weights,
  changes: Changes,
  room: Map<string, Tensor> = new Map(),
): Map<string, Tensor> {
  const { hidden, code } = checkpoint.architecture;
  const tensors = new Map<string, Tensor>(checkpoint.tensors);
  const own = <T extends Float32Array | Int8Array>(
    name: string,
    length: number,
    kind: new (n: number) => T,
  ): T => {
    const known = room.get(name);
    const tensor = known?.length === length ? (known as T) : new kind(length);
    room.set(name, tensor);
    tensors.set(name, tensor);
    return tensor;
  };
  for (const [name, change] of changes) {
    if (name === ADDED || name === DIRECTIONS) continue;
    const to = own(name, change.length, Float32Array);
    begun(checkpoint, name).forEach((number, k) => {
      to[k] = number + change[k]!;
    });
  }
  if (changes.get(ADDED)!.some((number) => number !== 0)) {
    for (const [matrix, first, count] of [
      ["lstm.0.recurrent", 0, 4 * hidden],
      ["lstm.0.code.recurrent", 4 * hidden, code],
    ] as const) {
      if (count === 0) continue;
      const name = `${matrix}.weight`;
      const rows = { first, scales: tensors.get(`${matrix}.scale`) as Float32Array };
      const weights = checkpoint.tensors.get(name) as Int8Array;
      add(changes, hidden, rows, weights, own(name, weights.length, Int8Array));
    }
  }
  return tensors;
}

/**
 * Packs rows of a matrix again with what the directions add to them, and changes their scales in place. first: the number of
 * the first of these rows among all rows.
 */
function add(
  changes: Changes,
  hidden: number,
  { first, scales }: { first: number; scales: Float32Array },
  weights: Int8Array,
  packed: Int8Array,
): void {
  const [directions, added] = [changes.get(DIRECTIONS)!, changes.get(ADDED)!];
  const rank = directions.length / hidden;
  const rows = added.length / rank;
  // Few arrays, used again: thousands of small ones would stay in memory until they are collected.
  const [row, rounded] = [new Float64Array(hidden), new Float32Array(hidden)];
  for (let k = 0; k < scales.length; k++) {
    for (let cell = 0; cell < hidden; cell++) row[cell] = scales[k]! * weights[k * hidden + cell]!;
    for (let r = 0; r < rank; r++) {
      const own = added[r * rows + first + k]!;
      for (let cell = 0; cell < hidden; cell++) row[cell]! += own * directions[r * hidden + cell]!;
    }
    rounded.set(row);
    scales[k] = packRow(rounded, packed, k * hidden);
  }
}

/** A row as int8, from a place on; gives its scale. As `pack_rows` does in Python. */
function packRow(values: Float32Array, to: Int8Array, first: number): number {
  const largest = largestOf(values, 0, values.length);
  const scale = largest > 0 ? Math.fround(largest / 127) : 1;
  for (let k = 0; k < values.length; k++) {
    to[first + k] = Math.max(-127, Math.min(127, nearest(Math.fround(values[k]! / scale))));
  }
  return scale;
}

/** Rounds a change in place to what it is after a file: int8 times the scale of its row. */
export function round(change: Float32Array, rows: number): void {
  for (const [scale, first, end] of scaled(change, rows)) {
    for (let k = first; k < end; k++) change[k] = scale * nearest(change[k]! / scale);
  }
}

/** How many rows of a change have a scale of their own: each direction, what each adds, any other change as a whole. */
export function rowsOf(name: string, rank: number): number {
  return name === ADDED || name === DIRECTIONS ? rank : 1;
}

/** A change as int8, and the scale of each row. */
export function packed(change: Float32Array, rows: number): [Int8Array, Float32Array] {
  const [packed, scales] = [new Int8Array(change.length), [] as number[]];
  for (const [scale, first, end] of scaled(change, rows)) {
    scales.push(scale);
    for (let k = first; k < end; k++) packed[k] = nearest(change[k]! / scale);
  }
  return [packed, Float32Array.from(scales)];
}

/** The rows of a change: the scale, the least power of two that brings the row within +-127; begin and end. */
function* scaled(change: Float32Array, rows: number): Generator<[number, number, number]> {
  const length = change.length / rows;
  for (let first = 0; first < change.length; first += length) {
    yield [scaleOf(largestOf(change, first, first + length)), first, first + length];
  }
}

/** A change from int8 and the scale of each row. */
export function unpacked(packed: Int8Array, scales: Float32Array): Float32Array<ArrayBuffer> {
  const length = packed.length / scales.length;
  const change = new Float32Array(packed.length);
  for (let k = 0; k < packed.length; k++) change[k] = packed[k]! * scales[Math.floor(k / length)]!;
  return change;
}

function scaleOf(largest: number): number {
  if (largest === 0) return 1;
  let scale = 1;
  while (largest > 127 * scale) scale *= 2;
  while (2 * largest <= 127 * scale) scale /= 2;
  return scale;
}

function largestOf(values: Float32Array, first: number, end: number): number {
  let largest = 0;
  for (let k = first; k < end; k++) largest = Math.max(largest, Math.abs(values[k]!));
  return largest;
}

/** The nearest whole number; of two the even one, which Math.round does not take. |value| < 2^51. */
function nearest(value: number): number {
  const large = 1.5 * 2 ** 52;
  return value + large - large;
}
