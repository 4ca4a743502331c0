/**
 * What the page and the worker of moments say to each other: pieces of ink, each with what cells did there.
 *
 * Letter key: N cells of all layers in turn, n offsets.
 */

import type { AtlasLines } from "../../atlas/atlas.ts";
import type { ErrorReply, LoadRequest } from "../../worker/protocol.ts";

/** Which lines the atlas has, and how much its cells vary. */
export interface LinesRequest {
  readonly type: "lines";
  readonly id: number;
  readonly lines: AtlasLines;
  /** [N]: standard deviation of c. */
  readonly deviation: Float32Array;
  /** Offsets of all lines, one after the other, [points, 3]; null where the lines are samples. */
  readonly offsets: Float32Array | null;
}

/** Traces all lines while nothing else is asked, so that similar moments come at once. */
export interface PrepareRequest {
  readonly type: "prepare";
  readonly id: number;
}

/** By which cells ink is coloured, and each one's limit (spec/cells.md). */
export interface Colouring {
  readonly cells: readonly number[];
  readonly limits: readonly number[];
}

/** A row of the trace of a line of the atlas. */
export interface LineStep {
  readonly line: number;
  readonly step: number;
}

/** The reader's ink and some moments, coloured. */
export interface LookRequest extends Colouring {
  readonly type: "look";
  readonly id: number;
  /** [n, 3] in model units, as the model reads them; null before it is known: the first line. */
  readonly ink: Float32Array | null;
  readonly firstLifted: boolean;
  readonly moments: readonly LineStep[];
}

/** The moments most like a span of the ink of the last look; they come again as more lines are read. */
export interface SimilarRequest extends Colouring {
  readonly type: "similar";
  readonly id: number;
  /** Rows, end left out. */
  readonly begin: number;
  readonly end: number;
  /** The cells that are compared; null for all. */
  readonly compared: readonly number[] | null;
  readonly count: number;
}

/** A piece of ink. */
export interface Piece {
  /** Of the atlas; null for the ink that is looked at. */
  readonly line: number | null;
  /** The row of its line at which it begins. */
  readonly from: number;
  /** [n, 3] in model units. */
  readonly offsets: Float32Array;
  /** Whether the pen lifts at its first point. */
  readonly firstLifted: boolean;
  /** [n + 1]: mean over the cells of their parts of their limits. */
  readonly shares: Float32Array;
  /** The rows of the line that it is about, end left out. */
  readonly begin: number;
  readonly end: number;
}

export interface LookReply {
  readonly type: "look";
  readonly id: number;
  readonly ink: Piece | null;
  readonly moments: readonly Piece[];
}

export interface SimilarReply {
  readonly type: "similar";
  readonly id: number;
  readonly moments: readonly (Piece & { readonly distance: number })[];
  /** In how many of the lines they were looked for so far. */
  readonly lines: number;
  readonly of: number;
}

export type MomentsRequest = LoadRequest | LinesRequest | PrepareRequest | LookRequest | SimilarRequest;
export type MomentsReply =
  | LookReply
  | SimilarReply
  /** scale: model units in a sheet unit, of all ink here. */
  | { readonly type: "ready"; readonly id: number; readonly scale: number }
  | ErrorReply;
