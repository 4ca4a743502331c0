/** What the figure has once it starts. */

import type { Signal } from "@preact/signals-core";
import type { Frame } from "../../frame/figure.ts";
import type { Desk } from "../../views/writing-paper.ts";
import type { controls } from "./controls.ts";

export interface StepWiring extends Desk {
  readonly frame: Frame<typeof controls>;
  readonly parts: Parts;
  /** The stage that is shown, 0 to STAGES.length - 1. */
  readonly stage: Signal<number>;
  /** Opens a movement of the reader's own: the number that have been read then. */
  choose(row: number): void;
  /** Shows a stage, and brings its card into sight. */
  go(stage: number): void;
}

/** Where the pictures and the numbers are. */
export interface Parts {
  /** One cell as a diagram. */
  readonly cell: HTMLElement;
  /** All cells. */
  readonly cells: HTMLElement;
  /** The paper around the pen. */
  readonly paper: HTMLElement;
  /** A card for each stage. */
  readonly cards: readonly HTMLElement[];
  /** In each card, the numbers of this step. */
  readonly numbers: readonly HTMLElement[];
}
