/**
 * What the page and the engine's worker say to each other.
 *
 * Letter key: F futures, n steps.
 */

import type { InkStroke } from "../engine/source.ts";

export interface LoadRequest {
  readonly type: "load";
  readonly id: number;
  /** engine.wasm and a checkpoint, as fetched. */
  readonly wasm: ArrayBuffer;
  readonly checkpoint: ArrayBuffer;
  /** What errors call the checkpoint. */
  readonly name: string;
}

export interface ContinueRequest {
  readonly type: "continue";
  /** A newer request drops the older ones. */
  readonly id: number;
  /** The ink: the first `keep` strokes of the request before, then these. */
  readonly keep: number;
  readonly strokes: readonly InkStroke[];
  /** The writing size that the sheet's rules ask for, in sheet units. */
  readonly ruling: number;
  readonly seed: number;
  readonly variation: number;
  /** n steps of the F futures first, first + 1, ... (streams); `shown`, one of them, is sent first. */
  readonly steps: number;
  readonly first: number;
  readonly count: number;
  readonly shown: number;
}

export type Request = LoadRequest | ContinueRequest;

/** What a checkpoint says of itself, for people. */
export interface ModelFacts {
  readonly name: string;
  readonly hidden: number;
  /** Whether its cells have layer normalisation. */
  readonly normalised: boolean;
  /** Numbers of the code that changes their gains; 0 for none. */
  readonly code: number;
  readonly data: string;
  readonly terms: string;
  readonly citation: string;
  /** Nats a point on the named data; null where it was not measured. */
  readonly score: { readonly data: string; readonly natsPerPoint: number } | null;
}

export interface ReadyReply {
  readonly type: "ready";
  readonly id: number;
  readonly model: ModelFacts;
}

export interface FuturesReply {
  readonly type: "futures";
  readonly id: number;
  /** Offsets consumed so far: the position that the futures start from. */
  readonly position: number;
  /** Where they start, in sheet units; while the pen is down the ink may be a part of a step ahead. */
  readonly end: { readonly x: number; readonly y: number };
  readonly first: number;
  readonly count: number;
  /** [count, n, 2] in sheet units. */
  readonly points: Float32Array;
  /** [count, n], 1 where the pen lifts. */
  readonly lifts: Uint8Array;
  /** Whether these are all futures that were asked for. */
  readonly complete: boolean;
}

export interface ErrorReply {
  readonly type: "error";
  readonly id: number;
  readonly message: string;
}

export type Reply = ReadyReply | FuturesReply | ErrorReply;
