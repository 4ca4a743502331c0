/** The worker of the page: the tasks of all figures. */

import { atlasTask } from "../figures/atlas/task.ts";
import { cellsTask } from "../figures/cells/task.ts";
import { changeTask } from "../figures/change/task.ts";
import { neatenTask } from "../figures/neaten/task.ts";
import { stepTask } from "../figures/step/task.ts";
import { swapTask } from "../figures/swap/task.ts";
import { typeTask } from "../figures/type/task.ts";
import { wallTask } from "../figures/wall/task.ts";
import { writingTask } from "../figures/writing/task.ts";
import { fieldTask } from "../futures/task.ts";
import { learnTask } from "../hands/task.ts";
import { serve } from "../worker/scheduler.ts";

serve({
  writing: writingTask,
  type: typeTask,
  neaten: neatenTask,
  wall: wallTask,
  field: fieldTask,
  step: stepTask,
  cells: cellsTask,
  atlas: atlasTask,
  change: changeTask,
  swap: swapTask,
  learn: learnTask,
});
