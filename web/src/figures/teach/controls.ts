/** The controls of teaching. */

import { number } from "../../frame/control.ts";
import { PROMPTS } from "./prompts.ts";

export const controls = {
  /** The line of the card that is being copied, from 1. */
  line: number(1, 1, PROMPTS.length, 1),
  /** How much of the learned hand it writes with: 0 is the plain model, more than 1 exaggerates. */
  share: number(1, 0, 1.5, 0.05),
};
