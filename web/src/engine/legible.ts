/**
 * How much a hand for typed text keeps of what was learned (spec/hand.md): the twin of legible.py, which makes the same
 * choice from the same takes.
 */

import constants from "../../../spec/constants.json" with { type: "json" };
import type { Checkpoint } from "./checkpoint.ts";
import { Engine } from "./engine.ts";
import { Model } from "./model.ts";
import type { Recogniser } from "./recogniser.ts";
import { CAP } from "./text.ts";

const { shares, texts: TEXTS, takes: TAKES, worst: WORST, loss: LOSS } = constants.hand.legible;
const { variation } = constants.text;
/** The hand code alone. */
const NONE = shares.at(-1)!;

/** The share that is kept where nothing is tried, and while learning goes on. */
export const UNTRIED = constants.hand.legible.untried;

/** What reads typed text and writes it. */
export interface Reader {
  readonly recogniser: Recogniser;
  /** engine.wasm */
  readonly engine: WebAssembly.Module;
}

/**
 * The first share with which the texts can be read about as well as with the hand code alone. Yields null after each that
 * was tried. inHand: the checkpoint with a share of the hand.
 */
export function* chosen(
  checkpoint: Checkpoint,
  reader: Reader,
  inHand: (share: number) => Checkpoint,
): Generator<null, number> {
  const texts = textsFor(checkpoint, reader.recogniser);
  if (texts.length === 0) return UNTRIED;
  const least = legibility(inHand(NONE), reader, texts) - LOSS;
  yield null;
  for (const share of shares.slice(0, -1)) {
    if (legibility(inHand(share), reader, texts, least) >= least) return share;
    yield null;
  }
  return NONE;
}

/** The texts, without the characters that the model or the recogniser does not know. */
function textsFor({ architecture }: Checkpoint, { alphabet }: Recogniser): string[] {
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
 * How well single takes of texts can be read: the mean of log p(text | ink) a character, none below WORST. Where it cannot
 * reach `least`, the rest is not written, and what is given is too high but still lower than `least`.
 */
function legibility(
  checkpoint: Checkpoint,
  reader: Reader,
  texts: readonly string[],
  least = Number.NEGATIVE_INFINITY,
): number {
  const engine = new Engine(new Model(reader.engine, checkpoint));
  let total = 0;
  for (const [seed, text] of texts.entries()) {
    for (const { offsets } of engine.takes(engine.start(text), TAKES, { cap: CAP, seed, variation })) {
      total += Math.max(reader.recogniser.score(offsets, text), WORST);
    }
    if (total / (TAKES * texts.length) < least) break;
  }
  return total / (TAKES * texts.length);
}
