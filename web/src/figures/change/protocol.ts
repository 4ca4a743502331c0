/**
 * What the page and the worker of interventions say to each other.
 *
 * Letter key: F samples, n steps.
 */

import type { Intervention } from "../../engine/interventions.ts";
import type { InkStroke } from "../../engine/source.ts";
import type { ErrorReply, LoadRequest } from "../../worker/protocol.ts";
import type { Figures } from "./effect.ts";

/** Samples as they are and under an intervention, from the same random numbers. */
export interface WriteRequest {
  readonly type: "write";
  /** A newer request drops the older ones. */
  readonly id: number;
  readonly intervention: Intervention;
  /** 0: as it is. k: the same on random cells, draw k. */
  readonly random: number;
  /** An ink that the samples go on from; none: they begin a line. */
  readonly strokes: readonly InkStroke[];
  readonly seed: number;
  readonly variation: number;
  /** F: sample k is stream k. */
  readonly count: number;
  /** n */
  readonly steps: number;
}

/** Measures what an intervention does, beside `random`; null: beside as many draws as a claim needs. */
export interface MeasureRequest {
  readonly type: "measure";
  readonly id: number;
  readonly intervention: Intervention;
  readonly random: readonly Intervention[] | null;
}

export interface WrittenReply {
  readonly type: "written";
  readonly id: number;
  /** What was done: with random cells, theirs. Empty where there are not as many others. */
  readonly intervention: Intervention;
  /** [F, n, 3] in model units. */
  readonly before: Float32Array;
  readonly after: Float32Array;
  /** [F, 2]: log p a point of each sample of `before`, as it is and under the intervention; nats. */
  readonly loglik: Float32Array;
  /** Model units in a sheet unit. */
  readonly scale: number;
}

/** After each run: `done` of `total`. */
export interface MeasuredReply {
  readonly type: "measured";
  readonly id: number;
  readonly done: number;
  readonly total: number;
  readonly figures: Figures;
}

export type ChangeRequest = LoadRequest | WriteRequest | MeasureRequest;
export type ChangeReply =
  | WrittenReply
  | MeasuredReply
  | { readonly type: "ready"; readonly id: number }
  | ErrorReply;
