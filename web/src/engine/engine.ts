/**
 * Hosts engine.wasm (spec/engine.md): the twin of src/pentrace/engine/engine.py. No DOM: for workers and for Node.
 *
 * Arrays are flat Float32Array, their shapes in comments. What is returned is a copy, free to be transferred.
 *
 * Letter key: H hidden, L layers, K mixture components, n steps, F futures.
 */

import {
  checkOffsets,
  checkVariation,
  count,
  EngineError,
  pointerPath,
  seedWords,
  word,
} from "./arguments.ts";
import { Host, State } from "./host.ts";
import { type Prepared, prepare, type RawInk, writingSize } from "./prepare.ts";

export { EngineError, type Prepared, type RawInk, State };

/** What the arrays of one call may take of the engine's memory, whatever the length of an ink. */
const CALL_BYTES = 2 ** 24;

/** What a trace records, and whether it does. */
export interface TraceOptions {
  c?: boolean;
  h?: boolean;
  gates?: boolean;
  mixture?: boolean;
  loglik?: boolean;
  pointer?: boolean;
  /** As in Engine.consume. */
  pointers?: Int32Array;
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
  /** [n, 2]: where the pointer stands, the probability that it moves on */
  pointer?: Float32Array<ArrayBuffer>;
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

interface FutureDraws extends Draws {
  /** Stream of the first future, 0 unless given; the others follow it. */
  first?: number;
  /** The step that the first offset takes its numbers from, 0 unless given. */
  firstStep?: number;
  /** Most offsets of a character of a text, as in `write`; no limit unless given. */
  cap?: number;
  /** The character of a text at which futures end too; none unless given. */
  stop?: number;
}

/** A line that was written from a text. */
export interface Line {
  /** [n, 3] in model units */
  readonly offsets: Float32Array<ArrayBuffer>;
  /** [n], the character of each offset */
  readonly pointers: Int32Array<ArrayBuffer>;
}

/** Runs a model. Engines of one model share its weights and its memory, but not their interventions. */
export class Engine extends Host {
  /**
   * Moves `state` on by offsets (dx, dy, pen), [n, 3] in model units. `pointers` are the character of each offset, [n], and
   * if it is known of the next too, [n + 1]; without them the pointer of a text moves by itself.
   */
  consume(state: State, offsets: Float32Array, pointers?: Int32Array): void {
    const n = checkOffsets(offsets);
    const path = this.#path(state, pointers, n);
    for (const [begin, rows] of pieces(n, 3)) {
      this.wasm.scratch(() => {
        const source = this.wasm.write(offsets.subarray(3 * begin, 3 * (begin + rows)));
        const way = this.#writePath(path, begin, rows);
        this.wasm.call("consume_many", "consume", this.at(state), source, rows, way);
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
      ["pointer", options.pointer ?? false, 2],
    ];
    if (options.pointer && !this.architecture.text) {
      throw new EngineError("trace: pointer: expected a model that knows text, found one that does not");
    }
    const path = this.#path(state, options.pointers, n);
    const result: TraceArrays = {};
    let total = 3;
    for (const [name, wanted, width] of widths) {
      if (!wanted) continue;
      result[name] = new Float32Array(n * width);
      total += width;
    }
    for (const [begin, rows] of pieces(n, total)) {
      this.wasm.scratch(() => {
        const source = this.wasm.write(offsets.subarray(3 * begin, 3 * (begin + rows)));
        const out = widths.map(([name, , width]) => (result[name] ? this.wasm.alloc(4 * rows * width) : 0));
        const way = this.#writePath(path, begin, rows);
        this.wasm.call("trace", "trace", this.at(state), source, rows, way, ...out);
        widths.forEach(([name, , width], k) => {
          result[name]?.set(this.wasm.read(out[k] ?? 0, rows * width), begin * width);
        });
      });
    }
    return result;
  }

  /**
   * Draws `steps` offsets and consumes them: [n, 3] in model units, fewer where the line of a text comes to its end.
   * `stream` says which future it is.
   */
  sample(
    state: State,
    steps: number,
    draws: Draws & { stream?: number; firstStep?: number },
  ): Float32Array<ArrayBuffer> {
    return this.write(state, steps, draws).offsets;
  }

  /**
   * Writes on at the text of `state`, at most `steps` offsets; `sample` with two things more. The line ends when the
   * pointer is past the last character and the pen lifts. A line may be written in pieces (`firstStep`); an empty piece
   * is its end. `cap` is the most offsets of a character, after which the pointer moves on, or past the last the line
   * ends; 0 for any number.
   */
  write(
    state: State,
    steps: number,
    draws: Draws & { stream?: number; firstStep?: number; cap?: number },
  ): Line {
    const { stream = 0, firstStep = 0, origin = 0, variation = 1, cap = 0 } = draws;
    const offsets = new Float32Array(3 * count("steps", steps));
    const pointers = new Int32Array(steps);
    count("cap", cap);
    const numbers = [...seedWords(draws.seed), word("stream", stream), word("origin", origin)];
    word("firstStep", firstStep + steps);
    checkVariation(variation);
    let done = 0;
    for (const [begin, n] of pieces(steps, 4)) {
      this.wasm.scratch(() => {
        const at = this.wasm.alloc(12 * n);
        const places = this.wasm.alloc(4 * n);
        const settings = [firstStep + begin, n, variation, cap, at, places];
        const drawn = this.wasm.call("sample", "sample", this.at(state), ...numbers, ...settings);
        offsets.set(this.wasm.read(at, 3 * drawn), 3 * begin);
        pointers.set(this.wasm.readIntegers(places, drawn), begin);
        done += drawn;
      });
      if (done < begin + n) break;
    }
    return { offsets: offsets.slice(0, 3 * done), pointers: pointers.slice(0, done) };
  }

  /**
   * Draws `total` continuations of `state`, which stays as it is: [F, n, 3]. Future f is what `sample` of a copy with
   * stream `first + f` gives, bit for bit. What follows the end of a text's line is (0, 0, 1).
   */
  futures(state: State, total: number, steps: number, draws: FutureDraws): Float32Array<ArrayBuffer> {
    return this.textFutures(state, total, steps, draws).offsets;
  }

  /** The same futures, [F, n, 3], with the character of each offset, [F, n]: -1 after the end of the line. */
  textFutures(state: State, total: number, steps: number, draws: FutureDraws): Line {
    const { first = 0, firstStep = 0, origin = 0, variation = 1, cap = 0, stop = 0 } = draws;
    count("steps", steps);
    const offsets = new Float32Array(count("total", total) * 3 * steps);
    const pointers = new Int32Array(total * steps);
    const seed = seedWords(draws.seed);
    word("first", first + total);
    word("firstStep", firstStep + steps);
    count("stop", stop);
    word("origin", origin);
    count("cap", cap);
    checkVariation(variation);
    for (const [begin, n] of pieces(total, 4 * steps)) {
      this.wasm.scratch(() => {
        const at = this.wasm.alloc(12 * n * steps);
        const places = this.wasm.alloc(4 * n * steps);
        const numbers = [...seed, first + begin, origin, n, steps, variation, cap, at, places];
        this.wasm.call("futures", "futures", this.at(state), ...numbers, firstStep, 0, stop);
        offsets.set(this.wasm.read(at, 3 * n * steps), 3 * begin * steps);
        pointers.set(this.wasm.readIntegers(places, n * steps), begin * steps);
      });
    }
    return { offsets, pointers };
  }

  /**
   * Writes the rest of a text `total` times, or up to `stop`; `state` stays as it is. Take f is what `write` of a copy
   * with stream `first + f` gives, bit for bit.
   */
  takes(state: State, total: number, draws: FutureDraws & { cap: number }): Line[] {
    const { characters } = state;
    if (characters === 0 || !(draws.cap >= 1)) {
      throw new EngineError(
        `takes: expected a text and a cap of at least 1, found ${characters} characters, cap ${draws.cap}`,
      );
    }
    const left = draws.stop ? Math.max(draws.stop - state.pointer, 1) : characters + 1;
    return this.lines(state, total, draws.cap * left, draws);
  }

  /** Futures of at most `steps` offsets, each as far as its line goes. */
  lines(state: State, total: number, steps: number, draws: FutureDraws): Line[] {
    const { offsets, pointers } = this.textFutures(state, total, steps, draws);
    return Array.from({ length: total }, (_, f) => {
      const places = pointers.subarray(f * steps, (f + 1) * steps);
      const end = places.indexOf(-1);
      const n = end < 0 ? steps : end;
      return { offsets: offsets.slice(3 * f * steps, 3 * (f * steps + n)), pointers: places.slice(0, n) };
    });
  }

  /** Parameters [1 + 6K] of the next offset: e, then K each of pi, mu x, mu y, sigma x, sigma y, rho. */
  mixture(state: State, variation = 1): Float32Array<ArrayBuffer> {
    checkVariation(variation);
    const rows = 1 + 6 * this.architecture.mixtures;
    return this.wasm.scratch(() => {
      const at = this.wasm.alloc(4 * rows);
      this.wasm.call("mixture", "mixture", this.at(state), variation, at);
      return this.wasm.read(at, rows).slice();
    });
  }

  /** `total` numbers in (0, 1) that a seed and a stream fix; samples never use the same ones. */
  random(total: number, { seed, stream = 0 }: { seed: Draws["seed"]; stream?: number }): Float64Array {
    return this.wasm.scratch(() => {
      const at = this.wasm.alloc(8 * count("total", total));
      this.wasm.call("random", "random", ...seedWords(seed), word("stream", stream), total, at);
      return this.wasm.readDoubles(at, total).slice();
    });
  }

  /** Estimated size of the writing in the ink's units (spec/ink.md); 0 for dots alone. */
  writingSize(ink: RawInk): number {
    return writingSize(this.wasm, ink);
  }

  /**
   * An ink of any pen with the spacing and size that the model knows (spec/ink.md). `size` of the writing is in the
   * ink's units, and estimated where it is not given; with a size, strokes that have ended never change what they give.
   */
  prepare(ink: RawInk, size?: number): Prepared {
    return prepare(this.wasm, ink, size);
  }

  /** Where the pointer of a text goes as offsets are consumed. */
  #path(state: State, pointers: Int32Array | undefined, n: number): Int32Array | undefined {
    return pointers && pointerPath(pointers, n, state.pointer, state.characters);
  }

  #writePath(path: Int32Array | undefined, begin: number, rows: number): number {
    return path ? this.wasm.write(path.subarray(begin, begin + rows)) : 0;
  }
}

/** Rows of `width` numbers, [first, count] of each piece that one call may hold. */
function* pieces(n: number, width: number): Generator<[number, number]> {
  const size = Math.max(1, Math.floor(CALL_BYTES / (4 * Math.max(1, width))));
  for (let begin = 0; begin < n; begin += size) yield [begin, Math.min(size, n - begin)];
}
