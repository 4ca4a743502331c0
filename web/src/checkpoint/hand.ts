/** Hands: what a checkpoint learned from somebody's writing, in a small file (spec/hand.md): the twin of hand.py. */

import constants from "../../../spec/constants.json" with { type: "json" };
import { type Architecture, size } from "./architecture.ts";
import type { Checkpoint } from "./checkpoint.ts";
import {
  type Changes,
  changed,
  DIRECTIONS,
  HandError,
  packed,
  rowsOf,
  shapesOf,
  unpacked,
} from "./hand-changes.ts";
import { joined } from "./joined.ts";
import { type Header, HeaderError, isObject, type Json, type JsonObject, readHeader } from "./safetensors.ts";

const { format, version, largest_file, most_ink } = constants.hand;
const { coordinate_limit } = constants.ink;
/** The tensor with the ink, where it is kept, and the key of the metadata that says what its lines are. */
const INK = "ink";
/** The tensor with the scales of all rows. */
const SCALE = "scale";
const SHA256 = /^[0-9a-f]{64}$/;

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
  readonly tensors: Changes;
  /** Lines that were written for it, their points, and how many of the lines were held back. */
  readonly lines: number;
  readonly points: number;
  readonly heldBack: number;
  /** Score under the base and under the hand, in nats a point and raw whiteboard units; null where a mix has none. */
  readonly before: number | null;
  readonly after: number | null;
  /** The share of the change of the numbers that is kept; missing in a mix. */
  readonly share?: number;
  /** The lines that it was learned from, where its owner wants them in the file. */
  readonly ink?: readonly KeptLine[];
}

/** A checkpoint, whose file has this SHA-256, with a hand. Throws HandError where the hand is of another. */
export function applyHand(checkpoint: Checkpoint, sha256: string, hand: Hand): Checkpoint {
  checkBase(checkpoint, sha256, hand);
  return {
    ...checkpoint,
    tensors: changed(checkpoint, hand.tensors),
    name: `${checkpoint.name}, in a learned hand`,
    score: undefined,
  };
}

/** Throws HandError unless a hand was learned on this checkpoint, whose file has this SHA-256. */
export function checkBase(checkpoint: Checkpoint, sha256: string, hand: Hand): void {
  if (sha256 !== hand.base) {
    throw new HandError(
      `hand: expected the checkpoint that it was learned on (${hand.base.slice(0, 12)}), found ` +
        `'${checkpoint.name}' (${sha256.slice(0, 12)}); use that one, or learn the hand again on this`,
    );
  }
  shapesOf(checkpoint.architecture, hand.tensors);
}

/** A hand as the bytes of a file: the same bytes as hand.py's. */
export function encodeHand(hand: Hand, architecture: Architecture): Uint8Array<ArrayBuffer> {
  const { before, after, share, ink = [] } = hand;
  const rows = ink.length > 0 ? inkRows(ink) : undefined;
  // JSON leaves out what is undefined
  const header: Record<string, unknown> = {
    __metadata__: {
      format,
      format_version: version,
      base: hand.base,
      lines: String(hand.lines),
      points: String(hand.points),
      held_back: String(hand.heldBack),
      before: before?.toFixed(6),
      after: after?.toFixed(6),
      share: share?.toString(),
      [INK]: rows && JSON.stringify(ink.map(tableOf)),
    },
  };
  const shapes = shapesOf(architecture, hand.tensors);
  const rank = shapes.get(DIRECTIONS)![0]!;
  const small = Array.from(shapes, ([name, shape]) => {
    const [values, scales] = packed(hand.tensors.get(name)!, rowsOf(name, rank));
    return { name, shape, values, scales };
  });
  const scales = joined(small.map(({ scales }) => scales));
  // float32 first, so that it lies at multiples of four bytes
  const tensors: { name: string; shape: number[]; values: Float32Array | Int8Array }[] = [
    { name: SCALE, shape: [scales.length], values: scales },
    ...(rows ? [{ name: INK, shape: [rows.length / 3, 3], values: rows }] : []),
    ...small,
  ];
  let end = 0;
  for (const { name, shape, values } of tensors) {
    const begin = end;
    end += values.byteLength;
    const dtype = values instanceof Int8Array ? "I8" : "F32";
    header[name] = { dtype, shape, data_offsets: [begin, end] };
  }
  const text = new TextEncoder().encode(JSON.stringify(header));
  // Bytes are padded, not characters: a kept text may have curly quotes.
  const padded = new Uint8Array(8 * Math.ceil(text.length / 8)).fill(0x20);
  padded.set(text);
  const bytes = 8 + padded.length + end;
  if (bytes > largest_file) {
    const [most, found] = [largest_file, bytes].map((count) => count.toLocaleString("en-US"));
    throw new HandError(
      `hand: expected at most ${most} bytes, found ${found}; mix fewer hands, or do not keep the ink`,
    );
  }
  const blob = new Uint8Array(bytes);
  new DataView(blob.buffer).setBigUint64(0, BigInt(padded.length), true);
  blob.set(padded, 8);
  let at = 8 + padded.length;
  for (const { values } of tensors) {
    blob.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), at);
    at += values.byteLength;
  }
  return blob;
}

