/** Learning a hand in a worker. Between two steps the worker listens, so a figure may stop it at any time. */

import { cellChanges } from "../engine/cell-changes.ts";
import type { Checkpoint } from "../engine/checkpoint.ts";
import { Engine, type RawInk } from "../engine/engine.ts";
import { applyHand, HandError } from "../engine/hand.ts";
import { type Line, learn, type Pass } from "../engine/learn.ts";
import { Model } from "../engine/model.ts";
import { inkOffsets } from "../engine/path.ts";
import { scaleOf } from "../engine/reader.ts";
import { Recogniser } from "../engine/recogniser.ts";
import { scriptOf } from "../engine/scripts.ts";
import { moved, type Steps } from "../worker/task.ts";

/** A line, and model units in one of its units where that is known; otherwise it is prepared first (spec/ink.md). */
export interface LearnLine extends RawInk {
  readonly scale: number | null;
  /** What it says; null where that is not known. */
  readonly text: string | null;
}

export interface LearnRequest {
  /** learn.wasm, and engine.wasm */
  readonly module: WebAssembly.Module;
  readonly engine: WebAssembly.Module;
  /** The checkpoint that is open, without a hand, and the SHA-256 of its file. */
  readonly checkpoint: Checkpoint;
  readonly base: string;
  readonly lines: readonly LearnLine[];
  /**
   * recogniser.wasm and its weights, which find the text in the lines and read what is written in the hand; null: the
   * hand is learned without it.
   */
  readonly recogniser: { readonly module: WebAssembly.Module; readonly weights: Uint8Array } | null;
}

/**
 * A row of the log with the best hand so far, and how much each cell does otherwise in it; or one sentence that says why
 * these lines cannot be learned from.
 */
export type LearnReply =
  | { readonly pass: Pass; readonly changes: Float32Array }
  | { readonly refused: string };

/** What another checkpoint than the open one writes from nothing. */
export interface SampleRequest {
  /** engine.wasm */
  readonly module: WebAssembly.Module;
  readonly checkpoint: Checkpoint;
  readonly seed: number;
  readonly variation: number;
  readonly steps: number;
  /** The writing size that a sheet's rules ask for, in its units. */
  readonly ruling: number;
}

export interface SampleReply {
  /** [steps, 3] in model units. */
  readonly offsets: Float32Array;
  /** Model units in a sheet unit. */
  readonly scale: number;
}

export type LearnTask = ReturnType<typeof learnTask>;

export function learnTask(model: Model) {
  const engine = new Engine(model);
  return {
    *learn({ module, engine: wasm, checkpoint, base, lines, recogniser }: LearnRequest): Steps<LearnReply> {
      try {
        const known = checkpoint.architecture.text;
        const reader = recogniser && known ? Recogniser.create(recogniser.module, recogniser.weights) : null;
        const read: Line[] = [];
        for (const line of lines) {
          const { offsets } = inkOffsets(engine, line, line.scale);
          const script =
            reader && known && line.text !== null ? scriptOf(offsets, line.text, known, reader) : null;
          read.push({ offsets, script });
          yield;
        }
        const typed = reader && { recogniser: reader, engine: wasm };
        const last = read.findLast(({ offsets }) => offsets.length > 0);
        for (const pass of learn(module, checkpoint, base, read, { reader: typed })) {
          if (pass === null || last === undefined) {
            yield;
            continue;
          }
          const inHand = applyHand(checkpoint, base, pass.hand);
          yield { pass, changes: cellChanges(wasm, checkpoint, inHand, last) };
        }
      } catch (error) {
        if (!(error instanceof HandError)) throw error;
        yield { refused: error.message };
      }
    },

    *sample(request: SampleRequest): Steps<SampleReply> {
      const { module, checkpoint, seed, variation, steps, ruling } = request;
      const writer = new Engine(new Model(module, checkpoint));
      const offsets = writer.sample(writer.start(), steps, { seed, variation });
      yield moved({ offsets, scale: scaleOf(writer, ruling) });
    },
  };
}
