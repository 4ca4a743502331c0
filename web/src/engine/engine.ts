/**
 * Hosts engine.wasm (spec/engine.md): the twin of src/pentrace/engine/engine.py. No DOM: for workers and for Node.
 *
 * Arrays are flat Float32Array, their shapes in comments. What is returned is a copy, free to be transferred.
 *
 * Letter key: H hidden, L layers, K mixture components, n steps, F futures.
 */

import { checkOffsets, checkVariation, count, EngineError, seedWords, word } from "./arguments.ts";
import type { Architecture } from "./checkpoint.ts";
import type { Model, Settings } from "./model.ts";
import type { Wasm } from "./wasm.ts";

export { EngineError };

/** What the arrays of one call may take of the engine's memory, whatever the length of an ink. */
const CALL_BYTES = 2 ** 24;

/** What a trace records, and whether it does. */
export interface TraceOptions {
  c?: boolean;
  h?: boolean;
  gates?: boolean;
  mixture?: boolean;
  loglik?: boolean;
}

/** Row k is what was there before offset k was consumed. Only what was asked for is there. */
export interface TraceArrays {
  /** [n, L, H] */
  c?: Float32Array<ArrayBuffer>;
  /** [n, L, H] */
  h?: Float32Array<ArrayBuffer>;
  /** [n, L, 4, H], i f g o */
  gates?: Float32Array<ArrayBuffer>;
  /** [n, 1 + 6K]: e, pi, mu x, mu y, sigma x, sigma y, rho */
  mixture?: Float32Array<ArrayBuffer>;
  /** [n, 2]: position, pen; nats in model units */
  loglik?: Float32Array<ArrayBuffer>;
}

/** Where the random numbers come from, and how wild they are. */
export interface Draws {
  /** 0 to 2^64 - 1 */
  seed: number | bigint;
  /** The row of the ink that is continued, 0 to 2^32 - 1. */
  origin?: number;
  /** T >= 0 */
  variation?: number;
}

/** Points as they were recorded. */
export interface RawInk {
  /** [n, 2], x and y in any unit, n >= 1 */
  points: Float32Array;
  /** [n], 1 on the last point of a stroke; a last stroke without it is taken as one that goes on. */
  penUp: Uint8Array;
}

/** An ink as the model sees it. */
export interface Prepared {
  /** [m, 3] in model units */
  offsets: Float32Array<ArrayBuffer>;
  /** Model units in one unit of the ink. */
  scale: number;
  /** [m + 1], for each prepared point the last raw point before it. */
  rawPoints: Int32Array<ArrayBuffer>;
}

/** What the model remembers of an ink: made by Engine.start or copy, changed by consume, trace and sample. */
export class State {
  readonly engine: Engine;
  #pointer: number;

  /** Not for callers: Engine.start and State.copy make states. */
  constructor(engine: Engine, pointer: number) {
    this.engine = engine;
    this.#pointer = pointer;
  }

