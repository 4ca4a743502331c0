/** Learning a hand from some lines: the twin of learn.py, which gives the same bits (spec/hand.md). */

import constants from "../../../spec/constants.json" with { type: "json" };
import type { Checkpoint } from "./checkpoint.ts";
import { type Hand, HandError } from "./hand.ts";
import { freed, LearnedNumbers } from "./learned-numbers.ts";
import { chosen, type RemoteWriter, UNTRIED } from "./legible.ts";
import type { Script } from "./scripts.ts";
import { sharesOf } from "./takes.ts";

const {
  passes: PASSES,
  window: WINDOW,
  rate: RATE,
  drop: DROP,
  batch: BATCH,
  work: WORK,
  scored: SCORED,
} = constants.hand;
const { least_points, most_points, held_from, largest_offset } = constants.hand;

/** A row of the log, in nats a point and raw whiteboard units. */
export interface Pass {
  /** 0 before learning, then 1 for the first pass over the lines. */
  readonly number: number;
  /** How many passes there will be. */
  readonly of: number;
  /** Of the lines, each window before its step; null before learning. */
  readonly learned: number | null;
  /** After the pass, of the line that is held back; of the lines themselves where none is. */
  readonly scored: number;
  /** The best hand so far. */
  readonly hand: Hand;
  /** Whether it is still to be found how much the hand keeps: this row then comes again. */
  readonly trying: boolean;
}

/** A line to learn from. */
export interface Line {
  /** [m, 3] in model units. */
  readonly offsets: Float32Array;
  /** What it says; null where that is not known. */
  readonly script: Script | null;
}

/** A window of some lines, from offset `begin` to `end`. */
export interface Reading {
  /** What has been learned so far, given away; null for what the learner has already. */
  readonly numbers: Float32Array<ArrayBuffer> | null;
  readonly lines: readonly number[];
  readonly begin: number;
  readonly end: number;
  /** The number of the pass; null where the lines are only scored. */
  readonly pass: number | null;
  /** Whether gradients are wanted: given, or kept for the learner's own next step. */
  readonly gradients: "none" | "given" | "kept";
  /** The share of recurrent weights and of hidden states that is left out, by random numbers of the `step`. */
  readonly drop: number;
  readonly step: number;
}

/** What reading a window of some lines gave. */
export interface Read {
  /** Sums over the window in model units, one for each line. */
  readonly nats: Float64Array;
  /** By each number, a padded row for each line; empty if none are given. */
  readonly gradients: Float32Array<ArrayBuffer>;
  /** Points of all these lines in the window. */
  readonly points: number;
}

/** A step from the gradients that the learner kept, then those of further lines, in their order, over so many points. */
export interface Stepping {
  /** Given away. */
  readonly gradients: readonly Float32Array<ArrayBuffer>[];
  readonly points: number;
  readonly rate: number;
}

/** What has been learned so far. */
export interface Stepped {
  readonly numbers: Float32Array<ArrayBuffer>;
}

/** One of those that share the work, each in a worker. */
export interface RemoteLearner extends RemoteWriter {
  /** Comes first: all lines, of which each learner reads some. */
  begin(lines: readonly Line[]): Promise<unknown>;
  read(window: Reading): Promise<Read>;
  /** Gives what has been learned so far. Only the first learner takes steps. */
  step(step: Stepping): Promise<Stepped>;
}

export interface LearnOptions {
  readonly passes?: number;
  /** What a hand for typed text writes, for the choice of how much it keeps; without texts that is UNTRIED. */
  readonly texts?: readonly string[];
}

/**
 * Learns from lines, and yields what has come of it before the first pass and after each. The bits do not depend on how many
 * learners there are. `base` is the SHA-256 of the checkpoint's file. Throws HandError.
 */
