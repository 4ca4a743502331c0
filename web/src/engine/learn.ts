/** Learning a hand from some lines: the twin of learn.py, which gives the same bits (spec/hand.md). */

import constants from "../../../spec/constants.json" with { type: "json" };
import type { Checkpoint } from "./checkpoint.ts";
import { type Hand, HandError } from "./hand.ts";
import { Learner } from "./learner.ts";
import { chosen, type Reader, UNTRIED } from "./legible.ts";
import type { Script } from "./scripts.ts";

const {
  passes: PASSES,
  window: WINDOW,
  rate: RATE,
  text_rate: TEXT_RATE,
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
}

/** A line to learn from. */
export interface Line {
  /** [m, 3] in model units. */
  readonly offsets: Float32Array;
  /** What it says; null where that is not known. */
  readonly script: Script | null;
}

/**
 * Learns from lines and yields after each step: null, or after a pass what has come of it.
 * Whoever stops early has the best hand so far. `base` is the SHA-256 of the checkpoint's file. reader: chooses after the
 * last pass how much a hand for typed text keeps; without it that is UNTRIED, as before. Throws HandError.
 */
export function* learn(
  module: WebAssembly.Module,
  checkpoint: Checkpoint,
  base: string,
  written: readonly Line[],
  { passes: wanted = PASSES, reader = null }: { passes?: number; reader?: Reader | null } = {},
): Generator<Pass | null, void> {
  const inks = written.filter(({ offsets }) => offsets.length > 0);
  const lines = checked(inks.map(({ offsets }) => offsets));
  const heldBack = lines.length >= held_from ? 1 : 0;
  const learned = lines.slice(0, lines.length - heldBack).map((_, k) => k);
  const scored = heldBack ? [lines.length - 1] : learned;
  const length = (k: number): number => lines[k]!.length / 3;
  const points = learned.reduce((sum, k) => sum + length(k), 0);
  const passes = Math.max(1, Math.min(wanted, Math.floor(WORK / points)));
  const steps = stepsOf(learned.map(length));
  const raw = -2 * Math.log(checkpoint.unitsPerRawUnit);
  const [highest, drop] = checkpoint.architecture.text ? ([TEXT_RATE, DROP] as const) : ([RATE, 0] as const);
  const scripts = inks.map(({ script }) => script);
  const learner = new Learner(module, checkpoint, lines, scripts);
  // of a hand that keeps a share of what is learned now
  const score = (share: number): number => {
    learner.restart();
    const { numbers } = learner;
    learner.numbers = learner.kept(numbers, share);
    const read = learner.read(scored, 0, SCORED, { gradients: false });
    learner.numbers = numbers;
    return sum(read.nats) / read.points + raw;
  };
  const before = score(UNTRIED);
  let after = before;
  let share: number | undefined;
  let { numbers } = learner;
  const total = lines.reduce((all, line) => all + line.length / 3, 0);
  const pass = (number: number, mean: number | null, now: number): Pass => {
    const tensors = learner.tensors(share === undefined ? numbers : learner.kept(numbers, share));
    const hand = { base, tensors, lines: lines.length, points: total, heldBack, before, after };
    return {
      number,
      of: passes,
      learned: mean,
      scored: now,
      hand: share === undefined ? hand : { ...hand, share },
    };
  };
  yield pass(0, null, before);
  for (let number = 0; number < passes; number++) {
    learner.restart(number);
    let nats = 0;
    for (const [at, { lines, begin }] of steps.entries()) {
      const k = number * steps.length + at;
      const rate = highest * (1 - k / (passes * steps.length));
      const read = learner.read(lines, begin, begin + WINDOW, { gradients: true, drop, step: k });
      learner.step(read.gradients, read.points, rate);
      nats += sum(read.nats);
      yield null;
    }
    const now = score(UNTRIED);
    if (now < after) {
      after = now;
      ({ numbers } = learner);
      if (checkpoint.architecture.text) share = UNTRIED;
    }
    if (number === passes - 1 && share !== undefined && reader) {
      share = yield* chosen(checkpoint, reader, (tried) => ({
        ...checkpoint,
        tensors: new Map([...checkpoint.tensors, ...learner.tensors(learner.kept(numbers, tried))]),
      }));
      learner.numbers = numbers;
      after = score(share);
    }
    yield pass(number + 1, nats / points + raw, now);
  }
}

/** What makes one step: lines, and the offset at which their window begins. */
interface Step {
  readonly lines: readonly number[];
  readonly begin: number;
}

/** Windows of a batch of lines, one after the other, then of the next batch. */
function stepsOf(lengths: readonly number[]): Step[] {
  const steps: Step[] = [];
  for (let first = 0; first < lengths.length; first += BATCH) {
    const batch = lengths.slice(first, first + BATCH);
    for (let begin = 0; begin < Math.max(...batch); begin += WINDOW) {
      const lines = batch.flatMap((length, k) => (length > begin ? [first + k] : []));
      steps.push({ lines, begin });
    }
  }
  return steps;
}

/** The lines, offsets of extreme size clipped. */
function checked(inks: readonly Float32Array[]): Float32Array[] {
  const lines = inks.map((offsets) =>
    offsets.map((value, k) =>
      k % 3 === 2 ? value : Math.max(-largest_offset, Math.min(largest_offset, value)),
    ),
  );
  const points = lines.reduce((total, line) => total + line.length / 3, 0);
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

function sum(values: Float64Array): number {
  return values.reduce((all, value) => all + value, 0);
}
