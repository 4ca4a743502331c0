/** The controls of votes. */

import { choice, number, text, UINT32 } from "../../frame/control.ts";

/** Most cells that are silenced. */
export const MOST_SILENT = 50;

export const controls = {
  /** The step that is looked at: the number of offsets read before it. Below 0, the clearest fork. */
  step: number(-1, -1, 3000, 1),
  /** Which sum the votes are of: the log-odds, or how much denser one way is at its middle. */
  sum: choice(["odds", "density"]),
  /** Whether the silent cells are those that vote for the likelier way or for the other. */
  side: choice(["likelier", "other"]),
  /** How many of the cells that vote most for it are silent. */
  silent: number(10, 0, MOST_SILENT, 1),
  /** The input that is taken away in their place; empty for none. */
  without: text("hash"),
  /** Of the random cells. */
  seed: number(0, 0, UINT32, 1),
};
