/**
 * A field of futures as it grows: a path, and what has been drawn of the futures at each of its rows.
 *
 * Letter key: n offsets, F futures, K steps, M mixture components.
 */

import { type ReadonlySignal, type Signal, signal } from "@preact/signals-core";
import { type Mixture, mixtureOf } from "../engine/mixture.ts";
import { commonOffsets } from "../engine/path-common.ts";
import type { ReadText } from "../ink/letter.ts";
import { type InkPath, inkPath } from "../ink/path.ts";
import { branches } from "./branches.ts";
import { type Piece, plan } from "./plan.ts";
import type { FieldDraws, PathReply } from "./task.ts";

/** A path on a sheet, and what the model predicted along it. */
export interface Path extends InkPath {
  /** [n, 3] in model units. */
  readonly offsets: Float32Array;
  /** Model units in a sheet unit. */
  readonly scale: number;
  /** n + 1 rows; row p is what the model expects after p offsets. */
  readonly mixtures: readonly Mixture[];
  /** [n, 2]: log p of position and pen, in nats and raw units. */
  readonly loglik: Float32Array;
  /** What it says, where that is known. */
  readonly text: ReadText | undefined;
  /** Weights of each row's branches (spec/futures.md). */
  readonly branches: readonly (readonly number[])[];
}

/** A path, and the row of it that is looked at. */
export interface Looked {
  readonly path: Path;
  readonly step: number;
}

/** before: a path whose rows may be the same, so that they are not worked out again. */
export function pathOf(reply: PathReply, before: Path | undefined): Path {
  const { offsets, scale, mixture, loglik, text } = reply;
  const path = inkPath({ ...reply, origin: { x: 0, y: 0 } });
  const { length } = path;
  const width = mixture.length / (length + 1);
  const same = before === undefined ? 0 : commonOffsets(before.offsets, offsets);
  const mixtures = before?.mixtures.slice(0, same) ?? [];
  const ways = before?.branches.slice(0, same) ?? [];
  for (let p = same; p <= length; p++) {
    mixtures.push(mixtureOf(mixture.subarray(width * p, width * (p + 1))));
    ways.push(branches(mixtures[p]!).map(({ weight }) => weight));
  }
  return { ...path, offsets, scale, mixtures, loglik, text, branches: ways };
}

/** -log p of an offset of the path, in nats and raw units. */
export function surprise({ loglik }: Path, row: number): number {
  return -(loglik[2 * row]! + loglik[2 * row + 1]!);
}

/** The row whose second branch is the most likely: where a reader sees best what a fork is. */
export function clearestFork({ branches: all, length }: Path): number {
  let best = 0;
  for (let p = 1; p < length; p++) {
    if ((all[p]![1] ?? 0) > (all[best]![1] ?? 0)) best = p;
  }
  return best;
}

/**
 * Calls `take` for each movement of a future with the pen down: its horizon, counted from 0, and its two ends in sheet
 * units. futures: [F, K, 3] of a row.
 */
export function penDownMovements(
  { path, draws: { steps } }: Field,
  futures: Float32Array,
  row: number,
  future: number,
  take: (horizon: number, fromX: number, fromY: number, toX: number, toY: number) => void,
): void {
  let [x, y, down] = [path.x[row]!, path.y[row]!, path.lifted[row] === 0];
  for (let k = 0, at = 3 * steps * future; k < steps; k++, at += 3) {
    const [fromX, fromY] = [x, y];
    x += futures[at]! / path.scale;
    y += futures[at + 1]! / path.scale;
    if (down) take(k, fromX, fromY, x, y);
    down = futures[at + 2] === 0;
  }
}

/** Its path, and what is there of it, can be followed as signals. */
export class Field {
  readonly draws: FieldDraws;
  readonly count: number;
  /** [F, K, 3] a row, as far as it is known; null where nothing is. */
  rows: (Float32Array | null)[];
  /** How many futures of a row are there, from the first on. */
  known: number[];
  /** [F] a row: the character at the end of each future. */
  #ends: (Int32Array | null)[] = [];
  readonly #path: Signal<Path>;
  readonly #pieces = signal(0);
  /** The first row that each further path did not have in common with the one before. */
  readonly #from: number[] = [];

  constructor(path: Path, draws: FieldDraws, count: number) {
    this.#path = signal(path);
    this.draws = draws;
    this.count = count;
    this.rows = new Array<null>(path.length + 1).fill(null);
    this.known = new Array<number>(path.length + 1).fill(0);
  }

  get path(): Path {
    return this.#path.value;
  }

  /** How many pieces were added. */
  get pieces(): ReadonlySignal<number> {
    return this.#pieces;
  }

  /** How many paths the field has followed since its first. */
  get paths(): number {
    return this.#from.length;
  }

  /** The first row that is not as it was after so many paths; Infinity where all are. */
  changedSince(paths: number): number {
    return Math.min(...this.#from.slice(paths));
  }

  /** Another path; the rows that it has in common stay. Returns how many do. */
  follow(path: Path): number {
    const same = commonOffsets(this.path.offsets, path.offsets) + 1;
    this.#from.push(same);
    this.rows = Array.from({ length: path.length + 1 }, (_, p) => (p < same ? (this.rows[p] ?? null) : null));
    this.known = this.rows.map((_, p) => (p < same ? (this.known[p] ?? 0) : 0));
    this.#path.value = path;
    return same;
  }

  /** ends: the character at the end of each of the futures. */
  add({ row, first, count }: Piece, offsets: Float32Array, ends: Int32Array): void {
    // Pieces of a row come in order, from one worker.
    if (row >= this.rows.length || first !== this.known[row]) return;
    const width = 3 * this.draws.steps;
    const futures = this.rows[row] ?? new Float32Array(this.count * width);
    futures.set(offsets, first * width);
    this.rows[row] = futures;
    this.#ends[row] = first === 0 ? new Int32Array(this.count) : this.#ends[row]!;
    this.#ends[row]!.set(ends, first);
    this.known[row] = first + count;
    this.#pieces.value++;
  }

  /** The character at the end of each future of a row that is known; none without a text. */
  ends(row: number): Int32Array {
    const known = this.path.text === undefined ? 0 : this.known[row]!;
    return this.#ends[row]?.subarray(0, known) ?? new Int32Array(0);
  }

  missing(): Piece[] {
    return plan(this.known, this.count);
  }

  /** The share that is there, 0 to 1. */
  get share(): number {
    return this.known.reduce((sum, count) => sum + count, 0) / (this.count * this.known.length);
  }
}
