/** An ink that a model reads, with or without a text, and its states along it: the twin of explain/reading.py. */

import type { Engine, State } from "../engine/engine.ts";
import type { SourceText } from "../engine/source.ts";
import { TextReading } from "../engine/text/read-text.ts";

/** Offsets that a text has left where no step is chosen: enough for futures to show a hand before its line ends. */
const LEFT = 150;

/** The step of n that is looked at where none is chosen: the last, or with a text one some time before its end. */
export function lastStep(n: number, text: SourceText | undefined): number {
  return text === undefined ? n : Math.max(n - LEFT, n >> 1);
}

export class Reading {
  readonly engine: Engine;
  /** [n, 3] in model units. */
  readonly offsets: Float32Array;
  /** Only where the ink has one and the model knows text. */
  readonly text: SourceText | undefined;
  readonly #reading: TextReading;

  constructor(engine: Engine, offsets: Float32Array, text?: SourceText) {
    this.engine = engine;
    this.offsets = offsets;
    this.text = engine.architecture.text && text;
    this.#reading = new TextReading(engine, text);
  }

  /** n */
  get length(): number {
    return this.offsets.length / 3;
  }

  /** The same ink, read by another engine of the model. */
  by(engine: Engine): Reading {
    return new Reading(engine, this.offsets, this.text);
  }

  /** The state that predicts offset `step`, 0 to n (spec/trace.md). The caller frees it. */
  state(step: number): State {
    const state = this.#reading.start();
    this.goOn(state, 0, step);
    return state;
  }

  /** Consumes the offsets from `begin` to `end`, `end` left out, with the pointer where it stood. */
  goOn(state: State, begin: number, end: number): void {
    if (end <= begin) return;
    const path = this.#reading.pointers(begin, end, this.length);
    this.engine.consume(state, this.offsets.subarray(3 * begin, 3 * end), path);
  }

  /** Where the pointer stands as offset `step` is predicted; only with a text. */
  pointer(step: number): number {
    if (step < this.length) return this.text?.pointers[step] ?? 0;
    const state = this.state(step);
    const { pointer } = state;
    state.free();
    return pointer;
  }
}

/** What `make` gives, and then its state is freed. */
export function using<T>(state: State, make: (state: State) => T): T {
  try {
    return make(state);
  } finally {
    state.free();
  }
}
