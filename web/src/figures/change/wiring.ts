/** What the figure has once it starts. */

import type { ReadonlySignal } from "@preact/signals-core";
import type { Frame } from "../../frame/figure.ts";
import type { Stroke } from "../../ink/stroke.ts";
import type { controls } from "./controls.ts";

export interface ChangeWiring {
  readonly frame: Frame<typeof controls>;
  /** What the reader has written; the page's example where that is nothing. */
  readonly ink: ReadonlySignal<readonly Stroke[]>;
  readonly writing: ReadonlySignal<boolean>;
  readonly parts: Parts;
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
