/** What the figure has once it starts. */

import type { ReadonlySignal } from "@preact/signals-core";
import type { Frame } from "../../frame/figure.ts";
import type { Sheet } from "../../ink/sheet.ts";
import type { Stroke } from "../../ink/stroke.ts";
import type { controls } from "./controls.ts";

export interface CellsWiring {
  readonly frame: Frame<typeof controls>;
  /** What the reader writes on: the same sheet as in the first figure. */
  readonly sheet: Sheet;
  /** What is on it; the page's example where that is nothing. */
  readonly ink: ReadonlySignal<readonly Stroke[]>;
  readonly isExample: ReadonlySignal<boolean>;
  readonly writing: ReadonlySignal<boolean>;
  readonly parts: Parts;
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
