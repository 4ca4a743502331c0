/** One step as it is shown: numbers by their names. */

import { type Mixture, mixtureOf } from "../../engine/mixture.ts";
import { letterIn } from "../../ink/letter.ts";
import { type InkPath, inkPath } from "../../ink/path.ts";
import type { StepReply } from "./task.ts";

export interface Movement {
  /** Model units, to the right and down. */
  readonly dx: number;
  readonly dy: number;
  readonly lifts: boolean;
}

export interface Step extends Pick<StepReply, "scale" | "own" | "whole" | "cell" | "history" | "hidden"> {
  readonly path: InkPath;
  /** What is read; null before the pen has moved. */
  readonly movement: Movement | null;
  readonly gates: Readonly<Record<"input" | "forget" | "candidate" | "output", number>>;
  /** c before the step, what the forget gate keeps of it, what is added, c after the step, and h. */
  readonly before: number;
  readonly kept: number;
  readonly added: number;
  readonly after: number;
  readonly shown: number;
  /** What the output gate multiplies: c, squashed. */
  readonly squashed: number;
  readonly mixture: Mixture;
  /** What was drawn from the mixture. */
  readonly next: Movement;
  /** The character that the pointer stands at, with its word; null for ink alone. */
  readonly letter: string | null;
}

export function stepOf(reply: StepReply): Step {
  const { offsets, scale, own, whole, cell, history, hidden, next, pointer } = reply;
  const [input, forget, candidate, output] = Array.from(reply.gates) as [number, number, number, number];
  const n = offsets.length / 3;
  const before = n === 0 ? 0 : history[n - 1]!;
  const shown = hidden[cell]!;
  return {
    ...{ scale, own, whole, cell, history, hidden },
    path: inkPath(reply),
    movement: n === 0 ? null : movementAt(offsets, n - 1),
    gates: { input, forget, candidate, output },
    before,
    kept: forget * before,
    added: input * candidate,
    after: history[n]!,
    squashed: output === 0 ? 0 : shown / output,
    shown,
    mixture: mixtureOf(reply.mixture),
    next: movementAt(next, 0),
    letter: pointer && letterIn(pointer.words, pointer.at),
  };
}

function movementAt(offsets: Float32Array, k: number): Movement {
  return { dx: offsets[3 * k]!, dy: offsets[3 * k + 1]!, lifts: offsets[3 * k + 2] === 1 };
}
