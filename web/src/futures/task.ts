/**
 * Drawing a field of futures: first a path is read, then pieces of its field are drawn.
 *
 * Random numbers depend on the row and the future alone (spec/engine.md), so it does not matter which worker draws
 * what, nor when.
 *
 * Letter key: n offsets, F futures, K steps, M mixture components.
 */

import { Engine } from "../engine/engine.ts";
import { type Intervention, intervene } from "../engine/interventions.ts";
import type { Model } from "../engine/model.ts";
import { PathStates, Sources } from "../engine/path.ts";
import { scaleOf } from "../engine/reader.ts";
import type { Fork, PathSource, SourceText } from "../engine/source.ts";
import { sameText } from "../engine/text/read-text.ts";
import type { ReadText } from "../ink/letter.ts";
import { RULING } from "../ink/stroke.ts";
import { moved, type Steps } from "../worker/task.ts";
import type { Piece } from "./plan.ts";

export interface PathRequest {
  readonly source: PathSource;
  readonly forks: readonly Fork[];
  /** What the model runs under from now on; the same object as before, as long as nothing changes. */
  readonly intervention: Intervention;
  /** Whether to answer: one worker is enough. */
  readonly reply: boolean;
}

export interface FieldDraws {
  /** K */
  readonly steps: number;
  readonly seed: number;
  readonly variation: number;
}

export interface DrawRequest extends FieldDraws {
  readonly pieces: readonly Piece[];
}

export interface PathReply {
  /** [n, 3] in model units. */
  readonly offsets: Float32Array;
  /** Whether the pen lifts at the path's first point. */
  readonly firstLifted: boolean;
  /** Model units in a sheet unit. */
  readonly scale: number;
  /** [n + 1, 1 + 6M]: row p predicts offset p; the last, what would come next. */
  readonly mixture: Float32Array;
  /** [n, 2]: log p of position and pen, in nats and raw units, where scores are compared. */
  readonly loglik: Float32Array;
  /** Offsets that were left out because a path has a greatest length. */
  readonly left: number;
  /** What it says, and where the pointer stands after 0, 1, ... n offsets; undefined for ink alone. */
  readonly text: ReadText | undefined;
}

export interface PieceReply {
  readonly piece: Piece;
  /** [count, K, 3] in model units. */
  readonly offsets: Float32Array;
  /** [count]: the character at the end of each, a place in the text; -1 where the line has ended. */
  readonly ends: Int32Array;
}

export type FieldTask = ReturnType<typeof fieldTask>;

export function fieldTask(model: Model) {
  const engine = new Engine(model);
  let sources = new Sources(engine, RULING);
  const scale = scaleOf(engine, RULING);
  const toRaw = 2 * Math.log(model.unitsPerRawUnit);
  let states = new PathStates(engine);
  let under = JSON.stringify([]);
  let text: SourceText | undefined;

  return {
    *path({ source, forks, intervention, reply }: PathRequest): Steps<PathReply> {
      if (JSON.stringify(intervention) !== under) {
        under = JSON.stringify(intervention);
        intervene(engine, intervention);
        // A sample is another one under a change.
        sources = new Sources(engine, RULING);
        states = new PathStates(engine, text);
      }
      const { offsets, firstLifted, left, text: said } = sources.read(source);
      if (!sameText(text, said)) {
        text = said;
        states = new PathStates(engine, text);
      }
      states.read(offsets);
      for (const fork of forks) states.take(fork);
      if (!reply) return;
      const { mixture, loglik } = states.traced();
      for (let k = 0; k < loglik.length; k += 2) loglik[k] = loglik[k]! + toRaw;
      const own = text && { words: text.words, characters: states.characters };
      // After its last offset a text is at its end, whether or not the pointer has moved yet.
      if (own && forks.length === 0) own.characters[own.characters.length - 1] = Array.from(own.words).length;
      yield { offsets: states.offsets, firstLifted, scale, mixture, loglik, left, text: own };
    },

    /** Along the path that was read last. */
    *draw({ pieces, steps, seed, variation }: DrawRequest): Steps<PieceReply> {
      for (const piece of pieces) {
        const { row, first, count } = piece;
        const draws = { seed, origin: row, variation, first };
        const { offsets, pointers } = engine.textFutures(states.state(row), count, steps, draws);
        const ends = Int32Array.from({ length: count }, (_, f) => pointers[(f + 1) * steps - 1]!);
        yield moved({ piece, offsets, ends });
      }
    },
  };
}
