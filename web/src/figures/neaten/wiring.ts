/** What the figure has once it starts. */

import type { Frame } from "../../frame/figure.ts";
import type { Continuation } from "../../ink/stroke.ts";
import type { Desk } from "../../views/writing-paper.ts";
import type { controls } from "./controls.ts";

export interface NeatenWiring extends Desk {
  readonly frame: Frame<typeof controls>;
  /** The neatened ink, all of it. */
  readonly neat: { value: Continuation | null };
}
