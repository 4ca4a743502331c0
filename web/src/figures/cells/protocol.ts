/**
 * What the page and the worker that traces cells say to each other.
 *
 * Letter key: n offsets, C cells of all layers in turn.
 */

import type { Quantity } from "../../engine/cell-trace.ts";
import type { PathSource } from "../../engine/source.ts";
import type { PlacedOffsets } from "../../ink/path.ts";
import type { ErrorReply, LoadRequest } from "../../worker/protocol.ts";

export interface CellsRequest {
  readonly type: "cells";
  /** A newer request drops those that have not been begun. */
  readonly id: number;
  readonly source: PathSource;
  readonly what: Quantity;
}

/** Replies build on each other: rows before `from` are as they were, so each has to be taken. */
export interface CellsReply extends PlacedOffsets {
  readonly type: "cells";
  readonly id: number;
  readonly what: Quantity;
  /** C */
  readonly cells: number;
  readonly from: number;
  /** [n + 1 - from, C]: row p is what was there after p offsets. */
  readonly values: Float32Array;
  /** Offsets that were left out because only so many are shown. */
  readonly left: number;
}

export type TracingRequest = LoadRequest | CellsRequest;
export type TracingReply = CellsReply | { readonly type: "ready"; readonly id: number } | ErrorReply;
