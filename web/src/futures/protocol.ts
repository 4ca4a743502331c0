/**
 * What the page and the workers of a field of futures say to each other.
 *
 * A worker first reads a path, then draws pieces of its field. Random numbers depend on the row and the future alone
 * (spec/engine.md), so it does not matter which worker draws what, nor when.
 *
 * Letter key: n offsets, F futures, K steps, M mixture components.
 */

import type { Intervention } from "../engine/interventions.ts";
import type { Fork, PathSource } from "../engine/source.ts";
import type { ErrorReply, LoadRequest } from "../worker/protocol.ts";
import type { Piece } from "./plan.ts";

export interface PathRequest {
  readonly type: "path";
  /** A newer request drops the older ones. */
  readonly id: number;
  readonly source: PathSource;
  readonly forks: readonly Fork[];
  /** Whether to answer: one worker is enough. */
  readonly reply: boolean;
}

export interface FieldDraws {
  /** K */
  readonly steps: number;
  readonly seed: number;
  readonly variation: number;
}

export interface DrawRequest extends FieldDraws {
  readonly type: "draw";
  readonly id: number;
  readonly pieces: readonly Piece[];
}

/** Runs under an intervention from now on; a path has to be read anew. */
export interface InterveneRequest {
  readonly type: "intervene";
  readonly id: number;
  readonly intervention: Intervention;
}

/** Drops what has not been drawn yet. */
export interface CancelRequest {
  readonly type: "cancel";
  readonly id: number;
}

export interface PathReply {
  readonly type: "path";
  readonly id: number;
  /** [n, 3] in model units. */
  readonly offsets: Float32Array;
  /** Whether the pen lifts at the path's first point. */
  readonly firstLifted: boolean;
  /** Model units in a sheet unit. */
  readonly scale: number;
  /** [n + 1, 1 + 6M]: row p predicts offset p; the last, what would come next. */
  readonly mixture: Float32Array;
  /** [n, 2]: log p of position and pen, nats in model units. */
  readonly loglik: Float32Array;
  /** Offsets that were left out because a path may have only so many. */
  readonly left: number;
}

export interface PieceReply {
  readonly type: "piece";
  readonly id: number;
  readonly piece: Piece;
  /** [count, K, 3] in model units. */
  readonly offsets: Float32Array;
}

export type FieldRequest = LoadRequest | PathRequest | DrawRequest | InterveneRequest | CancelRequest;
export type FieldReply =
  | PathReply
  | PieceReply
  | { readonly type: "ready"; readonly id: number }
  | ErrorReply;
