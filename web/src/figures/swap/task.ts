/** Putting cells of one state into another, and what the model then writes. Letter key: F samples, n steps. */

import { Engine, EngineError, type Line, type State } from "../../engine/engine.ts";
import type { Model } from "../../engine/model.ts";
import { PathStates, type Source, Sources } from "../../engine/path.ts";
import { scaleOf } from "../../engine/reader.ts";
import type { PathSource, SourceText } from "../../engine/source.ts";
import { sameText, TextReading } from "../../engine/text/read-text.ts";
import { Recogniser, type RecogniserFiles } from "../../engine/text/recogniser.ts";
import type { Direction } from "../../explain/directions.ts";
import { commonest, LETTER_FUTURES, letterAfter, shareOf } from "../../explain/letters.ts";
import {
  type Futures,
  isDirection,
  ownLines,
  patched,
  randomCells,
  randomly,
  type Taken,
  type Traits,
  telling,
  traitsAfter,
} from "../../explain/patch.ts";
import { lastStep, using } from "../../explain/reading.ts";
import type { PlacedOffsets } from "../../ink/path.ts";
import { RULING } from "../../ink/stroke.ts";
import type { Steps } from "../../worker/task.ts";

/** What is taken from the donor. */
export type Wanted =
  /** Those that tell hands apart best. */
  | { readonly kind: "telling"; readonly count: number }
  | { readonly kind: "random"; readonly count: number; readonly draw: number }
  /** By number; those that the model does not have are left out. */
  | { readonly kind: "given"; readonly cells: readonly number[] }
  | { readonly kind: "all" }
  | ({ readonly kind: "direction"; readonly of: "hand" | "atlas"; readonly name: string } & Direction);

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
  /** The step where none is asked for: the last, and with a text one before its end. */
  readonly usual: number;
  /** What it is read along with; null for the ink alone. */
  readonly words: string | null;
}

