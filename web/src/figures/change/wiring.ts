/** What the figure has once it starts. */

import type { ReadonlySignal } from "@preact/signals-core";
import type { Frame } from "../../frame/figure.ts";
import type { Desk } from "../../views/writing-paper.ts";
import type { controls } from "./controls.ts";

export interface ChangeWiring extends Desk {
  readonly frame: Frame<typeof controls>;
  readonly parts: Parts;
  /** Whether the samples continue the reader's ink. */
  readonly primed: ReadonlySignal<boolean>;
  /** Writes both sides from the beginning. */
  readonly again: { write(): void };
}

/** What is filled in when the figure has started. */
export interface Parts {
  /** Where cells can be chosen by name. */
  readonly menu: HTMLSelectElement;
  readonly how: HTMLSelectElement;
  readonly of: HTMLSelectElement;
  readonly see: HTMLButtonElement;
  readonly measure: HTMLButtonElement;
  readonly told: HTMLElement;
  readonly effects: HTMLElement;
  readonly fields: HTMLElement;
}
