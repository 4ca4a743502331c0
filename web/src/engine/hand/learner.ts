/** An instance of learn.wasm: a checkpoint, lines, and what has been learned: the twin of learner.py. */

import constants from "../../../../spec/constants.json" with { type: "json" };
import type { Weights } from "../../checkpoint/checkpoint.ts";
import {
  ADDED,
  begun,
  DIRECTIONS,
  HAND_CODE,
  learnedTensors,
  RANK,
  round,
  rowsOf,
} from "../../checkpoint/hand-changes.ts";
import { joined } from "../../checkpoint/joined.ts";
import { Wasm } from "../wasm.ts";
import type { Finding, Line, Read, Reading, Stepped, Stepping } from "./learn-group.ts";
import { freed, LearnedNumbers } from "./learned-numbers.ts";

const {
  code_unit: CODE_UNIT,
  text_added_unit: TEXT_ADDED_UNIT,
  jitter: JITTER,
  batch: BATCH,
} = constants.hand;

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

type Functions =
  | "learn_create"
  | "learn_tensor"
  | "learn_find"
  | "learn_directions"
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
  readonly #hidden: number;
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
    this.#hidden = hidden;
    const sizes = text ? [text.alphabet.length, text.reach, text.embedding, text.hand] : [0, 0, 0, 0];
    wasm.call("learn_create", "learn", hidden, mixtures, code, ...sizes);
    TENSORS.forEach((name, number) => {
      const tensor = checkpoint.tensors.get(name);
      if (tensor) wasm.scratch(() => wasm.call("learn_tensor", name, number, wasm.write(tensor)));
    });
    const { base } = new LearnedNumbers(checkpoint);
    wasm.scratch(() => wasm.call("learn_begin", "learn", wasm.write(base), wasm.write(unitsOf(checkpoint))));
    this.#stride = wasm.call("learn_stride", "learn") / 4;
    this.#stateBytes = wasm.call("learn_state_bytes", "learn");
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

  /** The directions in which h varies most while lines are read up to an offset, [RANK, H], rounded as in a file. */
  find({ lines, end }: Finding): Float32Array {
    for (const line of lines) this.#restart(line, null);
    const wasm = this.#wasm;
    return wasm.scratch(() => {
      const table = wasm.write(this.#table(lines, 0, end));
      const to = wasm.alloc(4 * RANK * this.#hidden);
      wasm.call("learn_find", "learn", lines.length, table, to);
      const found = wasm.read(to, RANK * this.#hidden).slice();
      round(found, rowsOf(DIRECTIONS, RANK));
      return found;
    });
  }

  /** The directions of h that may add to the recurrent sums, [RANK, H]; zero before that. */
  set directions(directions: Float32Array) {
    const wasm = this.#wasm;
    wasm.scratch(() => wasm.call("learn_directions", "learn", wasm.write(directions)));
  }

  /** Reads a window of lines, all of which reach beyond its beginning, on from their states. */
  read({ numbers, lines, begin, end, pass, gradients, drop, step }: Reading): Read {
    const wasm = this.#wasm;
    if (numbers !== null) this.#numbers.set(numbers);
    const room = gradients === "given" ? numbers : null;
    if (numbers !== null && room === null) freed(numbers);
    if (gradients === "kept") this.#kept = lines.length;
    if (lines.length === 0) return { nats: new Float64Array(), gradients: floats(0, room), points: 0 };
    if (begin === 0) for (const line of lines) this.#restart(line, pass);
    const n = lines.length;
    return wasm.scratch(() => {
      const table = wasm.write(this.#table(lines, begin, end));
      const sums = wasm.alloc(8 * n);
      const to = gradients === "none" ? 0 : this.#rows;
      wasm.call("learn_window", "learn", n, table, sums, to, drop, step);
      const given = floats(gradients === "given" ? this.#stride * n : 0, room);
      given.set(wasm.read(to, given.length));
      return {
        nats: wasm.readDoubles(sums, n).slice(),
        gradients: given,
        points: lines.reduce((sum, line) => sum + Math.min(end, this.#lengths[line]!) - begin, 0),
      };
    });
  }

  /** What learn.wasm is told of a window of lines. */
  #table(lines: readonly number[], begin: number, end: number): Int32Array {
    return Int32Array.from(
      lines.flatMap((line) => [
        ...[this.#lines[line]!, begin, Math.min(end, this.#lengths[line]!)],
        ...[this.#states[line]!, this.#texts[line]!, line],
      ]),
    );
  }

  /** One step of Adam. */
  step({ gradients, points, rate }: Stepping): Stepped {
    const wasm = this.#wasm;
    let rows = this.#kept;
    for (const some of gradients) {
      wasm.read(this.#rows + 4 * this.#stride * rows, some.length).set(some);
      rows += some.length / this.#stride;
    }
    wasm.call("learn_step", "learn", this.#rows, rows, points, rate);
    this.#kept = 0;
    return {
      numbers: gradients.map((some) => {
        const learned = this.#numbers;
        const numbers = floats(learned.length, some);
        numbers.set(learned);
        return numbers;
      }),
    };
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

  /** A copy of what has been learned so far. */
  get numbers(): Float32Array<ArrayBuffer> {
    return this.#numbers.slice();
  }

  get #numbers(): Float32Array<ArrayBuffer> {
    const wasm = this.#wasm;
    return wasm.read(wasm.call("learn_parameters", "learn"), wasm.call("learn_count", "learn"));
  }
}

/** An array in the memory of another one that is not needed any more, if it fits there. */
function floats(length: number, other: Float32Array<ArrayBuffer> | null): Float32Array<ArrayBuffer> {
  if (other !== null && other.buffer.byteLength >= 4 * length)
    return new Float32Array(other.buffer, 0, length);
  if (other !== null) freed(other);
  return new Float32Array(length);
}

/** The unit in which the change of each number is counted: see learner.py. */
function unitsOf(checkpoint: Weights): Float32Array {
  const { hidden, text } = checkpoint.architecture;
  const weights = checkpoint.tensors.get("head.weight")!;
  const parts = Array.from(learnedTensors(checkpoint.architecture).keys(), (name) => {
    const values = begun(checkpoint, name);
    if (name === HAND_CODE) return values.fill(CODE_UNIT);
    if (name === ADDED && text) return values.fill(TEXT_ADDED_UNIT);
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
