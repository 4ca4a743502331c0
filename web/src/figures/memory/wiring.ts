/** What the figure has once it starts. */

import type { ReadonlySignal } from "@preact/signals-core";
import type { Frame } from "../../frame/figure.ts";
import type { Desk } from "../../views/writing-paper.ts";
import type { controls } from "./controls.ts";

export interface MemoryWiring extends Pick<Desk, "ink" | "isExample" | "said" | "writing"> {
  readonly frame: Frame<typeof controls>;
  readonly parts: Parts;
  /** Whether the ink is a sample of the model. */
  readonly sample: ReadonlySignal<boolean>;
}

/** Where the details are. */
export interface Parts {
  readonly plot: HTMLElement;
  readonly facts: HTMLElement;
}
