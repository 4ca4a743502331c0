/** What the page and the worker that neatens say to each other. */

import type { InkStroke } from "../../engine/source.ts";
import type { ErrorReply, LoadRequest } from "../../worker/protocol.ts";

export interface NeatenRequest {
  readonly type: "neaten";
  /** A newer request drops the older ones. */
  readonly id: number;
  /** The ink, at least one stroke. */
  readonly strokes: readonly InkStroke[];
  /** The writing size that the sheet's rules ask for, in sheet units. */
  readonly ruling: number;
  /** The model's share, 0 to 1. */
  readonly share: number;
}

export interface NeatenReply {
  readonly type: "neaten";
  readonly id: number;
  /** [n + 1, 2] in sheet units: the ink's first point, then one for each offset. */
  readonly points: Float32Array;
  /** [n + 1], 1 where the pen lifts. */
  readonly lifts: Uint8Array;
  /** Nats a movement in raw units, of the reader's own and of the neatened; null where there is none, or the pen is down. */
  readonly nats: { readonly own: number; readonly neat: number } | null;
}

export type NeateningRequest = LoadRequest | NeatenRequest;
export type NeateningReply = NeatenReply | { readonly type: "ready"; readonly id: number } | ErrorReply;
