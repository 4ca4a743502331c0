/** The controls of cells over time. */

import { cells, choice, number, text, UINT32 } from "../../frame/control.ts";

export const controls = {
  /** auto: the reader's writing, once there is some; until then the sample. */
  ink: choice(["auto", "sample", "yours", "opened"]),
  /** The sample: its seed, length in steps, and variation. */
  seed: number(1, 0, UINT32, 1),
  length: number(400, 50, 1500, 50),
  variation: number(0.5, 0.1, 1.5, 0.05),
  /** Which quantity (spec/trace.md). */
  what: choice(["c", "h", "i", "f", "g", "o"]),
  limits: choice(["own", "robust", "full"]),
  scale: choice(["linear", "log"]),
  /** The name of an order of the atlas; empty for the one to begin with. */
  order: text("hash"),
  /** The cells that are looked at (frame/chosen.ts). */
  chosen: cells(),
  /** The row that is looked at; below 0, where the cells are strongest. */
  step: number(-1, -1, 3000, 1),
  /** The part of the ink that is shown: its first row, and how many; 0 for all. */
  from: number(0, 0, 3000, 1),
  span: number(0, 0, 3000, 1),
};
