/**
 * The atlas of a checkpoint as the page reads it (spec/atlas.md): orders, features, clusters, moments, effects.
 *
 * Letter key: N cells of all layers in turn, F features, M moments.
 */

import { HeaderError, readHeader } from "../checkpoint/safetensors.ts";
import type { PathSource } from "../engine/source.ts";
import { type AtlasAbout, type AtlasLines, problem } from "./metadata.ts";

export type { AtlasAbout, AtlasFeature, AtlasLines } from "./metadata.ts";

const FORMAT = "pentrace atlas";

/** The atlas cannot be used; the message is one sentence for people. */
export class AtlasError extends Error {
  override name = "AtlasError";
}

type Tensor = Float32Array | Uint8Array | Uint16Array | Int8Array;
const TENSORS = { F32: Float32Array, U8: Uint8Array, U16: Uint16Array, I8: Int8Array } as const;
type DType = keyof typeof TENSORS;

export class Atlas {
  readonly about: AtlasAbout;
  readonly #tensors: ReadonlyMap<string, Tensor>;

  constructor(about: AtlasAbout, tensors: ReadonlyMap<string, Tensor>) {
    this.about = about;
    this.#tensors = tensors;
  }

  /** N */
  get cells(): number {
    return this.about.checkpoint.layers * this.about.checkpoint.hidden;
  }

  /** A tensor by its name in the file, flat. */
  tensor(name: string): Tensor {
    const found = this.#tensors.get(name);
    if (found === undefined) throw new AtlasError(`The atlas has no ${name}; build it again.`);
    return found;
  }

  /** How well each cell alone follows a feature at lag 0, [N]; undefined where the atlas has no such feature. */
  scores(feature: string, part: "c" | "h" = "c"): Float32Array | undefined {
    const row = this.about.features.findIndex(({ name }) => name === feature);
    if (row < 0) return undefined;
    const all = this.tensor(`score.${part}`) as Float32Array;
    return all.subarray(row * this.cells, (row + 1) * this.cells);
  }

  /** The cells that follow a feature best, the best first, whichever the sign. */
  cellsFor(feature: string, count = 10, part: "c" | "h" = "c"): number[] {
    const scores = this.scores(feature, part) ?? new Float32Array(0);
    const order = Array.from(scores.keys()).sort((a, b) => Math.abs(scores[b]!) - Math.abs(scores[a]!));
    return order.slice(0, count);
  }

  /** The cells of a cluster. */
  cluster(number: number): number[] {
    return Array.from(this.tensor("cluster").keys()).filter(
      (cell) => this.tensor("cluster")[cell] === number,
    );
  }
}

/** Numbers of the lines in which moments are looked for. */
export function lineNumbers(lines: AtlasLines): number[] {
  const [count, collapsed] =
    lines.source === "data" ? [lines.lengths.length, []] : [lines.count, lines.collapsed ?? []];
  return Array.from({ length: count }, (_, line) => line).filter((line) => !collapsed.includes(line));
}

/** The lines of an atlas, with the offsets of all of them one after the other, [points, 3]; null where they are samples. */
export interface StoredLines {
  readonly lines: AtlasLines;
  readonly offsets: Float32Array | null;
}

/** A line as a source of ink (spec/atlas.md). */
export function lineSource({ lines, offsets }: StoredLines, line: number): PathSource {
  if (lines.source === "data") {
    const begin = lines.lengths.slice(0, line).reduce((sum, length) => sum + length, 0);
    return { kind: "offsets", offsets: offsets!.slice(3 * begin, 3 * (begin + lines.lengths[line]!)) };
  }
  const { seed, steps, variation, text } = lines;
  const sample = { kind: "sample", seed: seed + line, steps, variation } as const;
  if (text === undefined) return sample;
  const words = text.lines[line % text.lines.length]!;
  const hand = text.hands[line % text.hands.length] ?? null;
  return { ...sample, text: { words, hand, cap: text.cap } };
}

/** The atlas in a file's bytes. Throws AtlasError for anything that spec/atlas.md does not allow. */
export function decodeAtlas(blob: Uint8Array): Atlas {
  const { header, start } = headerOf(blob);
  const about = readAbout(header);
  const wanted = tensorsOf(about, header);
  for (const name of Object.keys(header)) {
    if (name !== "__metadata__" && !wanted.has(name)) throw broken(`it has a tensor ${shown(name)}`);
  }
  const tensors = new Map<string, Tensor>();
  for (const [name, [dtype, shape]] of wanted) {
    tensors.set(name, readTensor(blob, start, name, dtype, shape, header[name]));
  }
  checkNumbers(about, tensors);
  return new Atlas(about, tensors);
}

function broken(why: string): AtlasError {
  return new AtlasError(
    `The atlas of this checkpoint cannot be read: ${why}. Build it again with “pentrace atlas”.`,
  );
}

