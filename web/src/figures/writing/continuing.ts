/** From ink and controls to futures: asks the engine whenever one of them changes. */

import { batch, effect, type ReadonlySignal, type Signal, signal } from "@preact/signals-core";
import type { Loaded } from "../../frame/checkpoints.ts";
import type { StateOf } from "../../frame/control.ts";
import { type Continuation, RULING, type Stroke } from "../../ink/stroke.ts";
import type { Futures } from "../../views/paper.ts";
import type { FuturesReply, ModelFacts } from "../../worker/protocol.ts";
import { EngineClient } from "./client.ts";
import type { controls } from "./controls.ts";

/** Futures that are drawn at once. */
const BATCH = 8;

export interface Continuing {
  /** null until a checkpoint is ready. */
  readonly facts: ReadonlySignal<ModelFacts | null>;
  readonly error: ReadonlySignal<string | null>;
  readonly futures: ReadonlySignal<Futures | null>;
  /** Offsets that the model has read. */
  readonly position: ReadonlySignal<number>;
  /** Whether the futures are not yet those of the ink and the controls as they are. */
  readonly busy: ReadonlySignal<boolean>;
  /** The future shown, if it is one of the ink as it is now. */
  shown(): Continuation | undefined;
}

/** ink: a new array whenever it changes. */
export function continuing(
  state: StateOf<typeof controls> & { readonly checkpoint: ReadonlySignal<string> },
  ink: ReadonlySignal<readonly Stroke[]>,
  loaded: ReadonlySignal<Loaded | null>,
): Continuing {
  const facts = signal<ModelFacts | null>(null);
  const error = signal<string | null>(null);
  const futures: Signal<Futures | null> = signal(null);
  const position = signal(0);
  const busy = signal(true);
  const keys = new WeakMap<readonly Stroke[], number>();
  let inks = 0;
  let asked = "";

  const keyOf = (strokes: readonly Stroke[]): string => {
    if (!keys.has(strokes)) keys.set(strokes, ++inks);
    return `${keys.get(strokes)} ${state.seed.value} ${state.checkpoint.value}`;
  };

  const client = new EngineClient(new Worker(new URL("./worker.ts", import.meta.url), { type: "module" }), {
    ready(model) {
      error.value = null;
      facts.value = model;
    },
    futures(reply) {
      position.value = reply.position;
      const { first, end, complete } = reply;
      busy.value = !complete;
      futures.value = { key: asked, first, end, all: unpack(reply), complete };
    },
    error(message) {
      error.value = message;
    },
  });

  effect(() => {
    if (loaded.value === null) return;
    batch(() => {
      facts.value = null;
      error.value = null;
      futures.value = null;
    });
    client.load(loaded.value);
  });

  effect(() => {
    const strokes = ink.value;
    if (facts.value === null) return;
    asked = keyOf(strokes);
    busy.value = true;
    const shown = state.shown.value;
    client.continue({
      ink: strokes,
      ruling: RULING,
      seed: state.seed.value,
      variation: state.variation.value,
      steps: state.length.value,
      first: shown - (shown % BATCH),
      count: BATCH,
      shown,
    });
  });

  return {
    facts,
    error,
    futures,
    position,
    busy,
    shown() {
      const current = futures.value;
      if (current === null || current.key !== keyOf(ink.value)) return undefined;
      return current.all[state.shown.value - current.first];
    },
  };
}

function unpack({ points, lifts, count }: FuturesReply): Continuation[] {
  const n = lifts.length / count;
  return Array.from({ length: count }, (_, f) => ({
    points: points.subarray(2 * n * f, 2 * n * (f + 1)),
    lifts: lifts.subarray(n * f, n * (f + 1)),
  }));
}
