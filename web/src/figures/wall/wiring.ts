/** What the figure has once it starts. */

import type { Frame } from "../../frame/figure.ts";
import type { InkText } from "../../ink/letter.ts";
import type { Continuation } from "../../ink/stroke.ts";
import type { Desk } from "../../views/writing-paper.ts";
import type { controls } from "./controls.ts";

/** A sample that the reader wants to look at in the other figures. */
export interface OpenedSample {
  /** [n, 3] in model units. */
  readonly offsets: Float32Array;
  /** What it says; null where it was written freely. */
  readonly text: InkText | null;
  /** The same on the sheet: after the reader's ink, or from the sheet's beginning. */
  readonly continuation: Continuation;
  /** Whether it goes on from the reader's ink. */
  readonly primed: boolean;
  /** Its number. */
  readonly sample: number;
}

export interface WallWiring extends Desk {
  readonly frame: Frame<typeof controls>;
  readonly open: (sample: OpenedSample) => void;
}