function headerOf(blob: Uint8Array): { header: Record<string, unknown>; start: number } {
  try {
    return readHeader(blob);
  } catch (error) {
    if (error instanceof HeaderError) throw broken(error.message);
    throw error;
  }
}

function readAbout(header: Record<string, unknown>): AtlasAbout {
  const text = (header.__metadata__ as Record<string, unknown> | null | undefined)?.pentrace;
  if (typeof text !== "string") throw broken("it has no metadata of an atlas");
  let about: unknown;
  try {
    about = JSON.parse(text);
  } catch {
    throw broken("its metadata is not valid JSON");
  }
  if ((about as Record<string, unknown> | null)?.format !== FORMAT)
    throw broken("it is another kind of file");
  const wrong = problem(about);
  if (wrong !== null) throw broken(wrong);
  return about as AtlasAbout;
}

/** Data type and shape of each tensor, by name. */
function tensorsOf(
  about: AtlasAbout,
  header: Record<string, unknown>,
): Map<string, [DType, readonly number[]]> {
  const n = about.checkpoint.layers * about.checkpoint.hidden;
  const f = about.features.length;
  const shape = (header["strongest.line"] as { shape?: unknown } | null | undefined)?.shape;
  const most = Array.isArray(shape) && Number.isSafeInteger(shape[2]) ? Number(shape[2]) : 0;
  const wanted = new Map<string, [DType, readonly number[]]>([
    ...about.orders.map(({ name }): [string, [DType, number[]]] => [`order.${name}`, ["U16", [n]]]),
    ["cluster", ["U8", [n]]],
    ["range.c", ["F32", [5, n]]],
    ["moments.c", ["F32", [2, n]]],
    ["score.c", ["F32", [f, n]]],
    ["score.h", ["F32", [f, n]]],
    ["lag.c", ["I8", [f, n]]],
    ["lagged.c", ["F32", [f, n]]],
    ["preferred.c", ["F32", [n]]],
    ["strongest.line", ["U16", [2, n, most]]],
    ["strongest.step", ["U16", [2, n, most]]],
    ["strongest.value", ["F32", [2, n, most]]],
  ]);
  if (about.lines.source === "data") {
    wanted.set("ink.offsets", ["F32", [about.lines.lengths.reduce((sum, length) => sum + length, 0), 3]]);
  }
  return wanted;
}

function readTensor(
  blob: Uint8Array,
  start: number,
  name: string,
  dtype: DType,
  shape: readonly number[],
  entry: unknown,
): Tensor {
  const found = (entry ?? {}) as Record<string, unknown>;
  if (found.dtype !== dtype || JSON.stringify(found.shape) !== JSON.stringify(shape)) {
    throw broken(`${shown(name)} is not ${dtype} [${shape.join(", ")}]`);
  }
  const [begin, end] = Array.isArray(found.data_offsets) ? found.data_offsets : [0, -1];
  const size = shape.reduce((a, b) => a * b, 1) * TENSORS[dtype].BYTES_PER_ELEMENT;
  if (!(begin >= 0 && end - begin === size && start + end <= blob.length)) {
    throw broken(`${shown(name)} lies outside it`);
  }
  // A copy: a tensor need not lie at a multiple of its numbers' size.
  return new TENSORS[dtype](blob.slice(start + begin, start + end).buffer);
}

/** What the metadata says of the tensors' numbers. */
function checkNumbers(about: AtlasAbout, tensors: ReadonlyMap<string, Tensor>): void {
  for (const [name, tensor] of tensors) {
    if (!tensor.every(Number.isFinite)) throw broken(`${shown(name)} has a NaN or an infinity`);
  }
  const { lines } = about;
  const count = lines.source === "samples" ? lines.count : lines.lengths.length;
  const line = tensors.get("strongest.line")!;
  const beyond = (step: number, k: number): boolean =>
    step >= (lines.source === "samples" ? lines.steps : lines.lengths[line[k]!]!);
  const clusters = about.clusters.length;
  if (tensors.get("cluster")!.some((number) => number >= clusters)) throw broken("a cell has no cluster");
  if (line.some((number) => number >= count)) throw broken("a moment has no line");
  if (tensors.get("strongest.step")!.some(beyond)) throw broken("a moment lies beyond the end of its line");
  for (const { name } of about.orders) {
    const order = tensors.get(`order.${name}`)!;
    const cells = new Set<number>(order);
    if (cells.size < order.length || order.some((cell) => cell >= order.length)) {
      throw broken(`the order ${shown(name)} does not have every cell once`);
    }
  }
}

/** A name from a file, short enough for an error. */
function shown(name: string): string {
  return name.length <= 40 ? name : `${name.slice(0, 40)}…`;
}
