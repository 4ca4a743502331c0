/** Putting cells of one state into another, and what the model then writes. Letter key: F samples, n steps. */

import { Engine, EngineError, type State } from "../../engine/engine.ts";
import type { Model } from "../../engine/model.ts";
import { PathStates, type Source, Sources } from "../../engine/path.ts";
import { scaleOf } from "../../engine/reader.ts";
import type { PathSource } from "../../engine/source.ts";
import {
  type Futures,
  ownLines,
  patched,
  randomCells,
  type Traits,
  telling,
  traitsAfter,
} from "../../explain/patch.ts";
import type { PlacedOffsets } from "../../ink/path.ts";
import { RULING } from "../../ink/stroke.ts";
import type { Steps } from "../../worker/task.ts";

/** Which cells are put in. */
export type Wanted =
  /** Those that tell hands apart best. */
  | { readonly kind: "telling"; readonly count: number }
  | { readonly kind: "random"; readonly count: number; readonly draw: number }
  /** By number; those that the model does not have are left out. */
  | { readonly kind: "given"; readonly cells: readonly number[] }
  | { readonly kind: "all" };

/** Two inks, and what is taken from one of them to the other. */
export interface SwapRequest {
  readonly inks: readonly [PathSource, PathSource];
  /** After how many offsets of each the state is looked at; null for all. */
  readonly at: readonly [number | null, number | null];
  /** Which ink the cells are taken from. */
  readonly donor: 0 | 1;
  readonly wanted: Wanted;
  readonly seed: number;
}

export interface WriteRequest extends SwapRequest {
  readonly variation: number;
  /** F */
  readonly count: number;
  /** n */
  readonly steps: number;
}

/** An ink, and after how many of its offsets the state is looked at. */
export interface ReadInk extends PlacedOffsets {
  readonly step: number;
}

/** What is written on after the receiver, from the same random numbers. */
export interface Written {
  /** The cells that were put in. */
  readonly cells: readonly number[];
  /** [F, n, 3] in model units: as it was, and with the cells. */
  readonly before: Float32Array;
  readonly after: Float32Array;
  /** Model units in a sheet unit. */
  readonly scale: number;
}

export interface WrittenReply {
  readonly inks: readonly [ReadInk, ReadInk];
  readonly donor: 0 | 1;
  /** null while the cells that tell hands apart are still looked for. */
  readonly written: Written | null;
}

/** A reply, and what it answers. */
export interface Answer extends WrittenReply {
  readonly request: WriteRequest;
  /** Whether the samples are still those of a request before. */
  readonly pending: boolean;
}

export interface MeasureRequest extends SwapRequest {
  readonly futures: Futures;
  /** Draws of as many random cells. */
  readonly draws: number;
}

/** Traits of what is written on. It comes again after each draw. */
export interface MeasuredReply {
  readonly donor: Traits;
  readonly receiver: Traits;
  readonly both: Traits;
  readonly random: readonly Traits[];
  /** How many draws there will be; 0 where there are not as many other cells. */
  readonly of: number;
}

/** Both states, and that of the receiver with cells of the donor. */
interface Pair {
  readonly donor: State;
  readonly receiver: State;
  withCells(cells: readonly number[]): State;
}

export type SwapTask = ReturnType<typeof swapTask>;

export function swapTask(model: Model) {
  const engine = new Engine(model);
  const sources = new Sources(engine, RULING);
  const states = [new PathStates(engine), new PathStates(engine)] as const;
  const { layers, hidden } = engine.architecture;
  const all = Array.from({ length: layers * hidden }, (_, cell) => cell);
  /** All cells, those that tell hands apart best first; null until they are known. */
  let order: readonly number[] | null = null;
  const finding = findOrder(engine);

  const read = ({ inks, at, donor }: SwapRequest): [ReadInk, ReadInk] => {
    const one = (k: 0 | 1): ReadInk => {
      const { left: _, ...source }: Source = sources.read(inks[k]);
      states[k].read(source.offsets);
      const n = source.offsets.length / 3;
      if (n === 0) throw new EngineError("An ink of one point has no step yet. Write on.");
      // The cells are put into the receiver in a step of its own.
      const least = k === donor ? 0 : 1;
      return { ...source, step: Math.min(Math.max(at[k] ?? n, least), n) };
    };
    return [one(0), one(1)];
  };

  const pairOf = (inks: readonly [ReadInk, ReadInk], from: 0 | 1): Pair => {
    const to = from === 0 ? 1 : 0;
    const { offsets, step } = inks[to];
    const donor = states[from].state(inks[from].step);
    const last = offsets.subarray(3 * step - 3, 3 * step);
    return {
      donor,
      receiver: states[to].state(step),
      withCells: (cells) => patched(engine, states[to].state(step - 1), last, donor, cells),
    };
  };

  function* cellsOf(wanted: Wanted, seed: number): Generator<undefined, readonly number[]> {
    if (wanted.kind === "all") return all;
    if (wanted.kind === "given") return wanted.cells.filter((cell) => cell < all.length);
    if (wanted.kind === "random")
      return randomCells(engine, all, wanted.count, { stream: wanted.draw, seed });
    // A newer request goes on where this one may be dropped.
    while (order === null) {
      order = finding.next().value ?? null;
      yield;
    }
    return order.slice(0, wanted.count);
  }

  return {
    *write(request: WriteRequest): Steps<WrittenReply> {
      const { donor, wanted, seed, variation, count, steps } = request;
      const inks = read(request);
      if (wanted.kind === "telling" && order === null) yield { inks, donor, written: null };
      const cells = yield* cellsOf(wanted, seed);
      // Another request may have read other inks meanwhile.
      const pair = pairOf(read(request), donor);
      const before = engine.futures(pair.receiver, count, steps, { seed, variation });
      const changed = pair.withCells(cells);
      const after = engine.futures(changed, count, steps, { seed, variation });
      changed.free();
      yield { inks, donor, written: { cells, before, after, scale: scaleOf(engine, RULING) } };
    },

    /** Traits of what is written after both states and with the cells, then with each draw of random ones. */
    *measure(request: MeasureRequest): Steps<MeasuredReply> {
      const { donor: from, wanted, seed, futures, draws } = request;
      const cells = yield* cellsOf(wanted, seed);
      const others = all.filter((cell) => !cells.includes(cell));
      const of = others.length < cells.length ? 0 : draws;
      const pair = pairOf(read(request), from);
      const random = Array.from({ length: of }, (_, stream) =>
        pair.withCells(randomCells(engine, others, cells.length, { stream, seed })),
      );
      // Copies, since another request may read other inks meanwhile.
      const [donor, receiver, both] = [pair.donor.copy(), pair.receiver.copy(), pair.withCells(cells)];
      const after = (state: State) => traitsAfter(engine, state, futures);
      const found = {
        donor: yield* after(donor),
        receiver: yield* after(receiver),
        both: yield* after(both),
      };
      const drawn: Traits[] = [];
      yield { ...found, random: [], of };
      for (const state of random) {
        drawn.push(yield* after(state));
        yield { ...found, random: [...drawn], of };
      }
    },
  };
}

function* findOrder(engine: Engine): Generator<undefined, readonly number[] | undefined> {
  return yield* telling(engine, yield* ownLines(engine));
}
