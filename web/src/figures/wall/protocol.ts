/**
 * What the page and the worker of samples say to each other.
 *
 * Letter key: F samples, n steps.
 */

import type { InkStroke } from "../../engine/source.ts";
import type { ErrorReply, LoadRequest } from "../../worker/protocol.ts";

export interface SamplesRequest {
  readonly type: "samples";
  /** A newer request drops the older ones. */
  readonly id: number;
  /** An ink that the samples go on from; none: they begin a line. */
  readonly strokes: readonly InkStroke[];
  /** The writing size that the sheet's rules ask for, in sheet units. */
  readonly ruling: number;
  readonly seed: number;
  readonly variation: number;
  /** Samples 0 to count - 1: sample k is stream k. */
  readonly count: number;
  /** n */
  readonly steps: number;
}

/** Asks how likely one of the samples of the newest request is. */
export interface LikelihoodRequest {
  readonly type: "likelihood";
  readonly sample: number;
}

/** Some of the samples, as soon as they are there. */
export interface SamplesReply {
  readonly type: "samples";
  readonly id: number;
  readonly first: number;
  readonly count: number;
  /** The last point that the model had read before, in sheet units; null where the samples begin a line. */
  readonly end: { readonly x: number; readonly y: number } | null;
  /** [count, n, 3] in model units. */
  readonly offsets: Float32Array;
  /** Model units in a sheet unit. */
  readonly scale: number;
}

export interface LikelihoodReply {
  readonly type: "likelihood";
  /** Of the request for samples. */
  readonly id: number;
  readonly sample: number;
  /** [n]: log p of each step under the model itself (variation 1), in nats and raw units, where scores are compared. */
  readonly loglik: Float32Array;
}

export type SampleRequest = LoadRequest | SamplesRequest | LikelihoodRequest;
export type SampleReply =
  | SamplesReply
  | LikelihoodReply
  | { readonly type: "ready"; readonly id: number }
  | ErrorReply;
