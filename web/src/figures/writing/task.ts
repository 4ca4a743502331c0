/** Writing on from the reader's ink. */

import { Engine } from "../../engine/engine.ts";
import type { Model } from "../../engine/model.ts";
import { Reader, type Reading } from "../../engine/reader.ts";
import type { InkStroke } from "../../engine/source.ts";
import { pointsOf } from "../../ink/path.ts";
import { type Continuation, RULING } from "../../ink/stroke.ts";
import type { Steps } from "../../worker/task.ts";

export interface FuturesRequest {
  readonly strokes: readonly InkStroke[];
  readonly seed: number;
  readonly variation: number;
  /** Steps of the futures first, first + 1, ... (streams); `shown`, one of them, comes first. */
  readonly steps: number;
  readonly first: number;
  readonly count: number;
  readonly shown: number;
}

export interface FuturesReply {
  /** Offsets consumed so far: the position that the futures start from. */
  readonly position: number;
  /** Where they start, in sheet units; while the pen is down the ink may be a part of a step ahead. */
  readonly end: { readonly x: number; readonly y: number };
  readonly first: number;
  readonly all: readonly Continuation[];
  /** Whether these are all futures that were asked for. */
  readonly complete: boolean;
}

/** Futures that are drawn without looking for a newer request. */
const AT_ONCE = 4;

export type WritingTask = ReturnType<typeof writingTask>;

export function writingTask(model: Model) {
  const engine = new Engine(model);
  const reader = new Reader(engine, RULING);

  function drawn(reading: Reading, request: FuturesRequest, first: number, count: number): Continuation[] {
    const { steps, seed, variation } = request;
    const { state, position, scale, end } = reading;
    const offsets = engine.futures(state, count, steps, { seed, origin: position, variation, first });
    const origin = end ?? { x: 0, y: 0 };
    return Array.from({ length: count }, (_, f) => {
      const own = offsets.subarray(3 * steps * f, 3 * steps * (f + 1));
      return pointsOf({ offsets: own, firstLifted: false, origin, scale }, 1);
    });
  }

  return {
    *futures(request: FuturesRequest): Steps<FuturesReply> {
      const { first, count, shown } = request;
      const reading = reader.read(request.strokes);
      const { position, end } = reading;
      const about = { position, end: end ?? { x: 0, y: 0 } };
      yield { ...about, first: shown, all: drawn(reading, request, shown, 1), complete: false };
      const all: Continuation[] = [];
      for (let f = 0; f < count; f += AT_ONCE) {
        all.push(...drawn(reading, request, first + f, Math.min(AT_ONCE, count - f)));
        yield;
      }
      yield { ...about, first, all, complete: true };
    },
  };
}