/** What is written on after the receiver, from the same random numbers. */
export interface Written {
  /** The cells that were put in; none where the state was moved along a direction. */
  readonly cells: readonly number[];
  /** F samples as it was, and with the cells; of a text each as far as its line goes. */
  readonly before: readonly Line[];
  readonly after: readonly Line[];
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

/** The share of futures that write the letter which comes oftenest after the donor. */
export interface LettersReply {
  /** "" where nothing is read. */
  readonly letter: string;
  readonly donor: number;
  readonly receiver: number;
  readonly both: number;
  readonly random: readonly number[];
  /** How many futures were read of each. */
  readonly futures: number;
}

/** The model along an ink. */
interface Way {
  readonly text: SourceText | undefined;
  readonly reading: TextReading;
  readonly states: PathStates;
}

/** Both states, and that of the receiver with cells of the donor. */
interface Pair {
  readonly donor: State;
  readonly receiver: State;
  after(taken: Taken): State;
}

export type SwapTask = ReturnType<typeof swapTask>;

export function swapTask(model: Model) {
  const engine = new Engine(model);
  const sources = new Sources(engine, RULING);
  /** Along each ink, read with its text where it has one. */
  const ways: [Way, Way] = [wayOf(engine), wayOf(engine)];
  const { layers, hidden } = engine.architecture;
  const all = Array.from({ length: layers * hidden }, (_, cell) => cell);
  /** All cells, those that tell hands apart best first; null until they are known. */
  let order: readonly number[] | null = null;
  const finding = findOrder(engine);

  let recogniser: Recogniser | null = null;

  /** The receiver with as many random cells, or moved along random directions; none where there are too few cells. */
  const drawn = (
    pair: Pair,
    taken: Taken,
    { seed, draws }: { readonly seed: number; readonly draws: number },
  ): State[] => {
    const enough = isDirection(taken) || 2 * taken.length <= all.length;
    return Array.from({ length: enough ? draws : 0 }, (_, stream) =>
      pair.after(randomly(engine, taken, { stream, seed })),
    );
  };
  const read = ({ inks, at, donor }: SwapRequest): [ReadInk, ReadInk] => {
    const one = (k: 0 | 1): ReadInk => {
      const { left: _, text, ...source }: Source = sources.read(inks[k]);
      if (!sameText(ways[k].text, text)) ways[k] = wayOf(engine, text);
      ways[k].states.read(source.offsets);
      const n = source.offsets.length / 3;
      if (n === 0) throw new EngineError("An ink of one point has no step yet. Write on.");
      // The cells are put into the receiver in a step of its own.
      const least = k === donor ? 0 : 1;
      const usual = Math.max(lastStep(n, text), least);
      const step = Math.min(Math.max(at[k] ?? usual, least), n);
      return { ...source, step, usual, words: text?.words ?? null };
    };
    return [one(0), one(1)];
  };

  const pairOf = (inks: readonly [ReadInk, ReadInk], from: 0 | 1): Pair => {
    const to = from === 0 ? 1 : 0;
    const { offsets, step } = inks[to];
    const { states, reading } = ways[to];
    const donor = ways[from].states.state(inks[from].step);
    const last = {
      before: states.state(step - 1),
      offset: offsets.subarray(3 * step - 3, 3 * step),
      pointers: reading.pointers(step - 1, step, offsets.length / 3),
    };
    return {
      donor,
      receiver: states.state(step),
      after: (taken) => patched(engine, last, donor, taken),
    };
  };

  function* takenOf(wanted: Wanted, seed: number): Generator<undefined, Taken> {
    if (wanted.kind === "all") return all;
    if (wanted.kind === "direction") return wanted;
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
      const taken = yield* takenOf(wanted, seed);
      // Another request may have read other inks meanwhile.
      const pair = pairOf(read(request), donor);
      const samples = (state: State): Line[] => engine.lines(state, count, steps, { seed, variation });
      const before = samples(pair.receiver);
      const after = using(pair.after(taken), samples);
      const cells = isDirection(taken) ? [] : taken;
      yield { inks, donor, written: { cells, before, after, scale: scaleOf(engine, RULING) } };
    },

    *recogniser({ module, weights }: RecogniserFiles): Steps<boolean> {
      recogniser = Recogniser.create(module, weights);
      yield true;
    },

    /** Traits of what is written after both states and with what is taken, then with each random draw. */
    *measure(request: MeasureRequest): Steps<MeasuredReply> {
      const { donor: from, wanted, seed, futures } = request;
      const taken = yield* takenOf(wanted, seed);
      const pair = pairOf(read(request), from);
      const random = drawn(pair, taken, request);
      const of = random.length;
      // Copies, since another request may read other inks meanwhile.
      const [donor, receiver, both] = [pair.donor.copy(), pair.receiver.copy(), pair.after(taken)];
      const after = (state: State) => traitsAfter(engine, state, futures);
      const found = {
        donor: yield* after(donor),
        receiver: yield* after(receiver),
        both: yield* after(both),
      };
      const known: Traits[] = [];
      yield { ...found, random: [], of };
      for (const state of random) {
        known.push(yield* after(state));
        yield { ...found, random: [...known], of };
      }
    },

    /** The letter that the donor writes next, and how often it comes. The recogniser has to be there. */
    *letters(request: MeasureRequest): Steps<LettersReply> {
      const { donor: from, wanted, seed, futures } = request;
      const taken = yield* takenOf(wanted, seed);
      const inks = read(request);
      const pair = pairOf(inks, from);
      const written = inks[from].offsets.slice(0, 3 * inks[from].step);
      const count = Math.min(futures.count, LETTER_FUTURES);
      const states = [
        pair.donor.copy(),
        pair.receiver.copy(),
        pair.after(taken),
        ...drawn(pair, taken, request),
      ];
      const letters: string[][] = [];
      for (const state of states) {
        const lines = engine.lines(state, count, futures.steps, { seed: futures.seed });
        letters.push(lines.map(({ offsets }) => letterAfter(recogniser!, written, offsets)));
        yield;
      }
      const letter = commonest(letters[0]!);
      const shares = letters.map((each) => shareOf(letter, each));
      const [donor = 0, receiver = 0, both = 0, ...random] = shares;
      yield { letter, donor, receiver, both, random, futures: count };
    },
  };
}

function wayOf(engine: Engine, text?: SourceText): Way {
  return { text, reading: new TextReading(engine, text), states: new PathStates(engine, text) };
}

function* findOrder(engine: Engine): Generator<undefined, readonly number[] | undefined> {
  return yield* telling(engine, yield* ownLines(engine));
}
