/** The controls of putting one hand's state into another's. */

import { flag, number, text, UINT32 } from "../../frame/control.ts";

export const controls = {
  /** Which line of the model's own is the other ink. */
  hand: number(5, 0, UINT32, 1),
  /** Whether the other ink is written on, with cells of the reader's. */
  turned: flag(false),
  /** After how many movements of the reader's ink, and of the other one; below 0 after all. */
  yours: number(-1, -1, 3000, 1),
  other: number(-1, -1, 3000, 1),
  /**
   * What is taken: the cells that tell hands apart best (empty), random ones, those chosen, all, cluster:NUMBER of the
   * atlas; direction:TRAIT, or feature:NAME for the direction of a feature of the atlas.
   */
  cells: text("hash"),
  /** How many of those that tell hands apart, or at random. */
  count: number(10, 1, 150, 1),
  /** Which draw of random cells. */
  draw: number(0, 0, 99, 1),
  seed: number(0, 0, UINT32, 1),
  variation: number(0.6, 0.1, 1.5, 0.05),
};
