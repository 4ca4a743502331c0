/** Learning a hand from some lines: the twin of learn.py, which gives the same bits (spec/hand.md). */

import constants from "../../../../spec/constants.json" with { type: "json" };
import type { Checkpoint } from "../../checkpoint/checkpoint.ts";
import type { Hand } from "../../checkpoint/hand.ts";
import { HandError } from "../../checkpoint/hand-changes.ts";
import { Group, type Line, type RemoteLearner, type Step, total } from "./learn-group.ts";
import { freed, LearnedNumbers } from "./learned-numbers.ts";
import { chosen, MOST, UNTRIED } from "./legible.ts";

const { passes: PASSES, window: WINDOW, rate: RATE, batch: BATCH, work: WORK } = constants.hand;
const {
  drop: DROP,
  text_drop: TEXT_DROP,
  least_points,
  most_points,
  held_from,
  largest_offset,
} = constants.hand;

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
  const steps = [...stepsOf(learned)];
  const raw = -2 * Math.log(checkpoint.unitsPerRawUnit);
  const kinds = new LearnedNumbers(checkpoint);
  const group = new Group(learners, kinds);
  const directions = await group.begin(lines, learned.length);
  const changes = (numbers: Float32Array, share: number) => kinds.changes(numbers, share, directions);
  const drop = checkpoint.architecture.text ? TEXT_DROP : DROP;
  let share = checkpoint.architecture.text ? UNTRIED : MOST;
  const score = async (numbers: Float32Array<ArrayBuffer>) =>
    (await group.score(scored, numbers, share)) + raw;
  let now = kinds.base;
  const before = await score(now);
  let [after, best] = [before, now];
  const pass = (number: number, mean: number | null, score: number, trying = false): Pass => {
    const tensors = changes(best, share);
    return {
      number,
      of: passes,
      learned: mean,
      scored: score,
      hand: { base, tensors, lines: lines.length, points: total(lengths), heldBack, before, after, share },
      trying,
    };
  };
  yield pass(0, null, before);
  for (let number = 0; number < passes; number++) {
    group.restart(now);
    if (now !== best) freed(now);
    let nats = 0;
    for (const [k, each] of steps.entries()) {
      const step = number * steps.length + k;
      // Falling to zero, so that the last steps average out what is noise.
      const rate = RATE * (1 - step / (passes * steps.length));
      nats += await group.step(each, { pass: number, step, drop }, rate);
    }
    now = await group.numbers();
    const scoreNow = await score(now);
    if (scoreNow < after) [after, best] = [scoreNow, now];
    if (number === passes - 1 && best !== kinds.base && texts.length > 0) {
      yield pass(number + 1, nats / points + raw, scoreNow, true);
      share = await chosen(texts, learners, (tried) => changes(best, tried));
      after = await score(best);
    }
    yield pass(number + 1, nats / points + raw, scoreNow);
  }
}

/** The steps of a pass: windows of a batch of lines, one after the other, then of the next batch. */
function* stepsOf(lengths: readonly number[]): Generator<Step, void> {
  for (let first = 0; first < lengths.length; first += BATCH) {
    const batch = lengths.slice(first, first + BATCH);
    for (let begin = 0; begin < Math.max(...batch); begin += WINDOW) {
      yield { batch: batch.map((length, k) => ({ line: first + k, ended: length <= begin })), begin };
    }
  }
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
