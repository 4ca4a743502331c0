/** The controls of neatening. */

import { number } from "../../frame/control.ts";

export const controls = {
  /** The model's share of each movement, in percent. */
  share: number(80, 0, 100, 5),
};
