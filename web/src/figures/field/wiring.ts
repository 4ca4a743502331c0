/** What the figure has once it starts. */

import type { ReadonlySignal, Signal } from "@preact/signals-core";
import type { PathSource } from "../../engine/source.ts";
import type { Frame } from "../../frame/figure.ts";
import type { Stroke } from "../../ink/stroke.ts";
import type { controls } from "./controls.ts";

export interface FieldWiring {
  readonly frame: Frame<typeof controls>;
  /** What the reader has written; the page's example where that is nothing. */
  readonly ink: ReadonlySignal<readonly Stroke[]>;
  readonly writing: ReadonlySignal<boolean>;
  /** An ink that was dropped, or opened from another figure. */
  readonly opened: Signal<PathSource | null>;
  /** Where the step that is looked at is shown: the lens, its figures, what was tried. */
  readonly details: Details;
}

export interface Details {
  readonly strip: HTMLElement;
  readonly lens: HTMLElement;
  readonly facts: HTMLElement;
  readonly tried: HTMLElement;
}
