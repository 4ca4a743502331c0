/**
 * Reads checkpoints (spec/checkpoint.md): the twin of src/pentrace/checkpoint/checkpoint.py.
 *
 * It looks at the header before it takes memory for a tensor, and says what is wrong in the same words as Python;
 * spec/golden/hostile.json pins them.
 *
 * Letter key: H hidden, K mixture components, R = 1 + 6K read-out rows.
 */

import constants from "../../../spec/constants.json" with { type: "json" };
import { HeaderError, isObject, type Json, type JsonObject, kind, readHeader } from "./safetensors.ts";

const FORMAT = "pentrace";
const FORMAT_VERSION = "1";
/** Names of the cell: plain, with layer normalisation, with gains that a code of the cells changes. */
const CELLS = ["lstm", "lstm-ln", "lstm-hyper"];
/** Objects and lists within each other in a value of the metadata. */
const MAX_DEPTH = constants.checkpoint.deepest_metadata;
const PLAIN = `JSON of Unicode and finite numbers, at most ${MAX_DEPTH} deep`;
/** Half of a surrogate pair, which is no character. */
const SURROGATE = /\p{Surrogate}/u;
const BYTES = { F32: 4, I8: 1 } as const;
const REQUIRED = ["format", "format_version", "architecture", "units_per_raw_unit", "name", "data"];
const OBJECTS = ["architecture", "data", "score", "training"];
/** Largest sizes of an architecture. */
const SIZES = {
  layers: constants.checkpoint.largest.layers,
  hidden: constants.checkpoint.largest.hidden,
  mixtures: constants.checkpoint.largest.mixtures,
  code: constants.checkpoint.largest.code,
};
const DECIMAL = /^[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?$/;

type Dtype = keyof typeof BYTES;
export type Tensor = Float32Array | Int8Array;

/** A checkpoint that breaks a rule of spec/checkpoint.md. */
export class CheckpointError extends Error {
  override name = "CheckpointError";
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
}

/** A packed model: tensors by name and what is known of it. */
export interface Checkpoint {
  readonly architecture: Architecture;
  readonly tensors: ReadonlyMap<string, Tensor>;
  readonly name: string;
  readonly unitsPerRawUnit: number;
  /** What it was trained on, and under which terms. */
  readonly data: JsonObject;
  readonly alphabet: string | undefined;
  readonly score: JsonObject | undefined;
  readonly training: JsonObject | undefined;
}

/** The cell as the engine numbers it. */
export function cellNumber({ normalised, code }: Architecture): number {
  return code > 0 ? 2 : Number(normalised);
}

/** Name, dtype and shape of every tensor, in the order of the file. */
function tensorTable({
  layers,
  hidden,
  mixtures,
  normalised,
  code,
}: Architecture): Map<string, [Dtype, number[]]> {
  const gates = 4 * hidden;
  const rows = 1 + 6 * mixtures;
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
  table.set("head.weight", ["I8", [rows, hidden]]);
  table.set("head.scale", ["F32", [rows]]);
  table.set("head.bias", ["F32", [rows]]);
  return table;
}

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
    const bytes = product(shape) * BYTES[dtype];
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
    alphabet: fields.alphabet as string | undefined,
    score: fields.score as JsonObject | undefined,
    training: fields.training as JsonObject | undefined,
  };
}

function fail(name: string, what: string, expected: string, found: string): CheckpointError {
  return new CheckpointError(`${name}: ${what}: expected ${expected}, found ${found}`);
}

/** The header, and where the tensors start. */
function headerOf(blob: Uint8Array, name: string): { header: JsonObject; start: number } {
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
  const metadata = get(header, "__metadata__");
  delete header.__metadata__;
  if (!isObject(metadata)) throw fail(name, "__metadata__", "an object of strings", foundKind(metadata));
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
  for (const key of [...OBJECTS, "alphabet"]) {
    const text = metadata[key];
    if (text === undefined) continue;
    let value: Json;
    try {
      value = JSON.parse(text);
    } catch {
      throw fail(name, `__metadata__.${key}`, "JSON", "something else");
    }
    if (!isPlain(value)) throw fail(name, `__metadata__.${key}`, PLAIN, "something else");
    if (key === "alphabet") {
      if (typeof value !== "string") throw fail(name, "__metadata__.alphabet", "a JSON string", kind(value));
    } else if (!isObject(value)) {
      throw fail(name, `__metadata__.${key}`, "a JSON object", kind(value));
    }
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
  const known = ["cell", ...Object.keys(SIZES).filter((key) => key !== "code" || coded)];
  for (const key of Object.keys(value)) {
    if (!known.includes(key)) throw fail(name, "architecture", known.join(", "), quoted(key));
  }
  if (typeof cell !== "string" || !CELLS.includes(cell)) {
    const found = typeof cell === "string" ? quoted(cell) : foundKind(cell);
    throw fail(name, "architecture.cell", CELLS.map(quoted).join(" or "), found);
  }
  const size = (key: keyof typeof SIZES): number => {
    const number = get(value, key);
    if (typeof number === "number" && Number.isInteger(number) && number >= 1 && number <= SIZES[key]) {
      return number;
    }
    throw fail(name, `architecture.${key}`, `a whole number from 1 to ${SIZES[key]}`, foundNumber(number));
  };
  const sizes = { layers: size("layers"), hidden: size("hidden"), mixtures: size("mixtures") };
  return { ...sizes, normalised: cell !== CELLS[0], code: coded ? size("code") : 0 };
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
    const offsets = [end, end + product(shape) * BYTES[dtype]];
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

function product(shape: number[]): number {
  return shape.reduce((a, b) => a * b, 1);
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
