/**
 * Why the model goes this way and not that one: the forks of an ink, and at one step votes, silent cells and inputs
 * (spec/explain.md). Letter key: n offsets, F forks, H cells of the top layer, K components, T points of a future.
 */

import { joined } from "../../checkpoint/joined.ts";
import { Engine, type State } from "../../engine/engine.ts";
import { mixtureOf } from "../../engine/mixture.ts";
import type { Model } from "../../engine/model.ts";
import { Sources } from "../../engine/path.ts";
import type { PathSource } from "../../engine/source.ts";
import { CAP } from "../../engine/text/written.ts";
import { inputs, removable, stateWithout, strength, type Without, without } from "../../explain/inputs.ts";
import { Reading, using } from "../../explain/reading.ts";
import { DRAWS, randomCells, shareAlways, shareAtStep, silentStep } from "../../explain/silence.ts";
import { supporters, type Votes, votes } from "../../explain/votes.ts";
import { heaviest, parting, shareOf, type Ways, waysOf, wayTaken } from "../../explain/ways.ts";
import { type Branch, branches } from "../../futures/branches.ts";
import type { PlacedOffsets } from "../../ink/path.ts";
import { RULING } from "../../ink/stroke.ts";
import type { Steps } from "../../worker/task.ts";
import { MOST_SILENT } from "./controls.ts";

/** Futures that show a prediction, their points, and how far they stray. */
const FUTURES = 28;
const POINTS = 24;
const VARIATION = 0.8;
/** Of how many silent cells more random ones are drawn, too. */
const EVERY = 5;
/** Most values of cells that are kept. */
const MOST_VALUES = 6e6;

/** A step at which there are two ways on that are far apart. */
export interface Fork {
  readonly step: number;
  /** How clearly its ways part (explain/ways.ts). */
  readonly parting: number;
  /** [H], what each cell votes. */
  readonly votes: Float32Array;
}

export interface ReadReply extends PlacedOffsets {
  readonly forks: readonly Fork[];
  /** Whether the model reads it with its text. */
  readonly withText: boolean;
  /** Offsets that were left out because the number shown is limited. */
  readonly left: number;
}

/** What comes next, as a picture. */
export interface Prediction {
  /** [1 + 6K] */
  readonly mixture: Float32Array;
  /** [FUTURES, T, 3] in model units. */
  readonly futures: Float32Array;
  /** [FUTURES]: 0 or 1 for the way that each takes, 2 for another. */
  readonly taken: Uint8Array;
  /** The share of the first way among both. */
  readonly share: number;
}

export interface InputRow {
  readonly name: string;
  /** The character at that place; null for other inputs. */
  readonly character: string | null;
  /** Root mean square of what it adds to i, f, g, o. */
  readonly strength: readonly number[];
  /** The prediction without it; null where it cannot be taken away. */
  readonly without: Pick<Without, "divergence" | "share"> | null;
}

export interface LookReply {
  readonly step: number;
  readonly votes: Votes;
  readonly branches: readonly Branch[];
  readonly ways: Ways;
  readonly now: Prediction;
  /** Cells that vote for the first way, and for the second; the largest vote first, at most MOST_SILENT. */
  readonly supporters: readonly [readonly number[], readonly number[]];
  readonly inputs: readonly InputRow[];
}

/** Shares of the first way when cells are silent at this step alone; those of random cells grow as they come. */
export interface CurveReply {
  /** By the number of cells. */
  readonly top: readonly number[];
  readonly random: readonly {
    readonly count: number;
    readonly least: number;
    readonly greatest: number;
  }[];
}

/** Shares when the cells are silent from the first step on. */
export interface AlwaysReply {
  readonly top: number;
  readonly random: readonly number[];
}

/** What is changed. */
interface Change {
  /** Which cells are silent: those that vote for the first way (0) or for the second (1). */
  readonly side: 0 | 1;
  /** How many of them, those that vote most. */
  readonly silent: number;
  /** The input that is taken away in their place; empty for none. */
  readonly without: string;
  /** Of the random cells. */
  readonly seed: number;
}

export interface WriteRequest {
  readonly words: string;
  readonly hand: number | null;
  readonly seed: number;
  readonly variation: number;
}

export type WhyTask = ReturnType<typeof whyTask>;

/** What a step is looked at with. */
interface Looked extends LookReply {
  readonly before: State;
}

