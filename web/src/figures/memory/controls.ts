/** The controls of what it remembers. */

import { choice, number, UINT32 } from "../../frame/control.ts";

/** Futures by which the hand and the letters are measured; as in Python. */
export const FUTURES = 64;

export const controls = {
  /** page: the ink of the first figure, or its example. */
  ink: choice(["page", "sample"]),
  /** Of the sample. */
  seed: number(3, 0, UINT32, 1),
  /** What is done to a stroke (strokes.ts has the same names). */
  change: choice(["drop", "straighten", "lean", "move", "tremble"]),
  /** The number of offsets before "now"; below 0, all of them. */
  step: number(-1, -1, 3000, 1),
  /** The stroke that is changed; below 0, the last one before "now". */
  stroke: number(-1, -1, 3000, 1),
  /** The future that stands out. */
  future: number(0, 0, FUTURES - 1, 1),
};
