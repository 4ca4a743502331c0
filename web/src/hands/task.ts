/** Learning a hand in a worker. Between two steps the worker listens, so a figure may stop it at any time. */

import type { Checkpoint } from "../engine/checkpoint.ts";
import { Engine, type RawInk } from "../engine/engine.ts";
import { HandError } from "../engine/hand.ts";
import { learn, type Pass } from "../engine/learn.ts";
import type { Model } from "../engine/model.ts";
import { inkOffsets } from "../engine/path.ts";
import type { Steps } from "../worker/task.ts";

/** A line, and model units in one of its units where that is known; otherwise it is prepared first (spec/ink.md). */
export interface LearnLine extends RawInk {
  readonly scale: number | null;
}

export interface LearnRequest {
  /** learn.wasm */
  readonly module: WebAssembly.Module;
  /** The checkpoint that is open, without a hand, and the SHA-256 of its file. */
  readonly checkpoint: Checkpoint;
  readonly base: string;
  readonly lines: readonly LearnLine[];
}

/** A row of the log with the best hand so far, or one sentence that says why these lines cannot be learned from. */
export type LearnReply = { readonly pass: Pass } | { readonly refused: string };

export type LearnTask = ReturnType<typeof learnTask>;

export function learnTask(model: Model) {
  const engine = new Engine(model);
  return {
    *learn({ module, checkpoint, base, lines }: LearnRequest): Steps<LearnReply> {
      try {
        const offsets = lines.map((line) => inkOffsets(engine, line, line.scale).offsets);
        for (const pass of learn(module, checkpoint, base, offsets))
          yield pass === null ? undefined : { pass };
      } catch (error) {
        if (!(error instanceof HandError)) throw error;
        yield { refused: error.message };
      }
    },
  };
}
