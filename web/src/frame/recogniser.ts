/** The recogniser for a figure's worker. */

import { effect, type ReadonlySignal, signal } from "@preact/signals-core";
import type { RecogniserFiles } from "../engine/text/recogniser.ts";
import { FetchError, loadRecogniser } from "./checkpoints.ts";
import type { Frame } from "./figure.ts";

/** Loads it when it is wanted first, and gives it to the worker of each model. */
export function recogniser(
  loaded: Frame<never>["loaded"],
  wanted: ReadonlySignal<boolean>,
  give: (files: RecogniserFiles) => void,
) {
  const ready = signal(false);
  const problem = signal("");
  let known: Promise<RecogniserFiles> | null = null;
  effect(() => {
    const model = loaded.value;
    ready.value = false;
    if (!wanted.value) return;
    known ??= loadRecogniser();
    known.then(
      (weights) => {
        if (loaded.peek() !== model) return;
        give(weights);
        ready.value = true;
      },
      (error: unknown) => {
        known = null;
        if (!(error instanceof FetchError)) throw error;
        problem.value = error.message;
      },
    );
  });
  return { ready, problem };
}
