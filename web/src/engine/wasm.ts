/** An instance of one of the WebAssembly modules: its exports, its memory, its errors. */

import { EngineError } from "./arguments.ts";

type Call = (...numbers: number[]) => number;
/** The functions of every module. */
type Common = "alloc" | "mark" | "release";
/** The functions of engine.wasm. */
type EngineFunctions =
  | "model_create"
  | "model_tensor"
  | "model_ready"
  | "state_bytes"
  | "state_c"
  | "state_h"
  | "state_reset"
  | "state_copy"
  | "state_text"
  | "state_hand"
  | "state_point"
  | "state_pointer"
  | "state_advance"
  | "consume"
  | "consume_many"
  | "trace"
  | "mixture"
  | "sample"
  | "futures"
  | "intervene"
  | "random"
  | "standard_size"
  | "writing_size"
  | "prepare";

const OUT_OF_MEMORY = -1;
const MEANINGS: Readonly<Record<number, string>> = {
  [OUT_OF_MEMORY]: "the engine's memory (512 MiB) is full; use fewer states or a smaller model",
  [-2]: "a size or a setting is outside its range (spec/engine.md)",
  [-3]: "a NaN or an infinity came up; an offset, an intervention or a weight is too large",
  [-4]: "the state predicts nothing; begin with start()",
};

/** Its functions go by their names, so that tsc finds a misspelt one. */
export class Wasm<Name extends string = EngineFunctions> {
  readonly #exports: WebAssembly.Exports;

  constructor(module: WebAssembly.Module) {
    this.#exports = new WebAssembly.Instance(module, {}).exports;
  }

  /** What an export returns, unless it is an error: then EngineError says what was being done. */
  call(name: Name | Common, doing: string, ...numbers: number[]): number {
    const code = (this.#exports[name] as Call)(...numbers);
    if (code < 0) throw new EngineError(`${doing}: ${MEANINGS[code] ?? `error ${code}`}`);
    return code;
  }

  /** What is allocated inside is freed at its end. */
  scratch<T>(work: () => T): T {
    const mark = this.call("mark", "mark");
    try {
      return work();
    } finally {
      this.call("release", "release", mark);
    }
  }

  alloc(bytes: number): number {
    const pointer = this.call("alloc", "alloc", bytes);
    if (pointer === 0) throw new EngineError(`alloc: ${MEANINGS[OUT_OF_MEMORY]}`);
    return pointer;
  }

  write(array: Float32Array | Int32Array | Int8Array | Uint8Array): number {
    const pointer = this.alloc(array.byteLength);
    const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
    new Uint8Array(this.#buffer).set(bytes, pointer);
    return pointer;
  }

  /** A view that is valid until memory grows. */
  read(pointer: number, length: number): Float32Array<ArrayBuffer> {
    return new Float32Array(this.#buffer, pointer, length);
  }

  /** The same of 32-bit integers. */
  readIntegers(pointer: number, length: number): Int32Array<ArrayBuffer> {
    return new Int32Array(this.#buffer, pointer, length);
  }

  /** The same of 64-bit numbers. */
  readDoubles(pointer: number, length: number): Float64Array<ArrayBuffer> {
    return new Float64Array(this.#buffer, pointer, length);
  }

  /** The same of bytes. */
  readBytes(pointer: number, length: number): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.#buffer, pointer, length);
  }

  get #buffer(): ArrayBuffer {
    return (this.#exports.memory as WebAssembly.Memory).buffer as ArrayBuffer;
  }
}
