/** What the figure has once it starts. */

import type { Frame } from "../../frame/figure.ts";
import type { Desk } from "../../views/writing-paper.ts";
import type { controls } from "./controls.ts";

export interface WhyWiring extends Desk {
  readonly frame: Frame<typeof controls>;
  readonly parts: Parts;
  /** Goes to the next fork, or with -1 to the one before. */
  readonly forks: { by(count: number): void };
}

/** Where things are. */
export interface Parts {
  /** The ink and its forks. */
  readonly ink: HTMLElement;
  /** What comes next, as it is and with a change. */
  readonly now: HTMLElement;
  readonly changed: HTMLElement;
  /** Cells by their votes, and the sum. */
  readonly list: HTMLElement;
  /** The votes of all cells as squares, and what is known of one of them. */
  readonly grid: HTMLElement;
  readonly cell: HTMLElement;
  /** What silence does, by the number of cells. */
  readonly curve: HTMLElement;
  readonly told: HTMLElement;
  readonly inputs: HTMLElement;
}
