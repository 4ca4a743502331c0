/** The workers of learn.mjs: the page's, with nothing but learning. */

import { learnTask } from "../web/src/hands/task.ts";
import { serve } from "../web/src/worker/scheduler.ts";

serve({ learn: learnTask });
