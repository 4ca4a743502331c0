/**
 * The recogniser of handwriting in recogniser.wasm (spec/recogniser.md): the twin of src/pentrace/engine/text/recogniser.py.
 * No DOM: for workers and for Node.
 *
 * Letter key: n offsets, T frames, L characters, A characters of the alphabet.
 */

import {
  type Header,
  HeaderError,
  isObject,
  type JsonObject,
  readHeader,
} from "../../checkpoint/safetensors.ts";
import { checkOffsets, codesOf, EngineError } from "../arguments.ts";
import { Wasm } from "../wasm.ts";

/** Least log likelihood a character of a text that fits its ink; as FITS of recogniser.py. */
export const FITS = -3;
const MAX_TEXT = 1024;
const CHANNELS = 8;
const WINDOW = 5;
const PARTS = ["weight", "scale", "bias"] as const;
const SIZES = ["narrow", "wide", "hidden", "layers"] as const;

/** recogniser.wasm, compiled, and its weights. */
export interface RecogniserFiles {
  readonly module: WebAssembly.Module;
  readonly weights: Uint8Array;
}

/** Which offset is the first of each character. */
export interface Aligned {
  /** [L], rising from 0. */
  readonly first: Int32Array<ArrayBuffer>;
  /** Log probability of the path, a character; below FITS the ink does not say the text. */
  readonly score: number;
}

/** An ink in the module's memory, and the log probabilities of its frames. */
interface Seen {
  /** Points, pen lifts, number of points. */
  readonly ink: readonly [number, number, number];
  readonly sources: number;
  readonly table: number;
  readonly frames: number;
}

interface ReadAligned {
  readonly text: string;
  readonly first: Int32Array | null;
}

/** The character of each of n offsets, from the first offset of each character. */
export function pointersOf(first: Int32Array, n: number): Int32Array<ArrayBuffer> {
  const pointers = new Int32Array(n);
  first.forEach((begin, place) => {
    pointers.fill(place, begin);
  });
  return pointers;
}

type Functions =
  | "recogniser_create"
  | "recogniser_tensor"
  | "recogniser_ready"
  | "writing_size"
  | "place"
  | "sample_count"
  | "sample"
  | "recognise"
  | "read"
  | "likelihood"
  | "align";

export class Recogniser {
  /** The characters that it reads. */
  readonly alphabet: readonly string[];
  readonly #wasm: Wasm<Functions>;

  /** Of recogniser.wasm and the bytes of a file of weights. Throws EngineError for another file. */
  static create(module: WebAssembly.Module, weights: Uint8Array): Recogniser {
    try {
      return new Recogniser(module, weights);
    } catch (error) {
      if (!(error instanceof HeaderError)) throw error;
      throw new EngineError(`recogniser: ${error.message}`);
    }
  }

