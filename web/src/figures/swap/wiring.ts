/** What the figure has once it starts. */

import type { Frame } from "../../frame/figure.ts";
import type { Desk } from "../../views/writing-paper.ts";
import type { controls } from "./controls.ts";

export interface SwapWiring extends Desk {
  readonly frame: Frame<typeof controls>;
  readonly parts: Parts;
}

/** What is filled in when the figure has started. */
export interface Parts {
  /** The two inks: the receiver's place and the donor's. */
  readonly receiver: HTMLElement;
  readonly donor: HTMLElement;
  /** What is written on. */
  readonly samples: HTMLElement;
  /** Where cells can be chosen by name. */
  readonly menu: HTMLSelectElement;
  readonly see: HTMLButtonElement;
  readonly traits: HTMLElement;
  readonly measured: HTMLElement;
}
