/**
 * Reads checkpoints (spec/checkpoint.md): the twin of src/pentrace/checkpoint/checkpoint.py.
 *
 * It looks at the header before it takes memory for a tensor, and says what is wrong in the same words as Python, but for
 * files that are no safetensors files; spec/golden/hostile.json pins them.
 */

import constants from "../../../spec/constants.json" with { type: "json" };
import {
  type Architecture,
  CELLS,
  CODE_SIZES,
  type Dtype,
  SIZES,
  size,
  TEXT_SIZES,
  type TextArchitecture,
  tensorTable,
} from "./architecture.ts";
import {
  type Header,
  HeaderError,
  isObject,
  type Json,
  type JsonObject,
  kind,
  readHeader,
} from "./safetensors.ts";

const FORMAT = "pentrace";
const FORMAT_VERSION = "1";
/** Characters of the largest alphabet. */
const MAX_ALPHABET = constants.checkpoint.largest_alphabet;
/** Objects and lists within each other in a value of the metadata. */
const MAX_DEPTH = constants.checkpoint.deepest_metadata;
const PLAIN = `JSON of Unicode and finite numbers, at most ${MAX_DEPTH} deep`;
/** Half of a surrogate pair, which is not a character. */
const SURROGATE = /\p{Surrogate}/u;
const BYTES: Readonly<Record<Dtype, number>> = { F32: 4, I8: 1 };
const REQUIRED = ["format", "format_version", "architecture", "units_per_raw_unit", "name", "data"];
const OBJECTS = ["architecture", "data", "score", "training"];
const DECIMAL = /^[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?$/;

export type Tensor = Float32Array | Int8Array;

/** A checkpoint that breaks a rule of spec/checkpoint.md. */
export class CheckpointError extends Error {
  override name = "CheckpointError";
}

/** A packed model: tensors by name and what is known of it. */
export interface Checkpoint {
  readonly architecture: Architecture;
  readonly tensors: ReadonlyMap<string, Tensor>;
  readonly name: string;
  readonly unitsPerRawUnit: number;
  /** What it was trained on, and under which terms. */
  readonly data: JsonObject;
  readonly score: JsonObject | undefined;
  readonly training: JsonObject | undefined;
}

/** What a model computes with. */
export type Weights = Pick<Checkpoint, "architecture" | "tensors" | "unitsPerRawUnit">;

/** The checkpoint in a file's bytes; `name` is what errors call the file. Throws CheckpointError. */
export function decodeCheckpoint(blob: Uint8Array, name: string): Checkpoint {
  const { header, start } = headerOf(blob, name);
  const metadata = readMetadata(header, name);
  const fields = readFields(metadata, name);
  const architecture = readArchitecture(fields.architecture as JsonObject, name);
  const table = tensorTable(architecture);
  checkLayout(header, table, blob.length - start, name);
  const tensors = new Map<string, Tensor>();
  let at = start;
  for (const [key, [dtype, shape]] of table) {
    const bytes = size(shape) * BYTES[dtype];
    // A copy: a tensor need not lie at a multiple of 4.
    const buffer = blob.slice(at, at + bytes).buffer;
    tensors.set(key, dtype === "F32" ? new Float32Array(buffer) : new Int8Array(buffer));
    at += bytes;
  }
  checkValues(tensors, name);
  return {
    architecture,
    tensors,
    name: metadata.name!,
    unitsPerRawUnit: readUnits(metadata.units_per_raw_unit!, name),
    data: fields.data as JsonObject,
    score: fields.score as JsonObject | undefined,
    training: fields.training as JsonObject | undefined,
  };
}

/** Hand codes of a checkpoint that knows text, [N, D]; none for another. */
export function handCodes({ architecture, tensors }: Weights): Float32Array {
  const scales = tensors.get("text.hands.scale");
  const width = architecture.text?.hand ?? 1;
  return Float32Array.from(
    tensors.get("text.hands") ?? [],
    (value, k) => value * scales![Math.floor(k / width)]!,
  );
}

/** The hand code [D] of a number. */
export function handCode(checkpoint: Checkpoint, hand: number): Float32Array {
  const width = checkpoint.architecture.text!.hand;
  return handCodes(checkpoint).subarray(hand * width, (hand + 1) * width);
}

function fail(name: string, what: string, expected: string, found: string): CheckpointError {
  return new CheckpointError(`${name}: ${what}: expected ${expected}, found ${found}`);
}

function headerOf(blob: Uint8Array, name: string): Header {
  const most = constants.checkpoint.largest_file;
  if (blob.length > most) {
    throw new CheckpointError(`${name}: expected at most ${most} bytes, found ${blob.length}`);
  }
  try {
    return readHeader(blob);
  } catch (error) {
    if (error instanceof HeaderError) throw new CheckpointError(`${name}: ${error.message}`);
    throw error;
  }
}

/** The strings of `__metadata__`, which is taken out of the header. */
function readMetadata(header: JsonObject, name: string): Record<string, string> {
  const metadata = get(header, "__metadata__") ?? {};
  delete header.__metadata__;
  if (!isObject(metadata)) throw fail(name, "__metadata__", "an object of strings", kind(metadata));
  for (const [key, value] of Object.entries(metadata)) {
    if (typeof value !== "string") throw fail(name, `__metadata__.${key}`, "a string", kind(value));
    if (SURROGATE.test(key) || SURROGATE.test(value)) {
      throw fail(name, `__metadata__.${key}`, "Unicode", "half of a surrogate pair");
    }
  }
  const strings = Object.assign(Object.create(null), metadata) as Record<string, string>;
  const format = strings.format;
  if (format !== FORMAT) {
    const found = format === undefined ? "nothing" : quoted(format);
    throw fail(name, "format", quoted(FORMAT), `${found}; this is not a pentrace checkpoint`);
  }
  for (const key of REQUIRED) {
    if (!(key in strings)) throw fail(name, `__metadata__.${key}`, "a string", "nothing");
  }
  const version = strings.format_version!;
  if (version !== FORMAT_VERSION) {
    const found = `${quoted(version)}; a newer pentrace may read it`;
    throw fail(name, "format_version", quoted(FORMAT_VERSION), found);
  }
  return strings;
}

/** The values of the metadata that are JSON themselves. */
function readFields(metadata: Record<string, string>, name: string): JsonObject {
  const fields: JsonObject = {};
  for (const key of OBJECTS) {
    const text = metadata[key];
    if (text === undefined) continue;
    let value: Json;
    try {
      value = JSON.parse(text);
    } catch {
      throw fail(name, `__metadata__.${key}`, "JSON", "something else");
    }
    if (!isPlain(value)) throw fail(name, `__metadata__.${key}`, PLAIN, "something else");
    if (!isObject(value)) throw fail(name, `__metadata__.${key}`, "a JSON object", kind(value));
    fields[key] = value;
  }
  return fields;
}

/** Whether every program can read, print and write a value's parts: see PLAIN. */
function isPlain(value: Json): boolean {
  const parts: [Json, number][] = [[value, 0]];
  for (let next = parts.pop(); next !== undefined; next = parts.pop()) {
    const [part, depth] = next;
    if (typeof part === "object" && part !== null) {
      if (depth === MAX_DEPTH) return false;
      const items = Array.isArray(part) ? part : [...Object.keys(part), ...Object.values(part)];
      for (const item of items) parts.push([item, depth + 1]);
    } else if (typeof part === "string" ? SURROGATE.test(part) : !Number.isFinite(Number(part))) {
      return false;
    }
  }
  return true;
}

function readArchitecture(value: JsonObject, name: string): Architecture {
  const cell = get(value, "cell");
  const coded = cell === CELLS[2];
  const sizes = Object.keys(coded ? { ...SIZES, ...CODE_SIZES } : SIZES);
  checkKeys(value, ["cell", ...sizes, "text"], "architecture", name);
  if (typeof cell !== "string" || !CELLS.includes(cell)) {
    const found = typeof cell === "string" ? quoted(cell) : foundKind(cell);
    throw fail(name, "architecture.cell", CELLS.map(quoted).join(" or "), found);
  }
  const numbers = readSizes(value, SIZES, "architecture", name);
  const { code } = coded ? readSizes(value, CODE_SIZES, "architecture", name) : { code: 0 };
  const text = get(value, "text");
  const architecture = { ...numbers, normalised: cell !== CELLS[0], code };
  return text === undefined ? architecture : { ...architecture, text: readText(text, name) };
}

function readText(value: Json, name: string): TextArchitecture {
  const what = "architecture.text";
  if (!isObject(value)) throw fail(name, what, "a JSON object", kind(value));
  checkKeys(value, ["alphabet", ...Object.keys(TEXT_SIZES)], what, name);
  const characters = get(value, "alphabet");
  if (typeof characters !== "string") {
    throw fail(name, `${what}.alphabet`, "a string", foundKind(characters));
  }
  const alphabet = Array.from(characters);
  if (alphabet.length < 1 || alphabet.length > MAX_ALPHABET) {
    throw fail(name, `${what}.alphabet`, `1 to ${MAX_ALPHABET} characters`, String(alphabet.length));
  }
  const again = alphabet.find((character, k) => alphabet.indexOf(character) < k);
  if (again !== undefined) {
    throw fail(name, `${what}.alphabet`, "every character once", `${quoted(again)} twice`);
  }
  return { alphabet, ...readSizes(value, TEXT_SIZES, what, name) };
}

function checkKeys(value: JsonObject, known: string[], what: string, name: string): void {
  for (const key of Object.keys(value)) {
    if (!known.includes(key)) throw fail(name, what, known.join(", "), quoted(key));
  }
}

/** The numbers by name, each within its smallest and largest. */
function readSizes<Key extends string>(
  value: JsonObject,
  ranges: Readonly<Record<Key, readonly number[]>>,
  what: string,
  name: string,
): Record<Key, number> {
  const sizes = {} as Record<Key, number>;
  for (const key of Object.keys(ranges) as Key[]) {
    const number = get(value, key);
    const [least, largest] = ranges[key] as [number, number];
    if (!(typeof number === "number" && Number.isInteger(number) && number >= least && number <= largest)) {
      throw fail(name, `${what}.${key}`, `a whole number from ${least} to ${largest}`, foundNumber(number));
    }
    sizes[key] = number;
  }
  return sizes;
}

function readUnits(text: string, name: string): number {
  const value = DECIMAL.test(text) ? Number(text) : Number.NaN;
  if (!(Number.isFinite(value) && value > 0)) {
    throw fail(name, "units_per_raw_unit", "a number above zero", quoted(text));
  }
  return value;
}

/** Every tensor there, of its dtype and shape, one after the other, to the end of the file. */
function checkLayout(header: JsonObject, table: Map<string, [Dtype, number[]]>, body: number, name: string) {
  for (const key of Object.keys(header)) {
    if (!table.has(key)) throw fail(name, "tensors", "only those of the architecture", quoted(key));
  }
  let end = 0;
  for (const [key, [dtype, shape]] of table) {
    const entry = get(header, key);
    if (!isObject(entry)) throw fail(name, key, "a tensor", foundKind(entry));
    const found = get(entry, "dtype");
    if (found !== dtype) {
      throw fail(name, `${key} dtype`, dtype, typeof found === "string" ? cut(found) : "nothing");
    }
    checkNumbers(entry, "shape", key, shape, name);
    const offsets = [end, end + size(shape) * BYTES[dtype]];
    checkNumbers(entry, "data_offsets", key, offsets, name);
    end = offsets[1]!;
  }
  if (end !== body) {
    const note = body < end ? "the file is cut short" : "there are bytes after the last tensor";
    throw fail(name, "tensors", `${end} bytes`, `${body}: ${note}`);
  }
}

function checkNumbers(entry: JsonObject, field: string, key: string, expected: number[], name: string): void {
  const found = get(entry, field);
  const same =
    Array.isArray(found) && found.length === expected.length && found.every((v, k) => v === expected[k]);
  if (!same) throw fail(name, `${key} ${field}`, list(expected), list(found));
}

function checkValues(tensors: Map<string, Tensor>, name: string): void {
  for (const [key, tensor] of tensors) {
    if (tensor instanceof Int8Array) continue;
    const bad = tensor.findIndex((value) => !Number.isFinite(value));
    if (bad >= 0) throw fail(name, key, "finite numbers", `NaN or infinity at ${bad}`);
    const zero = key.endsWith(".scale") ? tensor.indexOf(0) : -1;
    if (zero >= 0) throw fail(name, key, "scales other than zero", `zero at ${zero}`);
  }
}

/** An own property: a header may name anything, `constructor` too. */
function get(object: JsonObject, key: string): Json | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

function foundKind(value: Json | undefined): string {
  return value === undefined || value === null ? "nothing" : kind(value);
}

function foundNumber(value: Json | undefined): string {
  if (value === undefined || value === null) return "nothing";
  return Number.isSafeInteger(value) ? String(value) : kind(value);
}

function list(value: Json | undefined): string {
  if (!Array.isArray(value)) return foundKind(value);
  if (value.length > 8) return `a list of ${value.length}`;
  return `[${value.map(foundNumber).join(", ")}]`;
}

/** The first 40 characters. */
function cut(text: string): string {
  return Array.from(text).slice(0, 40).join("");
}

function quoted(text: string): string {
  return JSON.stringify(cut(text));
}
