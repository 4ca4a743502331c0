/** Hands: what a checkpoint learned from somebody's writing, in a small file (spec/hand.md): the twin of hand.py. */

import constants from "../../../spec/constants.json" with { type: "json" };
import { type Architecture, CELLS, cellNumber, tensorTable } from "./architecture.ts";
import type { Checkpoint, Weights } from "./checkpoint.ts";
import { HeaderError, isObject, type Json, type JsonObject, readHeader } from "./safetensors.ts";

const { format, version, largest_file, most_ink } = constants.hand;
/** The tensor with the ink, where it is kept, and the key of the metadata that says what its lines are. */
const INK = "ink";
/** The tensor with the hand code, which no checkpoint has in its file. */
export const HAND_CODE = "text.hand";
const SHA256 = /^[0-9a-f]{64}$/;

/** A hand that cannot be learned, read or applied; the message is one sentence for people. */
export class HandError extends Error {
  override name = "HandError";
}

/** A line that a hand was learned from. */
export interface KeptLine {
  /** [n, 2] */
  readonly points: Float32Array;
  /** [n], 1 at the last point of a stroke. */
  readonly penUp: Uint8Array;
  /** Model units in one unit of the points; null where that is not known. */
  readonly scale: number | null;
  /** What it says; null where that is not known. */
  readonly text: string | null;
}

/** Lines from which a hand may have been learned. */
export interface Taught {
  readonly lines: readonly KeptLine[];
  /** Points that a model gets of the hand's own lines, all together; where these have others, they are not the same. */
  readonly points: number;
}

/** A hand that was learned. */
export interface Hand {
  /** SHA-256 of the checkpoint's file, in hexadecimal. */
  readonly base: string;
  /** Tensors that take the place of the base's, by name. Hands of older versions have no hand code. */
  readonly tensors: ReadonlyMap<string, Float32Array>;
  /** Lines that were written for it, their points, and how many of the lines were held back. */
  readonly lines: number;
  readonly points: number;
  readonly heldBack: number;
  /** Score under the base and under the hand, in nats a point and raw whiteboard units; null where a mix has none. */
  readonly before: number | null;
  readonly after: number | null;
  /** The share of the change of the numbers that is kept; missing where all of it is, and in hands of older versions. */
  readonly share?: number;
  /** The lines that it was learned from, where its owner wants them in the file. */
  readonly ink?: readonly KeptLine[];
}

/**
 * Names and shapes of what is learned, in the order of the file: all float32 tensors but those of a text, and the hand code
 * of a model that knows text.
 */
export function learnedTensors(architecture: Architecture): Map<string, number[]> {
  const { layers, normalised } = architecture;
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
  if (architecture.text) names.set(HAND_CODE, [architecture.text.hand]);
  return names;
}

/** What a learned tensor is before anything is learned: that of the checkpoint, or the hand code of no hand: zeros. */
export function begun({ architecture, tensors }: Weights, name: string): Float32Array {
  if (name === HAND_CODE) return new Float32Array(architecture.text!.hand);
  return tensors.get(name) as Float32Array;
}

/** A checkpoint, whose file has this SHA-256, with a hand. Throws HandError where the hand is of another. */
export function applyHand(checkpoint: Checkpoint, sha256: string, hand: Hand): Checkpoint {
  if (sha256 !== hand.base) {
    throw new HandError(
      `hand: expected the checkpoint that it was learned on (${hand.base.slice(0, 12)}), found ` +
        `'${checkpoint.name}' (${sha256.slice(0, 12)}); use that one, or learn the hand again on this`,
    );
  }
  const expected = learnedTensors(checkpoint.architecture);
  const own = new Map(hand.tensors);
  if (expected.has(HAND_CODE) && !own.has(HAND_CODE)) own.set(HAND_CODE, begun(checkpoint, HAND_CODE));
  const fits = ([name, shape]: [string, number[]]) => own.get(name)?.length === size(shape);
  if (own.size !== expected.size || ![...expected].every(fits)) {
    throw new HandError(`hand: expected the tensors ${[...expected.keys()].join(", ")}, found others`);
  }
  return {
    ...checkpoint,
    tensors: new Map([...checkpoint.tensors, ...own]),
    name: `${checkpoint.name}, in a learned hand`,
    score: undefined,
  };
}

