/** What the figure has once it starts. */

import type { ReadonlySignal } from "@preact/signals-core";
import type { Frame } from "../../frame/figure.ts";
import type { Desk } from "../../views/writing-paper.ts";
import type { controls } from "./controls.ts";

export interface CellsWiring extends Desk {
  readonly frame: Frame<typeof controls>;
  readonly parts: Parts;
  /** The ink that is shown, by its name in the menu. */
  readonly shown: ReadonlySignal<string>;
  /** Zooms about the step that is looked at; 0 shows all of the ink. */
  readonly zoom: { by(factor: number): void };
}

/** Where the pictures are. */
export interface Parts {
  readonly ink: HTMLElement;
  readonly map: HTMLElement;
  readonly legend: HTMLElement;
  readonly picker: HTMLElement;
  readonly facts: HTMLElement;
  readonly track: HTMLElement;
  readonly multiples: HTMLElement;
  readonly order: HTMLSelectElement;
}
