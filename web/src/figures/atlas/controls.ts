/** The controls of the atlas. */

import { choice, number, text } from "../../frame/control.ts";
import { SORTS } from "./following.ts";

export const controls = {
  /** The name of the feature that is looked at; empty for the first. */
  feature: text("hash"),
  /** strongest: highest or lowest, whichever goes with the feature. */
  show: choice(["strongest", "highest", "lowest", "similar"]),
  by: choice(["all", "chosen"]),
  /** The span of the ink: its first row, below 0 where the cells are strongest, and how many. */
  from: number(-1, -1, 3000, 1),
  length: number(20, 5, 60, 1),
  sort: choice(SORTS),
  filter: text("hash"),
};