/** A hand as the bytes of a file: the same bytes as hand.py's. */
export function encodeHand(hand: Hand, architecture: Architecture): Uint8Array<ArrayBuffer> {
  const { before, after, share, ink = [] } = hand;
  const scores =
    before === null || after === null ? {} : { before: before.toFixed(6), after: after.toFixed(6) };
  const shares = share === undefined ? {} : { share: String(share) };
  const rows = ink.length > 0 ? inkRows(ink) : null;
  const header: JsonObject = {
    __metadata__: {
      format,
      format_version: version,
      base: hand.base,
      lines: String(hand.lines),
      points: String(hand.points),
      held_back: String(hand.heldBack),
      ...scores,
      ...shares,
      ...(rows ? { [INK]: JSON.stringify(ink.map(tableOf)) } : {}),
    },
  };
  let end = 0;
  const names = learnedTensors(architecture);
  if (rows) names.set(INK, [rows.length / 3, 3]);
  for (const [name, shape] of names) {
    const begin = end;
    end += 4 * size(shape);
    header[name] = { dtype: "F32", shape, data_offsets: [begin, end] };
  }
  const text = JSON.stringify(header);
  const padded = new TextEncoder().encode(text.padEnd(Math.ceil(text.length / 8) * 8));
  const blob = new Uint8Array(8 + padded.length + end);
  new DataView(blob.buffer).setBigUint64(0, BigInt(padded.length), true);
  blob.set(padded, 8);
  let at = 8 + padded.length;
  for (const tensor of [...hand.tensors.values(), ...(rows ? [rows] : [])]) {
    blob.set(new Uint8Array(tensor.buffer, tensor.byteOffset, tensor.byteLength), at);
    at += tensor.byteLength;
  }
  return blob;
}

/** What the metadata say of a line. */
function tableOf({ points, scale, text }: KeptLine): JsonObject {
  return { points: points.length / 2, scale, text };
}

/** All lines, one after the other: (x, y, pen lift) [n, 3]. */
function inkRows(ink: readonly KeptLine[]): Float32Array<ArrayBuffer> {
  const total = ink.reduce((sum, { penUp }) => sum + penUp.length, 0);
  if (total > most_ink) {
    const [most, found] = [most_ink, total].map((count) => count.toLocaleString("en-US"));
    throw new HandError(
      `hand: expected at most ${most} points of ink to keep, found ${found}; leave out lines, or do not keep the ink`,
    );
  }
  const rows = new Float32Array(3 * total);
  let at = 0;
  for (const { points, penUp } of ink) {
    for (const [k, lift] of penUp.entries()) {
      rows.set([points[2 * k]!, points[2 * k + 1]!, lift], at);
      at += 3;
    }
  }
  return rows;
}

/** The lines of a table and their rows. Throws HandError by `fail`. */
function inkOf(table: Json | undefined, rows: Float32Array | undefined, name: string): KeptLine[] {
  if (table === undefined && rows === undefined) return [];
  const wrong = fail(name, INK, "the lines that the hand was learned from", "something else");
  let lines: unknown = null;
  try {
    lines = JSON.parse(typeof table === "string" ? table : "");
  } catch {
    throw wrong;
  }
  if (!Array.isArray(lines) || rows === undefined) throw wrong;
  let at = 0;
  const ink = lines.map((line: unknown) => {
    if (!isObject(line as Json)) throw wrong;
    const { points, scale, text } = line as JsonObject;
    const fits = (scale === null || typeof scale === "number") && (text === null || typeof text === "string");
    if (!isLength(points as Json) || !fits) throw wrong;
    const n = points as number;
    const part = rows.subarray(3 * at, 3 * (at + n));
    at += n;
    return {
      points: part.filter((_, k) => k % 3 !== 2),
      penUp: Uint8Array.from(part.filter((_, k) => k % 3 === 2)),
      scale,
      text,
    };
  });
  if (3 * at !== rows.length) throw wrong;
  return ink;
}