/** What the metadata say of a line. */
function tableOf({ points, scale, text }: KeptLine): JsonObject {
  return { points: points.length / 2, scale, text };
}

/** The points of lines. Throws HandError where they are more than a hand keeps. */
export function inkPoints(ink: readonly Pick<KeptLine, "penUp">[]): number {
  const total = ink.reduce((sum, { penUp }) => sum + penUp.length, 0);
  if (total > most_ink) {
    const [most, found] = [most_ink, total].map((count) => count.toLocaleString("en-US"));
    throw new HandError(
      `hand: expected at most ${most} points of ink to keep, found ${found}; leave out lines, or do not keep the ink`,
    );
  }
  return total;
}

/** All lines, one after the other: (x, y, pen lift) [n, 3]. */
function inkRows(ink: readonly KeptLine[]): Float32Array<ArrayBuffer> {
  const total = inkPoints(ink);
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
    const scaled = scale === null || (typeof scale === "number" && Number.isFinite(scale) && scale > 0);
    const fits = scaled && (text === null || typeof text === "string");
    if (!isLength(points as Json) || !fits) throw wrong;
    const n = points as number;
    const part = rows.subarray(3 * at, 3 * (at + n));
    if (part.some((value, k) => k % 3 !== 2 && Math.abs(value) > coordinate_limit)) throw wrong;
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

/** Throws HandError where a file has more bytes than a hand can have, before they are read. */
export function checkSize(bytes: number, name: string): void {
  if (bytes > largest_file)
    throw new HandError(`${name}: expected at most ${largest_file} bytes, found ${bytes}`);
}

/** The hand in a file's bytes; `name` is what errors call the file. Throws HandError. */
export function decodeHand(blob: Uint8Array, name: string): Hand {
  checkSize(blob.length, name);
  const { header, start } = headerOf(blob, name);
  const metadata = header.__metadata__;
  delete header.__metadata__;
  if (!isObject(metadata) || metadata.format !== format) {
    throw fail(name, "format", `"${format}"`, "something else; this is not a learned hand");
  }
  if (metadata.format_version !== version) {
    throw fail(name, "format_version", `"${version}"`, "another; learn the hand again");
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
  const ink = inkOf(metadata[INK], tensors.get(INK) as Float32Array | undefined, name);
  const changes = changesOf(header, tensors, name);
  return {
    ...{ base, tensors: changes, lines, points, heldBack, before, after },
    ...share,
    ...(ink.length > 0 ? { ink } : {}),
  };
}

function tensorsOf(
  blob: Uint8Array,
  header: JsonObject,
  start: number,
  name: string,
): Map<string, Float32Array | Int8Array> {
  const tensors = new Map<string, Float32Array | Int8Array>();
  let at = 0;
  for (const [key, entry] of Object.entries(header)) {
    const small = key !== SCALE && key !== INK;
    const shape = isObject(entry) && entry.dtype === (small ? "I8" : "F32") ? entry.shape : null;
    if (!Array.isArray(shape) || !shape.every(isLength))
      throw fail(name, key, `${small ? "an int8" : "a float32"} tensor`, "something else");
    const end = at + (small ? 1 : 4) * size(shape as number[]);
    const place = (entry as JsonObject).data_offsets;
    const there = Array.isArray(place) && place.length === 2 && place[0] === at && place[1] === end;
    if (!there || start + end > blob.length) {
      throw fail(name, `${key} data_offsets`, `[${at}, ${end}] within the file`, "others");
    }
    const bytes = blob.slice(start + at, start + end).buffer;
    const tensor = small ? new Int8Array(bytes) : new Float32Array(bytes);
    // 127 times a scale is finite too
    const most = key === SCALE ? 127 : 1;
    if (!tensor.every((value) => Number.isFinite(Math.fround(most * value))))
      throw fail(name, key, "finite numbers", "a NaN or an infinity");
    tensors.set(key, tensor);
    at = end;
  }
  if (start + at !== blob.length) throw fail(name, "tensors", `${start + at} bytes`, `${blob.length}`);
  return tensors;
}

/** The changes in a file's int8 tensors, each row by its scale. Throws HandError by `fail`. */
function changesOf(
  header: JsonObject,
  tensors: ReadonlyMap<string, Float32Array | Int8Array>,
  name: string,
): Changes {
  const scales = (tensors.get(SCALE) as Float32Array | undefined) ?? new Float32Array();
  const small = [...tensors].filter(([, tensor]) => tensor instanceof Int8Array) as [string, Int8Array][];
  const counts = small.map(([key]) => rowsOf(key, ((header[key] as JsonObject).shape as number[])[0]!));
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (scales.length !== total) throw fail(name, SCALE, `${total} scales`, `${scales.length}`);
  let at = 0;
  return new Map(
    small.map(([key, tensor], k) => {
      const begin = at;
      at += counts[k]!;
      return [key, unpacked(tensor, scales.subarray(begin, at))];
    }),
  );
}

function headerOf(blob: Uint8Array, name: string): Header {
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
