/** The worker of the page: the tasks of all figures. */

import { atlasTask } from "../figures/atlas/task.ts";
import { cellsTask } from "../figures/cells/task.ts";
import { changeTask } from "../figures/change/task.ts";
import { memoryTask } from "../figures/memory/task.ts";
import { neatenTask } from "../figures/neaten/task.ts";
import { stepTask } from "../figures/step/task.ts";
import { swapTask } from "../figures/swap/task.ts";
import { typeTask } from "../figures/type/task.ts";
import { wallTask } from "../figures/wall/task.ts";
import { whyTask } from "../figures/why/task.ts";
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
  why: whyTask,
  atlas: atlasTask,
  change: changeTask,
  memory: memoryTask,
  swap: swapTask,
  learn: learnTask,
});
