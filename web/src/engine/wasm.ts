/** An instance of one of the WebAssembly modules: its exports, its memory, its errors. */

import { EngineError } from "./arguments.ts";

type Call = (...numbers: number[]) => number;

/** The exports of engine.wasm that take and give i32 and f32. */
type Functions =
  | "alloc"
  | "mark"
  | "release"
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

type Exports<Name extends string> = Readonly<Record<Name | "alloc" | "mark" | "release", Call>> & {
  readonly memory: WebAssembly.Memory;
};

const OUT_OF_MEMORY = -1;
const MEANINGS: Readonly<Record<number, string>> = {
  [OUT_OF_MEMORY]: "the engine's memory (512 MiB) is full; use fewer states or a smaller model",
  [-2]: "a size or a setting is outside its range (spec/engine.md)",
  [-3]: "a NaN or an infinity came up; an offset, an intervention or a weight is too large",
  [-4]: "the state predicts nothing; begin with start()",
};

export class Wasm<Name extends string = Functions> {
  readonly exports: Exports<Name>;

  constructor(module: WebAssembly.Module) {
    this.exports = new WebAssembly.Instance(module, {}).exports as unknown as Exports<Name>;
  }

  /** What a function returns, unless it is an error: then EngineError says what was being done. */
  call(name: Name, doing: string, ...numbers: number[]): number {
    const code = (this.exports[name] as Call)(...numbers);
    if (code < 0) throw new EngineError(`${doing}: ${MEANINGS[code] ?? `error ${code}`}`);
    return code;
  }

  /** What is allocated inside is freed at its end. */
  scratch<T>(work: () => T): T {
    const mark = this.exports.mark();
    try {
      return work();
    } finally {
      this.exports.release(mark);
    }
  }

  alloc(bytes: number): number {
    const pointer = this.exports.alloc(bytes);
    if (pointer === 0) throw new EngineError(`alloc: ${MEANINGS[OUT_OF_MEMORY]}`);
    return pointer;
  }

  write(array: Float32Array | Int32Array | Int8Array | Uint8Array): number {
    const pointer = this.alloc(array.byteLength);
    const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
    new Uint8Array(this.exports.memory.buffer).set(bytes, pointer);
    return pointer;
  }

  /** A view that is valid until memory grows. */
  read(pointer: number, length: number): Float32Array<ArrayBuffer> {
    return new Float32Array(this.exports.memory.buffer as ArrayBuffer, pointer, length);
  }

  /** The same of 32-bit integers. */
  readIntegers(pointer: number, length: number): Int32Array<ArrayBuffer> {
    return new Int32Array(this.exports.memory.buffer as ArrayBuffer, pointer, length);
  }
}
