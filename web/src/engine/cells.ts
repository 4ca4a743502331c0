/**
 * What the page and the worker that traces cells say to each other.
 *
 * Letter key: n offsets, C cells of all layers in turn.
 */

import type { PathSource } from "./field.ts";
import type { ErrorReply, LoadRequest } from "./protocol.ts";

/** Cell state, hidden state, input and forget gate, candidate, output gate (spec/trace.md). */
export type Quantity = "c" | "h" | "i" | "f" | "g" | "o";

export interface CellsRequest {
  readonly type: "cells";
  /** A newer request drops those that have not been begun. */
  readonly id: number;
  readonly source: PathSource;
  readonly what: Quantity;
}

/** Replies build on each other: rows before `from` are as they were, so each has to be taken. */
export interface CellsReply {
  readonly type: "cells";
  readonly id: number;
  /** [n, 3] in model units. */
  readonly offsets: Float32Array;
  /** Whether the pen lifts at the first point. */
  readonly firstLifted: boolean;
  /** Where the first point lies, in sheet units, and model units in one of them. */
  readonly origin: { readonly x: number; readonly y: number };
  readonly scale: number;
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
