/** The sample wall as a figure of the page: its controls. The wall itself, and its worker, come when it is near. */

import type { ReadonlySignal } from "@preact/signals-core";
import type { Continuation, Stroke } from "../ink/stroke.ts";
import { type Frame, figure, type Shared } from "./figure.ts";

/** A sample that the reader wants to look at in the other figures. */
export interface OpenedSample {
  /** [n, 3] in model units. */
  readonly offsets: Float32Array;
  /** The same on the sheet: after the reader's ink, or from the sheet's beginning. */
  readonly continuation: Continuation;
  /** Whether it goes on from the reader's ink. */
  readonly primed: boolean;
  readonly seed: number;
  /** Stream of the random numbers. */
  readonly sample: number;
  readonly variation: number;
}

export interface WallWiring {
  readonly frame: Frame<"wall">;
  /** What the reader has written; the page's example where that is nothing. */
  readonly ink: ReadonlySignal<readonly Stroke[]>;
  readonly isExample: ReadonlySignal<boolean>;
  readonly writing: ReadonlySignal<boolean>;
  readonly open: (sample: OpenedSample) => void;
}

const MOST_SEED = 9999;

export function wallFigure(shared: Shared, wiring: Omit<WallWiring, "frame">): void {
  const frame = figure("wall", shared);
  const { controls, state } = frame;
  controls.toggle("playing", { on: "Pause", off: "Play" });
  controls.button("New seed", () => {
    state.seed.value = anotherSeed(state.seed.value);
    if (!shared.still) state.playing.value = true;
  });
  const step = controls.slider(
    "step",
    "Written",
    (value) => `${value} steps`,
    "How far each sample is written",
  );
  step.addEventListener("input", () => {
    state.playing.value = false;
  });
  const variationTitle = "How far the model strays from what is likely";
  controls.slider("variation", "Variation", (value) => value.toFixed(2), variationTitle);
  controls.slider("speed", "Speed", (value) => `${value} ×`, "Times the usual speed of a pen");
  controls.check("primed", "In your hand", "The samples go on from what you have written above");
  frame.say("24 samples");
  frame.start(async () => (await import("./wall-live.ts")).startWall({ frame, ...wiring }));
}

/** Small enough to be told to somebody. */
function anotherSeed(seed: number): number {
  const drawn = 1 + Math.floor(Math.random() * MOST_SEED);
  return drawn === seed ? (drawn % MOST_SEED) + 1 : drawn;
}
