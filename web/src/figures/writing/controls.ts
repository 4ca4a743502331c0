/** The controls of the first figure. */

import { flag, number, UINT32 } from "../../frame/control.ts";

export const controls = {
  /** Steps of a continuation. */
  length: number(120, 5, 200, 1),
  /** Variation of a continuation (spec/engine.md). */
  variation: number(0.5, 0.1, 1.5, 0.05),
  /** Seed of all random numbers. */
  seed: number(1, 0, UINT32, 1),
  /** Which future is shown: its stream. */
  shown: number(0, 0, UINT32, 1),
  /** Whether the page goes from one future to the next by itself. */
  playing: flag(true, true),
  /** Whether the model's ink has a colour of its own. */
  marked: flag(false),
};
