/** An instance of learn.wasm: a checkpoint, lines, and what has been learned: the twin of learner.py. */

import constants from "../../../spec/constants.json" with { type: "json" };
import type { Checkpoint } from "./checkpoint.ts";
import { begun, HAND_CODE, learnedTensors } from "./hand.ts";
import type { Script } from "./scripts.ts";
import { Wasm } from "./wasm.ts";

const { code_unit: CODE_UNIT, jitter: JITTER } = constants.hand;

/** By the number that learn_tensor knows them by. */
const TENSORS = [
  "lstm.0.recurrent.weight",
  "lstm.0.code.recurrent.weight",
  "lstm.0.modulation.weight",
  "head.weight",
  "text.weight",
  "text.scale",
  "text.code.weight",
  "text.embedding",
];

/** What reading a window of some lines gave. */
export interface Read {
  /** Sums over the window in model units, one for each line. */
  readonly nats: Float64Array;
  /** By each number, a padded row for each line; empty if none were asked for. */
  readonly gradients: Float32Array;
  /** Points of all these lines in the window. */
  readonly points: number;
}

/** The exports of learn.wasm. */
type Functions =
  | "learn_create"
  | "learn_tensor"
  | "learn_text"
  | "learn_path"
  | "learn_begin"
  | "learn_count"
  | "learn_stride"
  | "learn_state_bytes"
  | "learn_parameters"
  | "learn_window"
  | "learn_step";

export class Learner {
  readonly #wasm: Wasm<Functions>;
  readonly #names: ReadonlyMap<string, readonly number[]>;
  /** What the numbers are before anything is learned. */
  readonly #base: Float32Array;
  readonly #lengths: readonly number[];
  readonly #stride: number;
  readonly #stateBytes: number;
  readonly #lines: readonly number[];
  readonly #states: readonly number[];

  /** Of each line, or 0. */
  readonly #texts: readonly number[];

  /** module: learn.wasm. lines: offsets [m, 3] in model units. scripts: what they say, null where that is not known. */
  constructor(
    module: WebAssembly.Module,
    checkpoint: Checkpoint,
    lines: readonly Float32Array[],
    scripts: readonly (Script | null)[],
  ) {
    this.#names = learnedTensors(checkpoint.architecture);
    const wasm = new Wasm<Functions>(module);
    this.#wasm = wasm;
    const { hidden, mixtures, code, text } = checkpoint.architecture;
    const sizes = text ? [text.alphabet.length, text.reach, text.embedding, text.hand] : [0, 0, 0, 0];
    wasm.call("learn_create", "learn", hidden, mixtures, code, ...sizes);
    TENSORS.forEach((name, number) => {
      const tensor = checkpoint.tensors.get(name);
      if (tensor) wasm.scratch(() => wasm.call("learn_tensor", name, number, wasm.write(tensor)));
    });
    this.#base = joined([...this.#names.keys()].map((name) => begun(checkpoint, name)));
    wasm.scratch(() =>
      wasm.call("learn_begin", "learn", wasm.write(this.#base), wasm.write(units(checkpoint))),
    );
    this.#stride = wasm.exports.learn_stride() / 4;
    this.#stateBytes = wasm.exports.learn_state_bytes();
    this.#lengths = lines.map((line) => line.length / 3);
    this.#lines = lines.map((line) => wasm.write(joined([new Float32Array(3), line])));
    this.#states = lines.map(() => wasm.alloc(this.#stateBytes));
    this.#texts = scripts.map((script, k) => {
      if (script === null) return 0;
      const [codes, first] = [wasm.write(script.codes), wasm.write(script.first)];
      return wasm.call("learn_text", "text", codes, first, script.codes.length, this.#lengths[k]!);
    });
  }

  /** A copy of what has been learned so far. */
  get numbers(): Float32Array<ArrayBuffer> {
    return this.#numbers().slice();
  }

  set numbers(values: Float32Array) {
    this.#numbers().set(values);
  }

  /** What a hand keeps of learned numbers: all of them, or a share and the whole hand code where it has one. */
  kept(numbers: Float32Array<ArrayBuffer>, share: number): Float32Array<ArrayBuffer> {
    const code = this.#names.get(HAND_CODE);
    if (!code) return numbers;
    const first = numbers.length - size(code);
    return numbers.map((number, k) => {
      const base = this.#base[k]!;
      return k < first ? base + share * (number - base) : number;
    });
  }

  /** Learned numbers by names. */
  tensors(numbers: Float32Array<ArrayBuffer>): Map<string, Float32Array<ArrayBuffer>> {
    let at = 0;
    return new Map(
      Array.from(this.#names, ([name, shape]) => {
        const begin = at;
        at += size(shape);
        return [name, numbers.slice(begin, at)];
      }),
    );
  }

