/**
 * How much a hand for typed text keeps of what was learned (spec/hand.md): the twin of legible.py, which makes the same
 * choice from the same takes.
 */

import constants from "../../../../spec/constants.json" with { type: "json" };
import type { Tensor, Weights } from "../../checkpoint/checkpoint.ts";
import { type Changes, changed } from "../../checkpoint/hand-changes.ts";
import { Engine } from "../engine.ts";
import { Model } from "../model.ts";
import type { Recogniser } from "../text/recogniser.ts";
import { type Share, sharesOf } from "../text/takes.ts";
import { CAP } from "../text/written.ts";

const { shares, texts: TEXTS, takes: TAKES, worst: WORST, loss: LOSS } = constants.hand.legible;
const { variation } = constants.text;
/** The hand code alone. */
const NONE = shares.at(-1)!;

/** The share that is kept where nothing is tried, and while learning goes on: that with texts, and that without them. */
export const UNTRIED = constants.hand.legible.untried;
export const MOST = shares[0]!;

/** Some of the takes of a text. */
export interface Writing extends Share {
  readonly text: string;
  readonly seed: number;
}

/** One of those that share the takes, each in a worker. */
export interface RemoteWriter {
  /** From now on it writes in the hand that changes this. */
  wear(changes: Changes): Promise<unknown>;
  /** Writes takes of a text; gives log p(text | ink) a character of each. */
  write(takes: Writing): Promise<readonly number[]>;
}

/**
 * The largest share with which the texts, one at least, can be read about as well as with the hand code alone. changesAt:
 * what a share of the hand changes.
 */
export async function chosen(
  texts: readonly string[],
  writers: readonly RemoteWriter[],
  changesAt: (share: number) => Changes,
): Promise<number> {
  const least = (await legibility(texts, writers, changesAt(NONE))) - LOSS;
  // By halving: what is smaller than a good share counts as good too.
  let [first, last] = [0, shares.length - 1];
  while (first < last) {
    const middle = Math.floor((first + last) / 2);
    if ((await legibility(texts, writers, changesAt(shares[middle]!), least)) >= least) last = middle;
    else first = middle + 1;
  }
  return shares[first]!;
}

/** The texts, without the characters that the model or the recogniser does not know. */
export function textsFor(architecture: Weights["architecture"], { alphabet }: Recogniser): string[] {
  const known = architecture.text?.alphabet ?? [];
  const kept = TEXTS.map((text) =>
    Array.from(text)
      .filter((character) => known.includes(character) && alphabet.includes(character))
      .join("")
      .trim(),
  );
  return kept.filter((text) => text !== "");
}

/**
 * What a writer does in its worker: see RemoteWriter. engine: engine.wasm. It takes over the memory of the model, which is not
 * used any more when the writer first wears a hand.
 */
export function writerOf(engine: WebAssembly.Module, checkpoint: Model, recogniser: Recogniser) {
  let inHand: Engine | null = null;
  const room = new Map<string, Tensor>();
  return {
    wear(changes: Changes): void {
      // An instance for each share, and its weights, would stay in memory until they are collected.
      const tensors = changed(checkpoint, changes, room);
      const { architecture, unitsPerRawUnit, wasm } = checkpoint;
      inHand = new Engine(new Model(engine, { architecture, unitsPerRawUnit, tensors }, wasm));
    },
    write({ text, seed, first, total }: Writing): number[] {
      const takes = inHand!.takes(inHand!.start(text), total, { cap: CAP, seed, variation, first });
      return takes.map(({ offsets }) => recogniser.score(offsets, text));
    },
  };
}

/**
 * How well single takes of texts can be read: the mean of log p(text | ink) a character, none below WORST. Where it cannot
 * reach `least`, the rest is not written, and what is given is too high but still lower than `least`.
 */
async function legibility(
  texts: readonly string[],
  writers: readonly RemoteWriter[],
  changes: Changes,
  least = Number.NEGATIVE_INFINITY,
): Promise<number> {
  await Promise.all(writers.map((writer) => writer.wear(changes)));
  let total = 0;
  for (const [seed, text] of texts.entries()) {
    const shared = sharesOf(TAKES, writers.length);
    const scores = await Promise.all(shared.map((takes, k) => writers[k]!.write({ text, seed, ...takes })));
    for (const score of scores.flat()) total += Math.max(score, WORST);
    if (total / (TAKES * texts.length) < least) break;
  }
  return total / (TAKES * texts.length);
}
