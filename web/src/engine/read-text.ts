/** Reading an ink together with its text. */

import type { Engine, State } from "./engine.ts";
import type { PathSource, SourceText } from "./source.ts";

/** The text of a source, where it has one. */
export function textOf(source: PathSource): SourceText | undefined {
  return source.kind === "offsets" ? source.text : undefined;
}

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
    const { words = "", hand = null } = this.#text ?? {};
    return this.#engine.start(words, hand ?? undefined);
  }

  /**
   * The characters of the offsets from `begin` to `end`, and of the one after them, as Engine.trace takes them. Offsets
   * after `known` are not the text's own: there the pointer moves by itself, as it does without a text.
   */
  pointers(begin: number, end: number, known: number): Int32Array | undefined {
    if (this.#text === undefined || end > known) return undefined;
    return this.#text.pointers.subarray(begin, Math.min(end + 1, known));
  }
}
