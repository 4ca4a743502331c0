/** From ink and controls to futures: asks the engine whenever one of them changes. */

import { batch, effect, type ReadonlySignal, signal } from "@preact/signals-core";
import { into } from "../../draw/redraw.ts";
import { packed } from "../../engine/source.ts";
import type { Loaded } from "../../frame/checkpoints.ts";
import type { StateOf } from "../../frame/control.ts";
import { emptied } from "../../frame/figure.ts";
import type { Continuation, Stroke } from "../../ink/stroke.ts";
import type { Futures } from "../../views/futures-layers.ts";
import { type Pool, PRIORITY } from "../../worker/pool.ts";
import type { controls } from "./controls.ts";
import type { WritingTask } from "./task.ts";

/** Futures that are drawn at once. */
const BATCH = 8;

/** ink: a new array whenever it changes. */
export function continuing(
  state: StateOf<typeof controls> & { readonly checkpoint: ReadonlySignal<string> },
  ink: ReadonlySignal<readonly Stroke[]>,
  loaded: ReadonlySignal<Loaded | null>,
  pool: Pool,
) {
  const error = signal<string | null>(null);
  const futures = signal<Futures | null>(null);
  /** Offsets that the model has read. */
  const position = signal(0);
  /** Whether the futures are not yet those of the ink and the controls as they are. */
  const busy = signal(true);
  const keys = new WeakMap<readonly Stroke[], number>();
  let inks = 0;

  const keyOf = (strokes: readonly Stroke[]): string => {
    if (!keys.has(strokes)) keys.set(strokes, ++inks);
    return `${keys.get(strokes)} ${state.seed.value} ${state.checkpoint.value}`;
  };

  const client = pool.client<WritingTask>("writing", {
    priority: PRIORITY.pen,
    worker: 0,
    error: into(error),
  });

  emptied(loaded, [error, futures]);

  effect(() => {
    const strokes = ink.value;
    if (loaded.value === null) return;
    const key = keyOf(strokes);
    const shown = state.shown.value;
    busy.value = true;
    const request = {
      strokes: strokes.map(packed),
      seed: state.seed.value,
      variation: state.variation.value,
      steps: state.length.value,
      first: shown - (shown % BATCH),
      count: BATCH,
      shown,
    };
    client.ask("futures", request, ({ position: read, complete, ...drawn }) => {
      batch(() => {
        position.value = read;
        busy.value = !complete;
        futures.value = { key, complete, ...drawn };
      });
    });
  });

  return {
    error,
    futures,
    position,
    busy,
    /** The future shown, if it is one of the ink as it is now. */
    shown(): Continuation | undefined {
      const current = futures.value;
      if (current === null || current.key !== keyOf(ink.value)) return undefined;
      return current.all[state.shown.value - current.first];
    },
  };
}
