/** The controls of neatening. */

import { number } from "../../frame/control.ts";

export const controls = {
  /** The model's share of each movement, in percent. */
  share: number(80, 0, 100, 5),
};

/** The longest ink that is neatened, in offsets: some eight lines. */
export const MOST_OFFSETS = 5000;
