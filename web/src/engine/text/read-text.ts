/** Reading an ink together with its text. */

import { joined } from "../../checkpoint/joined.ts";
import type { Engine, State } from "../engine.ts";
import type { SourceText } from "../source.ts";

/** Whether two texts are read alike. */
export function sameText(a: SourceText | undefined, b: SourceText | undefined): boolean {
  return a === b || JSON.stringify(a && [a, [...a.pointers]]) === JSON.stringify(b && [b, [...b.pointers]]);
}

/** How an engine reads an ink: with its text, where there is one and the model knows text. */
export class TextReading {
  readonly #engine: Engine;
  readonly #text: SourceText | undefined;

  constructor(engine: Engine, text: SourceText | undefined) {
    this.#engine = engine;
    this.#text = engine.architecture.text && text;
  }

  /** The state before the first offset. */
  start(): State {
    const { words = "", hand = null, pointers } = this.#text ?? {};
    const state = this.#engine.start(words, hand ?? undefined);
    // An ink whose first stroke was left out begins later in its text.
    if (pointers?.[0]) this.#engine.point(state, pointers[0]);
    return state;
  }

  /**
   * The characters of the offsets from `begin` to `end`, and of the one after them, as Engine.trace takes them. Offsets
   * after `known` are not the text's own: there the pointer moves by itself, as it does without a text.
   */
  pointers(begin: number, end: number, known: number): Int32Array | undefined {
    if (this.#text === undefined || end > known) return undefined;
    return this.#text.pointers.subarray(begin, Math.min(end + 1, known));
  }

  /** Consumes offsets from the first on; those after the first `own` are not the text's. */
  consume(state: State, offsets: Float32Array, own: number): void {
    this.#engine.consume(state, offsets.subarray(0, 3 * own), this.#first(own));
    this.#engine.consume(state, offsets.subarray(3 * own));
  }

  /** c before each of them, [n, L, H]; the state moves on. */
  cells(state: State, offsets: Float32Array, own: number): Float32Array {
    const pointers = this.#first(own);
    const wanted = { h: false, loglik: false };
    const before = offsets.subarray(0, 3 * own);
    const first = this.#engine.trace(state, before, { ...wanted, ...(pointers && { pointers }) });
    const rest = this.#engine.trace(state, offsets.subarray(3 * own), wanted);
    return joined([first.c!, rest.c!]);
  }

  #first(own: number): Int32Array | undefined {
    return this.pointers(0, own, this.#text?.pointers.length ?? 0);
  }
}