/** The hand in a file's bytes; `name` is what errors call the file. Throws HandError. */
export function decodeHand(blob: Uint8Array, name: string): Hand {
  if (blob.length > largest_file) {
    throw new HandError(`${name}: expected at most ${largest_file} bytes, found ${blob.length}`);
  }
  const { header, start } = headerOf(blob, name);
  const metadata = header.__metadata__;
  delete header.__metadata__;
  if (!isObject(metadata) || metadata.format !== format) {
    throw fail(name, "format", `"${format}"`, "something else; this is not a learned hand");
  }
  if (metadata.format_version !== version) {
    throw fail(name, "format_version", `"${version}"`, "another; a newer pentrace may read it");
  }
  const { base } = metadata;
  if (typeof base !== "string" || !SHA256.test(base)) {
    throw fail(name, "base", "the SHA-256 of a checkpoint", "something else");
  }
  const number = (key: string): number => {
    const text = metadata[key];
    const value = typeof text === "string" && text.trim() !== "" ? Number(text) : Number.NaN;
    if (!Number.isFinite(value)) throw fail(name, key, "a number", "something else");
    return value;
  };
  const [lines, points, heldBack] = [number("lines"), number("points"), number("held_back")];
  const scored = "before" in metadata || "after" in metadata;
  const [before, after] = scored ? [number("before"), number("after")] : [null, null];
  const share = "share" in metadata ? { share: number("share") } : {};
  const tensors = tensorsOf(blob, header, start, name);
  const ink = inkOf(metadata[INK], tensors.get(INK), name);
  tensors.delete(INK);
  return {
    ...{ base, tensors, lines, points, heldBack, before, after },
    ...share,
    ...(ink.length > 0 ? { ink } : {}),
  };
}

function tensorsOf(
  blob: Uint8Array,
  header: JsonObject,
  start: number,
  name: string,
): Map<string, Float32Array> {
  const tensors = new Map<string, Float32Array>();
  let at = 0;
  for (const [key, entry] of Object.entries(header)) {
    const shape = isObject(entry) && entry.dtype === "F32" ? entry.shape : null;
    if (!Array.isArray(shape) || !shape.every(isLength))
      throw fail(name, key, "a float32 tensor", "something else");
    const end = at + 4 * size(shape as number[]);
    const place = (entry as JsonObject).data_offsets;
    const there = Array.isArray(place) && place.length === 2 && place[0] === at && place[1] === end;
    if (!there || start + end > blob.length) {
      throw fail(name, `${key} data_offsets`, `[${at}, ${end}] within the file`, "others");
    }
    const tensor = new Float32Array(blob.slice(start + at, start + end).buffer);
    if (!tensor.every(Number.isFinite)) throw fail(name, key, "finite numbers", "a NaN or an infinity");
    tensors.set(key, tensor);
    at = end;
  }
  if (start + at !== blob.length) throw fail(name, "tensors", `${start + at} bytes`, `${blob.length}`);
  return tensors;
}

function headerOf(blob: Uint8Array, name: string): { header: JsonObject; start: number } {
  try {
    return readHeader(blob);
  } catch (error) {
    if (!(error instanceof HeaderError)) throw error;
    throw fail(name, "file", "a hand that `pentrace learn` or the page wrote", "something else");
  }
}

function fail(name: string, what: string, expected: string, found: string): HandError {
  return new HandError(`${name}: ${what}: expected ${expected}, found ${found}`);
}

function isLength(value: Json): boolean {
  return Number.isInteger(value) && (value as number) > 0 && (value as number) <= largest_file;
}

function size(shape: readonly number[]): number {
  return shape.reduce((n, length) => n * length, 1);
}
