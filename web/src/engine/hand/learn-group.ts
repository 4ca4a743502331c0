/**
 * Learners that share the lines of each step, each in a worker: the twin of _Group in learn.py. The first of them takes the
 * steps, in the order of the lines, so the bits do not depend on how many there are.
 */

import constants from "../../../../spec/constants.json" with { type: "json" };
import type { Script } from "../text/scripts.ts";
import { sharesOf } from "../text/takes.ts";
import { freed, type LearnedNumbers } from "./learned-numbers.ts";
import type { RemoteWriter } from "./legible.ts";

const { window: WINDOW, batch: BATCH, scored: SCORED } = constants.hand;

/** A line to learn from. */
export interface Line {
  /** [m, 3] in model units. */
  readonly offsets: Float32Array;
  /** What it says; null where that is not known. */
  readonly script: Script | null;
}

/** A window of some lines, from offset `begin` to `end`. */
export interface Reading {
  /**
   * What has been learned so far, given away; null for what the learner has already. Where gradients are given, they come
   * back in the same memory: with arrays of their own for each step, megabytes would wait to be collected.
   */
  readonly numbers: Float32Array<ArrayBuffer> | null;
  /** None, where all lines of the learner have ended. */
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

/** Lines whose beginnings are read, up to an offset, to find directions. */
export interface Finding {
  readonly lines: readonly number[];
  readonly end: number;
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
  /** Given away; what has been learned comes back in the same memory. */
  readonly gradients: readonly Float32Array<ArrayBuffer>[];
  readonly points: number;
  readonly rate: number;
}

/** What has been learned so far: in as many arrays as there were gradients. */
export interface Stepped {
  readonly numbers: readonly Float32Array<ArrayBuffer>[];
}

/** One of those that share the work, each in a worker. */
export interface RemoteLearner extends RemoteWriter {
  /** Comes first: all lines, of which each learner reads some. */
  begin(lines: readonly Line[]): Promise<unknown>;
  /** The directions in which the hidden state varies most. */
  find(finding: Finding): Promise<Float32Array>;
  /** Sets the directions that may add to the recurrent sums. */
  direct(directions: Float32Array): Promise<unknown>;
  read(window: Reading): Promise<Read>;
  /** Only the first learner takes steps. */
  step(step: Stepping): Promise<Stepped>;
  /** What has been learned so far, without a step. */
  numbers(): Promise<{ readonly numbers: Float32Array<ArrayBuffer> }>;
}

/** What makes one step: a batch of lines, some of which may have ended, and the offset at which their window begins. */
export interface Step {
  readonly batch: readonly { readonly line: number; readonly ended: boolean }[];
  readonly begin: number;
}

export class Group {
  readonly #learners: readonly RemoteLearner[];
  readonly #kinds: LearnedNumbers;
  /**
   * What each learner is given to read on with; null for the one that took a step, and has it. The others' memory goes back
   * and forth: as numbers with a window, and back as its gradients.
   */
  #given: readonly (Float32Array<ArrayBuffer> | null)[] = [];

  constructor(learners: readonly RemoteLearner[], kinds: LearnedNumbers) {
    this.#learners = learners;
    this.#kinds = kinds;
  }

  /** Gives the directions of the hidden state that may add to the recurrent sums, from the beginnings of the first lines. */
  async begin(lines: readonly Line[], learned: number): Promise<Float32Array> {
    await Promise.all(this.#learners.map((learner) => learner.begin(lines)));
    const first = Array.from({ length: Math.min(learned, BATCH) }, (_, k) => k);
    const directions = await this.#learners[0]!.find({ lines: first, end: SCORED });
    await Promise.all(this.#learners.map((learner) => learner.direct(directions)));
    return directions;
  }

  /** Nats a point of lines under a hand that keeps a share of these numbers, in model units. */
  async score(lines: readonly number[], numbers: Float32Array<ArrayBuffer>, share: number): Promise<number> {
    const kept = this.#kinds.kept(numbers, share);
    const window = { begin: 0, end: SCORED, pass: null, drop: 0, step: 0, gradients: "none" } as const;
    const parts = await Promise.all(
      this.#partsOf(lines).flatMap((lines, k) =>
        lines.length > 0 ? [this.#learners[k]!.read({ ...window, lines, numbers: kept.slice() })] : [],
      ),
    );
    freed(kept);
    return natsOf(parts) / total(parts.map(({ points }) => points));
  }

  /** The next step begins from these numbers. */
  restart(numbers: Float32Array<ArrayBuffer>): void {
    this.#given = this.#learners.map(() => numbers.slice());
  }

  /** Learns from a window; gives its nats before the step. */
  async step(
    { batch, begin }: Step,
    of: Pick<Reading, "pass" | "step" | "drop">,
    rate: number,
  ): Promise<number> {
    const window = { begin, end: begin + WINDOW, ...of };
    const found = await Promise.all(
      this.#partsOf(batch).map((part, k) => {
        const lines = part.filter(({ ended }) => !ended).map(({ line }) => line);
        const gradients = k === 0 ? "kept" : "given";
        return this.#learners[k]!.read({ ...window, lines, numbers: this.#given[k]!, gradients });
      }),
    );
    const gradients = found.slice(1).map(({ gradients }) => gradients);
    const points = total(found.map(({ points }) => points));
    const { numbers } = await this.#learners[0]!.step({ gradients, points, rate });
    this.#given = [null, ...numbers];
    return natsOf(found);
  }

  /** What has been learned by the steps since `restart`. */
  async numbers(): Promise<Float32Array<ArrayBuffer>> {
    for (const numbers of this.#given) if (numbers !== null) freed(numbers);
    this.#given = [];
    return (await this.#learners[0]!.numbers()).numbers;
  }

  /** Some for each learner, or none, in their order. A line always goes to the same one, which holds its state. */
  #partsOf<Each>(all: readonly Each[]): Each[][] {
    const shares = sharesOf(all.length, this.#learners.length);
    return this.#learners.map((_, k) => {
      const { first, total } = shares[k] ?? { first: 0, total: 0 };
      return all.slice(first, first + total);
    });
  }
}

/** The nats of all lines, added in their order. */
function natsOf(parts: readonly Read[]): number {
  return total(parts.flatMap(({ nats }) => [...nats]));
}

export function total(values: readonly number[]): number {
  return values.reduce((all, value) => all + value, 0);
}
