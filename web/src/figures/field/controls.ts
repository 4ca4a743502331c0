/** The controls of the field of futures. */

import { choice, number, text, UINT32 } from "../../frame/control.ts";

export const controls = {
  /** auto: the reader's writing, once there is some; until then the first sample. */
  ink: choice(["auto", "1", "2", "3", "4", "5", "line", "yours", "opened"]),
  count: number(50, 1, 200, 1),
  /** Points of a future. */
  steps: number(8, 1, 16, 1),
  variation: number(0.7, 0.1, 1.5, 0.05),
  seed: number(1, 0, UINT32, 1),
  /** The row that is looked at; below 0, the one with the clearest fork. */
  step: number(-1, -1, 3000, 1),
  /** The futures that were taken (forks.ts). */
  forks: text("hash"),
};
