/** What the figure has once it starts. */

import type { ReadonlySignal } from "@preact/signals-core";
import { make } from "../../draw/element.ts";
import type { Frame } from "../../frame/figure.ts";
import type { Desk } from "../../views/writing-paper.ts";
import type { controls } from "./controls.ts";

export interface MemoryWiring extends Desk {
  readonly frame: Frame<typeof controls>;
  readonly parts: ReturnType<typeof partsBelow>;
  /** Whether the ink is a sample of the model. */
  readonly sample: ReadonlySignal<boolean>;
}

/** Between the paper and the controls. */
export function partsBelow({ stage }: Frame<typeof controls>) {
  const [plot, facts] = [make("div", "memory-plot"), make("div", "facts memory-facts")];
  stage.after(make("div", "column memory-details", facts, plot));
  return { plot, facts };
}
