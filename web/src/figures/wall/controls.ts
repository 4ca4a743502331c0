/** The controls of the sample wall. */

import { flag, number, UINT32 } from "../../frame/control.ts";

export const controls = {
  seed: number(1, 0, UINT32, 1),
  variation: number(0.6, 0.1, 1.5, 0.05),
  /** Times the usual speed of the pen. */
  speed: number(1, 0.25, 4, 0.25),
  playing: flag(true, true),
  /** Steps that are written of each sample while the wall is not playing. */
  step: number(500, 0, 500, 1),
  /** Whether the samples continue the reader's ink. */
  primed: flag(false),
};