  /** Where it lies in the engine's memory. */
  get pointer(): number {
    if (this.#pointer === 0) throw new EngineError("state: used after free()");
    return this.#pointer;
  }

  /** Another state with the same memory. */
  copy(): State {
    return this.engine.copy(this);
  }

  /** Gives the block back, to be used by a later state. */
  free(): void {
    if (this.#pointer !== 0) this.engine.reclaim(this, this.#pointer);
    this.#pointer = 0;
  }
}

/** Runs a model. Engines of one model share its weights and its memory, but not their interventions. */
export class Engine {
  readonly architecture: Architecture;
  readonly #model: Model;
  readonly #settings: Settings;

  constructor(model: Model) {
    this.architecture = model.architecture;
    this.#model = model;
    this.#settings = new Array<null>(model.architecture.layers).fill(null);
  }

  get #wasm(): Wasm {
    return this.#model.under(this.#settings);
  }

  /** The state before a line: zero, one zero offset consumed. */
  start(): State {
    const state = this.#state();
    this.#wasm.call("state_start", "start", state.pointer);
    return state;
  }

  copy(state: State): State {
    const other = this.#state();
    this.#wasm.exports.state_copy(other.pointer, this.#at(state));
    return other;
  }

  /** What State.free does. */
  reclaim(state: State, pointer: number): void {
    this.#model.reclaim(state, pointer);
  }

  /** Cell states of a state, [L, H]. */
  cells(state: State): Float32Array<ArrayBuffer> {
    return this.#layers("state_c", state);
  }

  /** Hidden states of a state, [L, H]. */
  hiddenStates(state: State): Float32Array<ArrayBuffer> {
    return this.#layers("state_h", state);
  }

  /** Moves `state` on by offsets (dx, dy, pen), [n, 3] in model units. */
  consume(state: State, offsets: Float32Array): void {
    const n = checkOffsets(offsets);
    for (const [begin, rows] of pieces(n, 3)) {
      this.#wasm.scratch(() => {
        const source = this.#wasm.write(offsets.subarray(3 * begin, 3 * (begin + rows)));
        this.#wasm.call("consume_many", "consume", this.#at(state), source, rows);
      });
    }
  }

  /** Consumes offsets [n, 3] and records what predicted each. c, h and loglik unless told otherwise. */
  trace(state: State, offsets: Float32Array, options: TraceOptions = {}): TraceArrays {
    const n = checkOffsets(offsets);
    const { layers, hidden, mixtures } = this.architecture;
    const cells = layers * hidden;
    const widths: [keyof TraceArrays, boolean, number][] = [
      ["c", options.c ?? true, cells],
      ["h", options.h ?? true, cells],
      ["gates", options.gates ?? false, 4 * cells],
      ["mixture", options.mixture ?? false, 1 + 6 * mixtures],
      ["loglik", options.loglik ?? true, 2],
    ];
    const result: TraceArrays = {};
    let total = 3;
    for (const [name, wanted, width] of widths) {
      if (!wanted) continue;
      result[name] = new Float32Array(n * width);
      total += width;
    }
    for (const [begin, rows] of pieces(n, total)) {
      this.#wasm.scratch(() => {
        const source = this.#wasm.write(offsets.subarray(3 * begin, 3 * (begin + rows)));
        const out = widths.map(([name, , width]) => (result[name] ? this.#wasm.alloc(4 * rows * width) : 0));
        this.#wasm.call("trace", "trace", this.#at(state), source, rows, ...out);
        widths.forEach(([name, , width], k) => {
          result[name]?.set(this.#wasm.read(out[k] ?? 0, rows * width), begin * width);
        });
      });
    }
    return result;
  }

  /** Draws `steps` offsets and consumes them: [n, 3] in model units. `stream` says which future it is. */
  sample(
    state: State,
    steps: number,
    draws: Draws & { stream?: number; firstStep?: number },
  ): Float32Array<ArrayBuffer> {
    const { stream = 0, firstStep = 0, origin = 0, variation = 1 } = draws;
    const out = new Float32Array(3 * count("steps", steps));
    const numbers = [...seedWords(draws.seed), word("stream", stream), word("origin", origin)];
    word("firstStep", firstStep + steps);
    checkVariation(variation);
    for (const [begin, n] of pieces(steps, 3)) {
      this.#wasm.scratch(() => {
        const at = this.#wasm.alloc(12 * n);
        this.#wasm.call("sample", "sample", this.#at(state), ...numbers, firstStep + begin, n, variation, at);
        out.set(this.#wasm.read(at, 3 * n), 3 * begin);
      });
    }
    return out;
  }

  /**
   * Draws `total` continuations of `state`, which stays as it is: [F, n, 3]. Future f is what `sample` of a copy with
   * stream `first + f` gives, bit for bit.
   */
  futures(
    state: State,
    total: number,
    steps: number,
    draws: Draws & { first?: number },
  ): Float32Array<ArrayBuffer> {
    const { first = 0, origin = 0, variation = 1 } = draws;
    const width = 3 * count("steps", steps);
    const out = new Float32Array(count("total", total) * width);
    const seed = seedWords(draws.seed);
    word("first", first + total);
    word("origin", origin);
    checkVariation(variation);
    for (const [begin, n] of pieces(total, width)) {
      this.#wasm.scratch(() => {
        const at = this.#wasm.alloc(4 * n * width);
        const numbers = [...seed, first + begin, origin, n, steps, variation, at];
        this.#wasm.call("futures", "futures", this.#at(state), ...numbers);
        out.set(this.#wasm.read(at, n * width), begin * width);
      });
    }
    return out;
  }

  /** Parameters [1 + 6K] of the next offset: e, then K each of pi, mu x, mu y, sigma x, sigma y, rho. */
  mixture(state: State, variation = 1): Float32Array<ArrayBuffer> {
    checkVariation(variation);
    const rows = 1 + 6 * this.architecture.mixtures;
    return this.#wasm.scratch(() => {
      const at = this.#wasm.alloc(4 * rows);
      this.#wasm.call("mixture", "mixture", this.#at(state), variation, at);
      return this.#wasm.read(at, rows).slice();
    });
  }

  /**
   * Changes cells of a layer after every later step: settings [5, H], on (0 or 1), scale of c, shift of c, scale of h,
   * shift of h; null for no intervention.
   */
  intervene(layer: number, settings: Float32Array | null): void {
    const { layers, hidden } = this.architecture;
    if (!(Number.isInteger(layer) && layer >= 0 && layer < layers)) {
      throw new EngineError(`intervene: layer: expected 0 to ${layers - 1}, found ${layer}`);
    }
    if (settings !== null && settings.length !== 5 * hidden) {
      throw new EngineError(`intervene: settings: expected ${5 * hidden} numbers, found ${settings.length}`);
    }
    this.#model.under(this.#settings);
    this.#model.intervene(layer, settings);
    this.#settings[layer] = settings?.slice() ?? null;
  }

  /** `total` numbers in (0, 1) that a seed and a stream fix; samples never use the same ones. */
  random(total: number, { seed, stream = 0 }: { seed: Draws["seed"]; stream?: number }): Float64Array {
    return this.#wasm.scratch(() => {
      const at = this.#wasm.alloc(8 * count("total", total));
      this.#wasm.exports.random(...seedWords(seed), word("stream", stream), total, at);
      return new Float64Array(this.#wasm.exports.memory.buffer, at, total).slice();
    });
  }

  /** Estimated size of the writing in the ink's units (spec/ink.md); 0 for dots alone. */
  writingSize(ink: RawInk): number {
    return this.#wasm.scratch(() => this.#wasm.call("writing_size", "writing_size", ...this.#writeInk(ink)));
  }

  /**
   * An ink of any pen with the spacing and size that the model knows (spec/ink.md). `size` of the writing is in the
   * ink's units, and estimated where it is not given; with a size, strokes that have ended never change what they give.
   */
  prepare(ink: RawInk, size?: number): Prepared {
    const known = Math.fround(size ?? this.writingSize(ink));
    if (!(Number.isFinite(known) && known >= 0)) {
      throw new EngineError(`prepare: size: expected a number of at least 0, found ${size}`);
    }
    const scale = known > 0 ? this.#wasm.exports.standard_size() / known : 1;
    return this.#wasm.scratch(() => {
      const numbers = [...this.#writeInk(ink), known, ink.penUp.at(-1) ? 0 : 1] as const;
      const count = this.#wasm.call("prepare", "prepare", ...numbers, 0, 0, 0);
      const out = this.#wasm.alloc(12 * count);
      const index = this.#wasm.alloc(4 * (count + 1));
      this.#wasm.call("prepare", "prepare", ...numbers, out, count, index);
      const offsets = this.#wasm.read(out, 3 * count).slice();
      const memory = this.#wasm.exports.memory.buffer as ArrayBuffer;
      return { offsets, scale, rawPoints: new Int32Array(memory, index, count + 1).slice() };
    });
  }

  #writeInk({ points, penUp }: RawInk): [number, number, number] {
    if (penUp.length === 0 || points.length !== 2 * penUp.length) {
      throw new EngineError(
        `ink: expected two numbers a point and at least one point, found ${points.length} numbers, ${penUp.length} points`,
      );
    }
    return [this.#wasm.write(points), this.#wasm.write(penUp), penUp.length];
  }

  #state(): State {
    const pointer = this.#model.block();
    const state = new State(this, pointer);
    this.#model.watch(state, pointer);
    return state;
  }

  #layers(where: "state_c" | "state_h", state: State): Float32Array<ArrayBuffer> {
    const { layers, hidden } = this.architecture;
    const out = new Float32Array(layers * hidden);
    for (let layer = 0; layer < layers; layer++) {
      out.set(this.#wasm.read(this.#at(state) + this.#wasm.exports[where](layer), hidden), layer * hidden);
    }
    return out;
  }

  /** A state's pointer, if it is one of this engine. */
  #at(state: State): number {
    if (state.engine !== this) throw new EngineError("state: expected one of this engine, found another's");
    return state.pointer;
  }
}

/** Rows of `width` numbers, [first, count] of each piece that one call may hold. */
function* pieces(n: number, width: number): Generator<[number, number]> {
  const size = Math.max(1, Math.floor(CALL_BYTES / (4 * Math.max(1, width))));
  for (let begin = 0; begin < n; begin += size) yield [begin, Math.min(size, n - begin)];
}
