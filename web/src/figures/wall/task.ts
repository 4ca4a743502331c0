/** Drawing samples, a few at a time through one batch each, and telling how likely one of them is. */

import { Engine, type Line } from "../../engine/engine.ts";
import type { Model } from "../../engine/model.ts";
import { Reader, type Reading } from "../../engine/reader.ts";
import type { InkStroke, SourceText } from "../../engine/source.ts";
import { RULING } from "../../ink/stroke.ts";
import type { Steps } from "../../worker/task.ts";

export interface SamplesRequest {
  /** An ink that the samples go on from; none: they begin a line. */
  readonly strokes: readonly InkStroke[];
  /** A text that they write instead; null for none. */
  readonly text: Omit<SourceText, "pointers"> | null;
  readonly seed: number;
  readonly variation: number;
  /** Samples 0 to count - 1: sample k is stream k. */
  readonly count: number;
  /** n at most: a text may end before. */
  readonly steps: number;
}

/** Some of the samples, as soon as they are there. */
export interface SamplesReply {
  readonly first: number;
  /** The last point that the model had read before, in sheet units; null where the samples begin a line. */
  readonly end: { readonly x: number; readonly y: number } | null;
  readonly lines: readonly Line[];
  /** Model units in a sheet unit. */
  readonly scale: number;
}

export interface LikelihoodReply {
  readonly sample: number;
  /** [n]: log p of each step under the model itself (variation 1), in nats and raw units, where scores are compared. */
  readonly loglik: Float32Array;
}

/** Samples drawn in one batch: more are faster in all; fewer come sooner and hold others up less. */
const AT_ONCE = 4;

export type WallTask = ReturnType<typeof wallTask>;

export function wallTask(model: Model) {
  const engine = new Engine(model);
  const reader = new Reader(engine, RULING);
  let reading: Reading | null = null;
  /** Each sample of the newest request. */
  let samples: Line[] = [];

  return {
    *samples({ strokes, text, seed, variation, count, steps }: SamplesRequest): Steps<SamplesReply> {
      reading = reader.read(strokes);
      if (text !== null) reading = { ...reading, state: engine.start(text.words, text.hand ?? undefined) };
      samples = [];
      const { state, position, end, scale } = reading;
      for (let first = 0; first < count; first += AT_ONCE) {
        const some = Math.min(AT_ONCE, count - first);
        const lines = engine.lines(state, some, steps, { seed, origin: position, variation, first });
        samples.push(...lines);
        yield { first, end, lines, scale };
      }
    },

    /** Of a sample of the newest request. */
    *likelihood({ sample }: { readonly sample: number }): Steps<LikelihoodReply> {
      const line = samples[sample];
      if (reading === null || line === undefined) return;
      const { offsets, pointers } = line;
      const state = reading.state.copy();
      const along = state.characters > 0 && { pointers };
      const { loglik: terms } = engine.trace(state, offsets, { c: false, h: false, ...along });
      state.free();
      const toRaw = 2 * Math.log(model.unitsPerRawUnit);
      const loglik = new Float32Array(offsets.length / 3);
      for (let k = 0; k < loglik.length; k++) loglik[k] = terms![2 * k]! + terms![2 * k + 1]! + toRaw;
      yield { sample, loglik };
    },
  };
}
