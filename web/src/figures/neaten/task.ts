/** Neatening the reader's ink as it grows. */

import { Engine } from "../../engine/engine.ts";
import type { Model } from "../../engine/model.ts";
import { Neatener } from "../../engine/neaten.ts";
import { SheetReader } from "../../engine/reader.ts";
import type { InkStroke } from "../../engine/source.ts";
import { pointsOf } from "../../ink/path.ts";
import { type Continuation, RULING } from "../../ink/stroke.ts";
import type { Steps } from "../../worker/task.ts";
import { MOST_OFFSETS } from "./controls.ts";

export interface NeatenRequest {
  /** The ink, at least one stroke. */
  readonly strokes: readonly InkStroke[];
  /** The model's share, 0 to 1. */
  readonly share: number;
}

export interface NeatenReply {
  /** The ink's first point, then one for each offset. */
  readonly neat: Continuation;
  /** Nats a movement in raw units, of the reader's own and of the neatened; null where there is none, or the pen is down. */
  readonly nats: { readonly own: number; readonly neat: number } | null;
}

export type NeatenTask = ReturnType<typeof neatenTask>;

export function neatenTask(model: Model) {
  const engine = new Engine(model);
  const neatener = new Neatener(engine);
  const reader = new SheetReader(engine, RULING);
  return {
    *neaten({ strokes, share }: NeatenRequest): Steps<NeatenReply> {
      const { offsets: all, scale, firstLifted } = reader.read(strokes);
      const own = all.subarray(0, 3 * MOST_OFFSETS);
      const offsets = neatener.neaten(own, share, firstLifted);
      const [x, y] = strokes[0]!.points;
      const neat = pointsOf({ offsets, firstLifted, origin: { x: x!, y: y! }, scale }, 0);
      // From the density in model units to the one in raw units, where scores are compared.
      const toRaw = -2 * Math.log(model.unitsPerRawUnit);
      // While the pen is down there are better things to do.
      const nats =
        offsets.length === 0 || !strokes.at(-1)!.lifted
          ? null
          : { own: score(engine, own) + toRaw, neat: score(engine, offsets) + toRaw };
      yield { neat, nats };
    },
  };
}

/** Mean of -log p a movement, model units. */
function score(engine: Engine, offsets: Float32Array): number {
  const state = engine.start();
  const { loglik } = engine.trace(state, offsets, { c: false, h: false });
  state.free();
  return -loglik!.reduce((sum, term) => sum + term, 0) / (offsets.length / 3);
}