export function whyTask(model: Model) {
  const engine = new Engine(model);
  const quiet = new Engine(model);
  const sources = new Sources(engine, RULING);
  const { layers, hidden } = model.architecture;
  const cells = layers * hidden;
  const top = (h: Float32Array, row = 0): Float32Array =>
    h.subarray(row * cells + cells - hidden, (row + 1) * cells);
  let reading = new Reading(engine, new Float32Array(0));
  let rows: { readonly mixture: Float32Array; readonly h: Float32Array };
  let looked: Looked | null = null;

  const traced = (): typeof rows => {
    const pointers = reading.text && { pointers: reading.text.pointers };
    const options = { c: false, loglik: false, mixture: true, ...pointers };
    return using(reading.state(0), (state) => {
      const { mixture, h } = engine.trace(state, reading.offsets, options);
      return {
        mixture: joined([mixture!, engine.mixture(state)]),
        h: joined([h!, engine.hiddenStates(state)]),
      };
    });
  };
  /** What is predicted at a row, and the heaviest components of its two ways. */
  const ahead = (row: number) => {
    const width = rows.mixture.length / (reading.length + 1);
    const mixture = mixtureOf(rows.mixture.subarray(row * width, (row + 1) * width));
    const found = branches(mixture);
    const [a, b] = heaviest(mixture, found);
    return { mixture, found, a, b };
  };
  const forkAt = (row: number): Fork[] => {
    const { mixture, found, a, b } = ahead(row);
    if (row === 0 || found.length < 2) return [];
    return [
      {
        step: row,
        parting: parting(mixture.components[a]!, mixture.components[b]!),
        votes: Float32Array.from(votes(model, top(rows.h, row), a, b).weight),
      },
    ];
  };
  const predicted = (state: State, ways: Ways, step: number): Prediction => {
    const mixture = engine.mixture(state);
    const futures = engine.futures(state, FUTURES, POINTS, { seed: 1, origin: step, variation: VARIATION });
    const components = mixtureOf(mixture);
    const taken = Uint8Array.from({ length: FUTURES }, (_, f) => {
      const [dx, dy] = futures.subarray(3 * POINTS * f, 3 * POINTS * f + 2);
      return wayTaken(components, ways, dx!, dy!);
    });
    return { mixture, futures, taken, share: shareOf(mixture, ways) };
  };
  const voters = (said: Votes, other: boolean): number[] =>
    supporters(said, Math.min(MOST_SILENT, hidden >> 1), other);
  const draws = (some: readonly number[], seed: number): number[][] =>
    Array.from({ length: DRAWS }, (_, draw) => randomCells(engine, some, hidden, seed, draw));
  const forget = (): void => {
    looked?.before.free();
    looked = null;
  };

  return {
    /** Another ink: its forks. */
    *read({ source }: { readonly source: PathSource }): Steps<ReadReply> {
      const { left, text: said, ...whole } = sources.read(source);
      const all = whole.offsets.length / 3;
      const n = Math.min(all, Math.floor(MOST_VALUES / cells) - 1);
      const offsets = whole.offsets.slice(0, 3 * n);
      const text = n < all ? undefined : said;
      forget();
      reading = new Reading(engine, offsets, text);
      rows = traced();
      yield;
      const forks = Array.from({ length: n + 1 }, (_, row) => forkAt(row)).flat();
      const withText = reading.text !== undefined;
      yield { ...whole, offsets, forks, withText, left: left + all - n };
    },

    /** A step of the ink that was read last, 1 to n. */
    *look({ step }: { readonly step: number }): Steps<LookReply> {
      forget();
      if (step < 1 || step > reading.length) return;
      const { found, a, b } = ahead(step);
      const said = votes(model, top(rows.h, step), a, b);
      const ways = waysOf(a, b, found);
      const now = using(reading.state(step), (state) => predicted(state, ways, step));
      yield;
      const taken = without(reading, step);
      const { parts, characters } = inputs(model, reading, step);
      const rowsOfInputs = [...parts].map(([name, part]): InputRow => {
        const { divergence, share } = taken.get(name) ?? {};
        return {
          name,
          character: characters.get(name) ?? null,
          strength: strength(part),
          without: divergence === undefined || share === undefined ? null : { divergence, share },
        };
      });
      const reply: LookReply = {
        ...{ step, votes: said, branches: found, ways, now, inputs: rowsOfInputs },
        supporters: [voters(said, false), voters(said, true)],
      };
      looked = { ...reply, before: reading.state(step - 1) };
      yield reply;
    },

    /** The prediction of the step that was looked at last, with a change. */
    *change({ silent, side, without: name }: Omit<Change, "seed">): Steps<Prediction> {
      if (looked === null) return;
      const { step, before, ways, supporters: both } = looked;
      const state = removable(reading, step).includes(name)
        ? stateWithout(reading, step, name)
        : silentStep(reading, before, step, both[side].slice(0, silent));
      yield using(state, (changed) => predicted(changed, ways, step));
    },

    /** Of the step that was looked at last. */
    *curve({ seed, side }: Pick<Change, "seed" | "side">): Steps<CurveReply> {
      if (looked === null) return;
      const mine = looked;
      const { step, before, ways } = mine;
      const all = mine.supporters[side];
      const share = (some: readonly number[]): number => shareAtStep(reading, before, step, ways, some);
      const top = Array.from({ length: all.length + 1 }, (_, count) => share(all.slice(0, count)));
      const random = [{ count: 0, least: mine.now.share, greatest: mine.now.share }];
      for (let count = EVERY; count <= all.length; count += EVERY) {
        yield { top, random: random.slice() };
        // Another step may have been asked for meanwhile.
        if (looked !== mine) return;
        const shares = draws(all.slice(0, count), seed).map(share);
        random.push({ count, least: Math.min(...shares), greatest: Math.max(...shares) });
      }
      yield { top, random };
    },

    /** Of the step that was looked at last, with so many cells. */
    *always({ silent, side, seed }: Omit<Change, "without">): Steps<AlwaysReply> {
      if (looked === null) return;
      const mine = looked;
      const { step, ways } = mine;
      const some = mine.supporters[side].slice(0, silent);
      const share = (each: readonly number[]): number => shareAlways(reading, quiet, step, ways, each);
      const known = { top: share(some), random: [] as number[] };
      for (const each of draws(some, seed)) {
        yield;
        if (looked !== mine) return;
        known.random.push(share(each));
      }
      yield known;
    },

    /** A line that the model writes from a text, with its text. */
    *write({ words, hand, seed, variation }: WriteRequest): Steps<PathSource> {
      const state = engine.start(words, hand ?? undefined);
      const most = CAP * (Array.from(words).length + 1);
      const { offsets, pointers } = using(state, () =>
        engine.write(state, most, { seed, variation, cap: CAP }),
      );
      yield { kind: "offsets", offsets, text: { words, hand, pointers } };
    },
  };
}