  /**
   * Puts every line's state back to its beginning. In the pass of a number pointers make their moves a little off;
   * otherwise just when the next character begins.
   */
  restart(number?: number): void {
    for (const at of this.#states) this.#wasm.read(at, this.#stateBytes / 4).fill(0);
    const jitter = number === undefined ? 0 : JITTER;
    this.#texts.forEach((at, line) => {
      if (at !== 0) this.#wasm.call("learn_path", "text", at, jitter, line, number ?? 0);
    });
  }

  /**
   * Reads offsets `begin` to `end` of lines, all of which reach beyond `begin`, on from their states. A share `drop` of the
   * recurrent weights and of the hidden states before the read-out is left out, by random numbers of the `step`.
   */
  read(
    lines: readonly number[],
    begin: number,
    end: number,
    { gradients, drop = 0, step = 0 }: { gradients: boolean; drop?: number; step?: number },
  ): Read {
    const wasm = this.#wasm;
    const n = lines.length;
    const ends = lines.map((line) => Math.min(end, this.#lengths[line]!));
    const rows = lines.flatMap((line, k) => [
      ...[this.#lines[line]!, begin, ends[k]!],
      ...[this.#states[line]!, this.#texts[line]!, line],
    ]);
    return wasm.scratch(() => {
      const table = wasm.write(Int32Array.from(rows));
      const sums = wasm.alloc(8 * n);
      const to = gradients ? wasm.alloc(4 * this.#stride * n) : 0;
      wasm.call("learn_window", "learn", n, table, sums, to, drop, step);
      return {
        nats: new Float64Array(wasm.exports.memory.buffer, sums, n).slice(),
        gradients: wasm.read(to, gradients ? this.#stride * n : 0).slice(),
        points: ends.reduce((sum, last) => sum + last - begin, 0),
      };
    });
  }

  /** One step of Adam from the gradients of n lines over so many points. */
  step(gradients: Float32Array, points: number, rate: number): void {
    const wasm = this.#wasm;
    wasm.scratch(() =>
      wasm.call("learn_step", "learn", wasm.write(gradients), gradients.length / this.#stride, points, rate),
    );
  }

  #numbers(): Float32Array<ArrayBuffer> {
    const { exports } = this.#wasm;
    return this.#wasm.read(exports.learn_parameters(), exports.learn_count());
  }
}

/** The unit in which the change of each number is counted: see learner.py. */
function units(checkpoint: Checkpoint): Float32Array {
  const { hidden } = checkpoint.architecture;
  const weights = checkpoint.tensors.get("head.weight")!;
  const parts = Array.from(learnedTensors(checkpoint.architecture).keys(), (name) => {
    const values = begun(checkpoint, name);
    if (name === HAND_CODE) return values.fill(CODE_UNIT);
    return values.map((value, row) => {
      const fixed =
        name.startsWith("head.") &&
        weights.subarray(row * hidden, (row + 1) * hidden).every((weight) => weight === 0);
      if (fixed) return 0;
      return name.endsWith(".scale") ? Math.abs(value) : 1;
    });
  });
  return joined(parts);
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function size(shape: readonly number[]): number {
  return shape.reduce((n, length) => n * length, 1);
}
