/** An instance of learn.wasm: a checkpoint, lines, and what has been learned: the twin of learner.py. */

import constants from "../../../spec/constants.json" with { type: "json" };
import type { Weights } from "./checkpoint.ts";
import { begun, HAND_CODE, learnedTensors } from "./hand.ts";
import type { Line, Read, Reading, Stepped, Stepping } from "./learn.ts";
import { freed, joined, LearnedNumbers } from "./learned-numbers.ts";
import { Wasm } from "./wasm.ts";

const { code_unit: CODE_UNIT, jitter: JITTER, batch: BATCH } = constants.hand;

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
  readonly #lengths: readonly number[];
  readonly #stride: number;
  readonly #stateBytes: number;
  readonly #lines: readonly number[];
  readonly #states: readonly number[];
  /** Where the gradients of a batch are, a padded row for each line, and how many of them are kept for the next step. */
  readonly #rows: number;
  #kept = 0;

  /** Of each line, or 0. */
  readonly #texts: readonly number[];

  /** module: learn.wasm. */
  constructor(module: WebAssembly.Module, checkpoint: Weights, lines: readonly Line[]) {
    const wasm = new Wasm<Functions>(module);
    this.#wasm = wasm;
    const { hidden, mixtures, code, text } = checkpoint.architecture;
    const sizes = text ? [text.alphabet.length, text.reach, text.embedding, text.hand] : [0, 0, 0, 0];
    wasm.call("learn_create", "learn", hidden, mixtures, code, ...sizes);
    TENSORS.forEach((name, number) => {
      const tensor = checkpoint.tensors.get(name);
      if (tensor) wasm.scratch(() => wasm.call("learn_tensor", name, number, wasm.write(tensor)));
    });
    const { base } = new LearnedNumbers(checkpoint);
    wasm.scratch(() => wasm.call("learn_begin", "learn", wasm.write(base), wasm.write(unitsOf(checkpoint))));
    this.#stride = wasm.exports.learn_stride() / 4;
    this.#stateBytes = wasm.exports.learn_state_bytes();
    this.#lengths = lines.map(({ offsets }) => offsets.length / 3);
    this.#lines = lines.map(({ offsets }) => wasm.write(joined([new Float32Array(3), offsets])));
    this.#rows = wasm.alloc(4 * this.#stride * BATCH);
    this.#states = lines.map(() => wasm.alloc(this.#stateBytes));
    this.#texts = lines.map(({ script }, k) => {
      if (script === null) return 0;
      const [codes, first] = [wasm.write(script.codes), wasm.write(script.first)];
      return wasm.call("learn_text", "text", codes, first, script.codes.length, this.#lengths[k]!);
    });
  }

  /** Reads a window of lines, all of which reach beyond its beginning, on from their states. */
  read({ numbers, lines, begin, end, pass, gradients, drop, step }: Reading): Read {
    const wasm = this.#wasm;
    if (numbers !== null) {
      this.#numbers().set(numbers);
      freed(numbers);
    }
    if (begin === 0) for (const line of lines) this.#restart(line, pass);
    const n = lines.length;
    const ends = lines.map((line) => Math.min(end, this.#lengths[line]!));
    const rows = lines.flatMap((line, k) => [
      ...[this.#lines[line]!, begin, ends[k]!],
      ...[this.#states[line]!, this.#texts[line]!, line],
    ]);
    return wasm.scratch(() => {
      const table = wasm.write(Int32Array.from(rows));
      const sums = wasm.alloc(8 * n);
      const to = gradients === "none" ? 0 : this.#rows;
      wasm.call("learn_window", "learn", n, table, sums, to, drop, step);
      if (gradients === "kept") this.#kept = n;
      return {
        nats: new Float64Array(wasm.exports.memory.buffer, sums, n).slice(),
        gradients: wasm.read(to, gradients === "given" ? this.#stride * n : 0).slice(),
        points: ends.reduce((sum, last) => sum + last - begin, 0),
      };
    });
  }

  /** One step of Adam; gives what has been learned so far. */
  step({ gradients, points, rate }: Stepping): Stepped {
    const wasm = this.#wasm;
    let rows = this.#kept;
    for (const some of gradients) {
      wasm.read(this.#rows + 4 * this.#stride * rows, some.length).set(some);
      rows += some.length / this.#stride;
      freed(some);
    }
    wasm.call("learn_step", "learn", this.#rows, rows, points, rate);
    this.#kept = 0;
    return { numbers: this.#numbers().slice() };
  }

  /**
   * Puts a line's state back to its beginning. In a pass its pointer makes the moves a little off; without one, just when
   * the next character begins.
   */
  #restart(line: number, pass: number | null): void {
    this.#wasm.read(this.#states[line]!, this.#stateBytes / 4).fill(0);
    const at = this.#texts[line]!;
    if (at !== 0) this.#wasm.call("learn_path", "text", at, pass === null ? 0 : JITTER, line, pass ?? 0);
  }

  #numbers(): Float32Array<ArrayBuffer> {
    const { exports } = this.#wasm;
    return this.#wasm.read(exports.learn_parameters(), exports.learn_count());
  }
}

/** The unit in which the change of each number is counted: see learner.py. */
function unitsOf(checkpoint: Weights): Float32Array {
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
