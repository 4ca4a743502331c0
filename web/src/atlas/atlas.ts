/**
 * The atlas of a checkpoint as the page reads it (spec/atlas.md): orders, features, clusters, moments, effects.
 *
 * Letter key: N cells of all layers in turn, F features, M moments.
 */

import { HeaderError, readHeader } from "../engine/safetensors.ts";

const FORMAT = "pentrace atlas";
const VERSION = 1;

/** The atlas cannot be used; the message is one sentence for people. */
export class AtlasError extends Error {
  override name = "AtlasError";
}

export interface AtlasOrder {
  readonly name: string;
  readonly what: string;
  /** Mean correlation of neighbours on held-out lines. */
  readonly merit: number;
}

export interface AtlasFeature {
  readonly name: string;
  readonly what: string;
  readonly unit: string;
  readonly kind: "linear" | "circular" | "binary" | "classes";
  readonly lags: boolean;
  readonly rows: number;
  /** [cell, score] of the best single cell at lag 0. */
  readonly best: { readonly c: readonly [number, number]; readonly h: readonly [number, number] };
  /** What the best of all cells reaches by chance. */
  readonly chance: { readonly c: number; readonly h: number };
  /** All cells together. */
  readonly probe: {
    readonly metric: string;
    readonly value: number | null;
    readonly control: number | null;
  };
}

export interface AtlasCluster {
  readonly size: number;
  readonly feature: string | null;
  readonly score: number;
}

export type AtlasLines =
  | {
      readonly source: "samples";
      readonly seed: number;
      readonly count: number;
      readonly steps: number;
      readonly variation: number;
      /** Lines in which the model stopped writing: no moments are looked for there. */
      readonly collapsed?: readonly number[];
    }
  | { readonly source: "data"; readonly lengths: readonly number[]; readonly terms: string };

/** The metadata, by the names that it has in the file. */
export interface AtlasAbout {
  readonly checkpoint: { readonly name: string; readonly layers: number; readonly hidden: number };
  readonly data: {
    readonly fit: { readonly lines: number };
    readonly held_out: { readonly lines: number };
    readonly terms: string;
  };
  /** The best first, "none" last. */
  readonly orders: readonly AtlasOrder[];
  readonly features: readonly AtlasFeature[];
  readonly lags: readonly number[];
  readonly clusters: readonly AtlasCluster[];
  readonly lines: AtlasLines;
  /** spec/interventions.md */
  readonly effects: readonly unknown[];
}

type Tensor = Float32Array | Uint8Array | Uint16Array | Int8Array;
interface Entry {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
}

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

/** The atlas in a file's bytes. Throws AtlasError. */
export function decodeAtlas(blob: Uint8Array): Atlas {
  const { header, start } = headerOf(blob);
  const about = readAbout(header);
  const tensors = new Map<string, Tensor>();
  for (const [name, entry] of Object.entries(header)) {
    if (name !== "__metadata__") tensors.set(name, readTensor(blob, start, name, entry as Entry));
  }
  const atlas = new Atlas(about, tensors);
  for (const name of ["cluster", "range.c", "moments.c", "score.c", "score.h", "strongest.line"]) {
    const tensor = atlas.tensor(name);
    if (tensor.length === 0 || tensor.length % atlas.cells !== 0) throw broken(`${name} has another size`);
  }
  return atlas;
}

function broken(why: string): AtlasError {
  return new AtlasError(`The atlas of this checkpoint cannot be read: ${why}; build it again.`);
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
  const text = (header.__metadata__ as Record<string, unknown> | undefined)?.pentrace;
  if (typeof text !== "string") throw broken("it has no metadata of an atlas");
  let about: Record<string, unknown>;
  try {
    about = JSON.parse(text);
  } catch {
    throw broken("its metadata is not valid JSON");
  }
  if (about.format !== FORMAT) throw broken("it is another kind of file");
  if (about.version !== VERSION) throw broken(`its version is ${about.version}, not ${VERSION}`);
  for (const key of ["orders", "features", "clusters", "effects", "lags"]) {
    if (!Array.isArray(about[key])) throw broken(`it has no ${key}`);
  }
  for (const key of ["checkpoint", "data", "lines"]) {
    if (typeof about[key] !== "object" || about[key] === null) throw broken(`it has no ${key}`);
  }
  return about as unknown as AtlasAbout;
}

function readTensor(blob: Uint8Array, start: number, name: string, entry: Entry): Tensor {
  const [begin, end] = entry.data_offsets ?? [0, -1];
  if (!(begin >= 0 && end >= begin && start + end <= blob.length)) throw broken(`${name} lies outside it`);
  // A copy: a tensor need not lie at a multiple of its numbers' size.
  const buffer = blob.slice(start + begin, start + end).buffer;
  const size = entry.shape.reduce((a, b) => a * b, 1);
  const made =
    entry.dtype === "F32"
      ? new Float32Array(buffer)
      : entry.dtype === "U16"
        ? new Uint16Array(buffer)
        : entry.dtype === "I8"
          ? new Int8Array(buffer)
          : new Uint8Array(buffer);
  if (made.length !== size) throw broken(`${name} has another size`);
  return made;
}
