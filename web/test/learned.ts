/** Hands that workers in this thread learn. */

import type { Checkpoint } from "../src/checkpoint/checkpoint.ts";
import { learn, type Pass } from "../src/engine/hand/learn.ts";
import type { Line } from "../src/engine/hand/learn-group.ts";
import { openLearners } from "../src/hands/learners.ts";
import { learnTask } from "../src/hands/task.ts";
import { Pool } from "../src/worker/pool.ts";
import { bytes, wasm } from "./files.ts";
import { Here } from "./here.ts";

const [module, engine, reading] = [wasm("learn"), wasm("engine"), wasm("recogniser")];

interface Options {
  readonly passes: number;
  /** Whether the hand writes and is read, for the choice of how much it keeps. */
  readonly reads?: boolean;
  readonly workers?: number;
}

export async function learnedHere(
  checkpoint: Checkpoint,
  base: string,
  lines: readonly Line[],
  { passes, reads = false, workers = 1 }: Options,
): Promise<Pass[]> {
  const pool = new Pool(() => new Here({ learn: learnTask }) as unknown as Worker, Math.max(2, workers));
  const weights = reads ? bytes("src/pentrace/weights/recogniser.safetensors") : null;
  const recogniser = weights && { module: reading, weights };
  const fail = (message: string): never => {
    throw new Error(message);
  };
  const { learners, texts } = await openLearners(
    pool,
    workers,
    { module, engine, checkpoint, recogniser },
    fail,
  );
  const log: Pass[] = [];
  for await (const pass of learn(learners, checkpoint, base, lines, { passes, texts }))
    if (!pass.trying) log.push(pass);
  pool.close();
  return log;
}
