/** What the figure has once it starts. */

import type { ReadonlySignal } from "@preact/signals-core";
import type { Frame } from "../../frame/figure.ts";
import type { Sheet } from "../../ink/sheet.ts";
import type { Continuation, Stroke } from "../../ink/stroke.ts";
import type { controls } from "./controls.ts";

export interface NeatenWiring {
  readonly frame: Frame<typeof controls>;
  /** What the reader writes on: the same sheet as in the first figure. */
  readonly sheet: Sheet;
  /** What is on it; the page's example where that is nothing. */
  readonly ink: ReadonlySignal<readonly Stroke[]>;
  readonly isExample: ReadonlySignal<boolean>;
  readonly writing: ReadonlySignal<boolean>;
  /** The neatened ink, all of it. */
  readonly neat: { value: Continuation | null };
}
