/** One quantity of all cells along a path, kept up to date: only rows that are not as they were are computed. */

import type { Engine, State, TraceArrays } from "./engine.ts";
import { commonOffsets } from "./path-common.ts";
import type { SourceText } from "./source.ts";
import { TextReading } from "./text/read-text.ts";

/** Cell state, hidden state, input and forget gate, candidate, output gate (spec/trace.md). */
export type Quantity = "c" | "h" | "i" | "f" | "g" | "o";

/** Rows between two states that are kept: a state takes 14 KB, a row to be computed again 40 microseconds. */
const BLOCK = 32;
/** Rows of `gates` in a trace. */
const GATES: readonly Quantity[] = ["i", "f", "g", "o"];

export interface Rows {
  readonly from: number;
  /** [n + 1 - from, C], layer after layer. */
  readonly values: Float32Array;
}

export class CellTrace {
  readonly #engine: Engine;
  readonly #text: TextReading;
  /** Before row BLOCK k. */
  readonly #states: State[];
  #offsets = new Float32Array(0);
  #what: Quantity | null = null;
  #rows = 0;

  constructor(engine: Engine, text?: SourceText) {
    this.#engine = engine;
    this.#text = new TextReading(engine, text);
    this.#states = [this.#text.start()];
  }

  /** C */
  get cells(): number {
    const { layers, hidden } = this.#engine.architecture;
    return layers * hidden;
  }

  /** Forgets which rows are known: the next reading gives all of them. */
  restart(): void {
    this.#what = null;
  }

  /** Follows another path [n, 3], or another quantity; gives the rows that are not as they were before. */
  read(offsets: Float32Array, what: Quantity): Rows {
    const n = offsets.length / 3;
    const same = commonOffsets(this.#offsets, offsets);
    for (const state of this.#states.splice(Math.floor(same / BLOCK) + 1)) state.free();
    const from = what === this.#what ? Math.min(same + 1, this.#rows, n + 1) : 0;
    this.#offsets = offsets.slice();
    this.#what = what;
    this.#rows = n + 1;
    const values = new Float32Array((n + 1 - from) * this.cells);
    const firstBlock = Math.min(Math.floor(from / BLOCK), this.#states.length - 1);
    for (let begin = firstBlock * BLOCK; begin <= n; begin += BLOCK) {
      const end = Math.min(begin + BLOCK, n + 1);
      const state = this.#states[begin / BLOCK]!.copy();
      const block = this.#traced(state, begin, end, what);
      const skipped = Math.max(from - begin, 0);
      if (skipped < end - begin) {
        values.set(block.subarray(skipped * this.cells), (begin + skipped - from) * this.cells);
      }
      const next = end / BLOCK;
      if (end <= n && this.#states.length === next) this.#states.push(state);
      else state.free();
    }
    return { from, values };
  }

  /** Rows of a block, [end - begin, C]; the state moves on. */
  #traced(state: State, begin: number, end: number, what: Quantity): Float32Array {
    // After the last offset there is nothing to consume; a row needs one, whatever it is.
    const consumed = new Float32Array(3 * (end - begin));
    consumed.set(this.#offsets.subarray(3 * begin, 3 * end));
    const gate = GATES.indexOf(what);
    const wanted = { c: what === "c", h: what === "h", gates: gate >= 0, loglik: false };
    const pointers = this.#pointers(begin, end);
    const arrays = this.#engine.trace(state, consumed, { ...wanted, ...(pointers && { pointers }) });
    return gate < 0 ? arrays[what as "c" | "h"]! : this.#gate(arrays, gate, end - begin);
  }

  /** The characters of the offsets of a block; the one after the last has that of the last. */
  #pointers(begin: number, end: number): Int32Array | undefined {
    const n = this.#offsets.length / 3;
    const own = this.#text.pointers(begin, Math.min(end, n), n);
    if (own === undefined || end <= n) return own;
    const [last] = this.#text.pointers(n - 1, n, n) ?? [];
    return Int32Array.of(...own, last ?? 0);
  }

  /** One of the gates out of [rows, L, 4, H]. */
  #gate({ gates }: TraceArrays, gate: number, rows: number): Float32Array {
    const { layers, hidden } = this.#engine.architecture;
    const values = new Float32Array(rows * layers * hidden);
    for (let at = 0; at < rows * layers; at++) {
      const from = (4 * at + gate) * hidden;
      values.set(gates!.subarray(from, from + hidden), at * hidden);
    }
    return values;
  }
}
