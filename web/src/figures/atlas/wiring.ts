/** What the figure has once it starts. */

import type { Signal } from "@preact/signals-core";
import type { Frame } from "../../frame/figure.ts";
import type { Desk } from "../../views/writing-paper.ts";
import type { controls } from "./controls.ts";

export interface AtlasWiring extends Desk {
  readonly frame: Frame<typeof controls>;
  readonly parts: AtlasParts;
  /** The cells that the figure of interventions changes. */
  readonly changed: Signal<readonly number[]>;
}

/** Where things are. */
export interface AtlasParts {
  readonly ink: HTMLElement;
  readonly moments: HTMLElement;
  readonly legend: HTMLElement;
  readonly findings: HTMLElement;
  readonly features: HTMLElement;
  readonly cells: HTMLElement;
  readonly follows: HTMLElement;
  readonly clusters: HTMLElement;
  readonly change: HTMLButtonElement;
}