export async function* learn(
  learners: readonly RemoteLearner[],
  checkpoint: Checkpoint,
  base: string,
  written: readonly Line[],
  { passes: wanted = PASSES, texts = [] }: LearnOptions = {},
): AsyncGenerator<Pass, void> {
  const lines = checked(written.filter(({ offsets }) => offsets.length > 0));
  const heldBack = lines.length >= held_from ? 1 : 0;
  const lengths = lines.map(({ offsets }) => offsets.length / 3);
  const learned = lengths.slice(0, lines.length - heldBack);
  const scored = heldBack ? [lines.length - 1] : learned.map((_, k) => k);
  const points = total(learned);
  const passes = Math.max(1, Math.min(wanted, Math.floor(WORK / points)));
  const steps = stepsOf(learned, learners.length);
  const raw = -2 * Math.log(checkpoint.unitsPerRawUnit);
  const kinds = new LearnedNumbers(checkpoint);
  /** Each learner reads its part, under numbers that are copied for it, unless it took the step that led to them. */
  const read = (
    parts: readonly (readonly number[])[],
    window: Omit<Reading, "lines" | "gradients" | "numbers">,
    numbers: Float32Array<ArrayBuffer>,
    { wanted = false, stepped = false } = {},
  ): Promise<Read[]> =>
    Promise.all(
      parts.flatMap((lines, k) => {
        if (lines.length === 0) return [];
        const gradients = wanted ? (k === 0 ? "kept" : "given") : "none";
        const given = stepped && k === 0 ? null : numbers.slice();
        return [learners[k]!.read({ ...window, numbers: given, lines, gradients })];
      }),
    );
  /** Of a hand that keeps a share of these numbers. */
  const score = async (numbers: Float32Array<ArrayBuffer>, share: number): Promise<number> => {
    const window = { begin: 0, end: SCORED, pass: null, drop: 0, step: 0 };
    const parts = await read(partsOf(scored, learners.length), window, kinds.kept(numbers, share));
    return natsOf(parts) / total(parts.map(({ points }) => points)) + raw;
  };
  await Promise.all(learners.map((learner) => learner.begin(lines)));
  let now = kinds.base;
  const before = await score(now, UNTRIED);
  let [after, best] = [before, now];
  let share: number | undefined;
  const pass = (number: number, mean: number | null, score: number, trying = false): Pass => {
    const tensors = kinds.tensors(share === undefined ? best : kinds.kept(best, share));
    const hand = { base, tensors, lines: lines.length, points: total(lengths), heldBack, before, after };
    return {
      number,
      of: passes,
      learned: mean,
      scored: score,
      hand: share === undefined ? hand : { ...hand, share },
      trying,
    };
  };
  yield pass(0, null, before);
  for (let number = 0; number < passes; number++) {
    let nats = 0;
    for (const [at, { parts, begin }] of steps.entries()) {
      const step = number * steps.length + at;
      const window = { begin, end: begin + WINDOW, pass: number, drop: DROP, step };
      const found = await read(parts, window, now, { wanted: true, stepped: at > 0 });
      if (now !== best) freed(now);
      const { numbers } = await learners[0]!.step({
        gradients: found.map(({ gradients }) => gradients),
        points: total(found.map(({ points }) => points)),
        rate: RATE * (1 - step / (passes * steps.length)),
      });
      now = numbers;
      nats += natsOf(found);
    }
    const scoreNow = await score(now, UNTRIED);
    if (scoreNow < after) {
      [after, best] = [scoreNow, now];
      if (checkpoint.architecture.text) share = UNTRIED;
    }
    if (number === passes - 1 && share !== undefined && texts.length > 0) {
      yield pass(number + 1, nats / points + raw, scoreNow, true);
      share = await chosen(texts, learners, (tried) => kinds.tensors(kinds.kept(best, tried)));
      after = await score(best, share);
    }
    yield pass(number + 1, nats / points + raw, scoreNow);
  }
}

/** What makes one step: the lines of each learner, and the offset at which their window begins. */
interface Step {
  readonly parts: readonly (readonly number[])[];
  readonly begin: number;
}

/** Windows of a batch of lines, one after the other, then of the next batch. A learner keeps its lines, and their states. */
function stepsOf(lengths: readonly number[], learners: number): Step[] {
  const steps: Step[] = [];
  for (let first = 0; first < lengths.length; first += BATCH) {
    const batch = lengths.slice(first, first + BATCH);
    const lines = batch.map((_, k) => first + k);
    for (let begin = 0; begin < Math.max(...batch); begin += WINDOW) {
      const parts = partsOf(lines, learners).map((part) => part.filter((line) => lengths[line]! > begin));
      steps.push({ parts, begin });
    }
  }
  return steps;
}

/** Lines for each learner, in their order. */
function partsOf(lines: readonly number[], learners: number): number[][] {
  return sharesOf(lines.length, learners).map(({ first, total }) => lines.slice(first, first + total));
}

/** The lines, offsets of extreme size clipped. */
function checked(written: readonly Line[]): Line[] {
  const lines = written.map(({ offsets, script }) => ({
    offsets: offsets.map((value, k) =>
      k % 3 === 2 ? value : Math.max(-largest_offset, Math.min(largest_offset, value)),
    ),
    script,
  }));
  const points = total(lines.map(({ offsets }) => offsets.length / 3));
  if (points < least_points) {
    throw new HandError(
      `hand: expected at least ${least_points} points of writing, about two words, found ${points}; write more`,
    );
  }
  if (points > most_points) {
    const [most, found] = [most_points, points].map((count) => count.toLocaleString("en-US"));
    throw new HandError(`hand: expected at most ${most} points of writing, found ${found}; leave out lines`);
  }
  return lines;
}

/** The nats of all lines, added in their order. */
function natsOf(parts: readonly Read[]): number {
  return total(parts.flatMap(({ nats }) => [...nats]));
}

function total(values: readonly number[]): number {
  return values.reduce((all, value) => all + value, 0);
}
