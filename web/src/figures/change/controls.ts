/** The controls of changing cells. */

import { cells, choice, maybe, number, text, UINT32 } from "../../frame/control.ts";

export const controls = {
  /** The name of an effect of the atlas; empty for the first. */
  preset: text("hash"),
  /** The share of it that is done. */
  strength: number(1, 0, 1, 0.05),
  /** Cells of the reader's own choice; where there are some, no preset is used. */
  cells: cells(),
  how: choice(["clamp", "scale", "shift"]),
  of: choice(["c", "h"]),
  clamp: number(0, -5, 5, 0.1),
  scale: number(0, -1, 2, 0.05),
  shift: number(0.5, -2, 2, 0.05),
  /** 0 for the chosen cells; k for as many at random, draw k. */
  random: number(0, 0, 99, 1),
  /** Whether the samples continue the reader's ink; until the reader says, if there is some. */
  primed: maybe(),
  seed: number(1, 0, UINT32, 1),
  variation: number(0.6, 0.1, 1.5, 0.05),
};
