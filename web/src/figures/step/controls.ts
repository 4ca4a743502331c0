/** The controls of one step. */

import { number, UINT32 } from "../../frame/control.ts";

export const controls = {
  /** The stage that is shown; below 0, the one that the reader has scrolled to. */
  stage: number(-1, -1, 7, 1),
  /** How many movements of the ink have been read; below 0 all of them. */
  row: number(-1, -1, 3000, 1),
  /** How many that the model drew have been read after them. */
  drawn: number(0, 0, 200, 1),
  seed: number(1, 0, UINT32, 1),
};
