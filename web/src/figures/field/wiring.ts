/** What the figure has once it starts. */

import type { ReadonlySignal, Signal } from "@preact/signals-core";
import type { PathSource } from "../../engine/source.ts";
import type { Frame } from "../../frame/figure.ts";
import type { Desk } from "../../views/writing-paper.ts";
import type { controls } from "./controls.ts";

export interface FieldWiring extends Desk {
  readonly frame: Frame<typeof controls>;
  /** An ink that was dropped, or opened from another figure. */
  readonly opened: Signal<PathSource | null>;
  /** The ink that is shown, by its name in the menu. */
  readonly shown: ReadonlySignal<string>;
  /** Where the step that is looked at is shown: the lens, its figures, what was tried. */
  readonly details: Details;
}

export interface Details {
  readonly strip: HTMLElement;
  readonly lens: HTMLElement;
  readonly facts: HTMLElement;
  readonly tried: HTMLElement;
  /** In the text above the figure: a single strand. */
  readonly strand: HTMLElement;
}
