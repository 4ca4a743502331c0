/** What the figure has once it starts. */

import type { ReadonlySignal } from "@preact/signals-core";
import type { Frame } from "../../frame/figure.ts";
import type { Continuation, Stroke } from "../../ink/stroke.ts";
import type { controls } from "./controls.ts";

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
  readonly frame: Frame<typeof controls>;
  /** What the reader has written; the page's example where that is nothing. */
  readonly ink: ReadonlySignal<readonly Stroke[]>;
  readonly isExample: ReadonlySignal<boolean>;
  readonly writing: ReadonlySignal<boolean>;
  readonly open: (sample: OpenedSample) => void;
}