  private constructor(module: WebAssembly.Module, weights: Uint8Array) {
    const head = readHeader(weights);
    const { alphabet, sizes } = architecture(head.header);
    this.alphabet = alphabet;
    this.#wasm = new Wasm(module);
    this.#wasm.call("recogniser_create", "recogniser", ...sizes, alphabet.length);
    matrices(sizes, alphabet.length).forEach(({ name, rows, columns }, number) => {
      PARTS.forEach((kind, part) => {
        if (kind === "bias" && name.endsWith("recurrent")) return;
        const bytes = tensor(weights, head, `${name}.${kind}`, part === 0 ? rows * columns : 4 * rows);
        this.#wasm.scratch(() =>
          this.#wasm.call("recogniser_tensor", name, number, part, this.#wasm.write(bytes)),
        );
      });
    });
    this.#wasm.call("recogniser_ready", "recogniser");
  }

  /** The text of offsets [n, 3], by the likeliest character of each frame; "" for dots alone. */
  read(offsets: Float32Array): string {
    return this.#look(offsets, "", (seen) => this.#read(seen));
  }

  /** What `read` gives, and what `align` says of it, in little more time than one of them; null with "". */
  readAligned(offsets: Float32Array): ReadAligned {
    return this.#look<ReadAligned>(offsets, { text: "", first: null }, (seen) => {
      const text = this.#read(seen);
      return { text, first: text === "" ? null : (this.#align(seen, this.#codes(text))?.first ?? null) };
    });
  }

  /** log p(text | ink), nats a character; -Infinity where the ink is too short for the text. */
  score(offsets: Float32Array, text: string): number {
    const codes = this.#codes(text);
    return this.#look(offsets, -Infinity, ({ table, frames }) => {
      const out = this.#wasm.alloc(8);
      const at = this.#wasm.write(codes);
      this.#wasm.call("likelihood", "score", table, frames, at, codes.length, out);
      return this.#wasm.readDoubles(out, 1)[0]! / codes.length;
    });
  }

  /** Where each character begins, by the likeliest path; null where the ink is too short for the text. */
  align(offsets: Float32Array, text: string): Aligned | null {
    const codes = this.#codes(text);
    return this.#look(offsets, null, (seen) => this.#align(seen, codes));
  }

  /** Log probabilities [T, 1 + A] of the blank and of each character. */
  probabilities(offsets: Float32Array): Float32Array<ArrayBuffer> {
    return this.#look(offsets, new Float32Array(0), ({ table, frames }) =>
      this.#wasm.read(table, frames * (1 + this.alphabet.length)).slice(),
    );
  }

  #read({ table, frames }: Seen): string {
    const codes = this.#wasm.alloc(frames);
    const count = this.#wasm.call("read", "read", table, frames, codes);
    return Array.from(this.#wasm.readBytes(codes, count), (code) => this.alphabet[code - 1]).join("");
  }

  #align({ ink, sources, table, frames }: Seen, codes: Uint8Array): Aligned | null {
    const space = this.alphabet.indexOf(" ") + 1;
    const [first, out] = [this.#wasm.alloc(4 * codes.length), this.#wasm.alloc(8)];
    const at = this.#wasm.write(codes);
    const arguments_ = [table, frames, at, codes.length, space, sources, ...ink, first, out];
    const found = this.#wasm.call("align", "align", ...arguments_);
    if (found === 0) return null;
    const score = this.#wasm.readDoubles(out, 1)[0]! / codes.length;
    return { first: this.#wasm.readIntegers(first, codes.length).slice(), score };
  }

  /** What `work` says of an ink as the module sees it; `nothing` of dots alone. */
  #look<T>(offsets: Float32Array, nothing: T, work: (seen: Seen) => T): T {
    const n = checkOffsets(offsets);
    const wasm = this.#wasm;
    return wasm.scratch(() => {
      const ink = [wasm.alloc(8 * (n + 1)), wasm.alloc(n + 1), n + 1] as const;
      wasm.call("place", "offsets", wasm.write(offsets), n, ink[0], ink[1]);
      const size = wasm.call("writing_size", "writing_size", ...ink);
      if (size === 0) return nothing;
      const count = wasm.call("sample_count", "recogniser", ...ink, size);
      const [features, sources] = [wasm.alloc(4 * CHANNELS * count), wasm.alloc(8 * count)];
      wasm.call("sample", "recogniser", ...ink, size, features, sources);
      const frames = Math.ceil(count / 2);
      const table = wasm.alloc(4 * frames * (1 + this.alphabet.length));
      wasm.call("recognise", "recogniser", features, count, table);
      return work({ ink, sources, table, frames });
    });
  }

  #codes(text: string): Uint8Array {
    const characters = Array.from(text);
    if (!(characters.length >= 1 && characters.length <= MAX_TEXT)) {
      throw new EngineError(`text: expected 1 to ${MAX_TEXT} characters, found ${characters.length}`);
    }
    return codesOf(characters, this.alphabet, "recogniser");
  }
}

interface Matrix {
  readonly name: string;
  readonly rows: number;
  readonly columns: number;
}

/** The matrices of a file, in the order by which the module numbers them. */
function matrices([narrow, wide, hidden, layers]: readonly number[], alphabet: number): Matrix[] {
  const found: Matrix[] = [
    { name: "first", rows: narrow!, columns: WINDOW * CHANNELS },
    { name: "second", rows: wide!, columns: WINDOW * narrow! },
  ];
  for (let layer = 0; layer < layers!; layer++) {
    for (const direction of ["forward", "backward"]) {
      const name = `layers.${layer}.${direction}`;
      found.push({ name: `${name}.input`, rows: 4 * hidden!, columns: layer > 0 ? 2 * hidden! : wide! });
      found.push({ name: `${name}.recurrent`, rows: 4 * hidden!, columns: hidden! });
    }
  }
  return [...found, { name: "head", rows: 1 + alphabet, columns: 2 * hidden! }];
}

/** The bytes of a tensor. */
function tensor(file: Uint8Array, { header, start }: Header, name: string, expected: number): Uint8Array {
  const entry = header[name];
  const [begin, end] = isObject(entry) && Array.isArray(entry.data_offsets) ? entry.data_offsets : [0, 0];
  const bytes = file.subarray(start + Number(begin), start + Number(end));
  if (bytes.length === expected) return bytes;
  throw new EngineError(`recogniser: ${name}: expected ${expected} bytes, found ${bytes.length}`);
}

/** Alphabet and sizes: narrow, wide, hidden, layers. */
function architecture(header: JsonObject): { alphabet: string[]; sizes: number[] } {
  const metadata = header.__metadata__;
  if (!isObject(metadata) || metadata.format !== "pentrace-recogniser" || metadata.format_version !== "1") {
    throw new EngineError("recogniser: expected the weights of a recogniser, found another file");
  }
  const found = JSON.parse(String(metadata.architecture)) as JsonObject;
  return { alphabet: Array.from(String(found.alphabet)), sizes: SIZES.map((name) => Number(found[name])) };
}
