/**
 * How much a hand for typed text keeps of what was learned (spec/hand.md): the twin of legible.py, which makes the same
 * choice from the same takes.
 */

import constants from "../../../spec/constants.json" with { type: "json" };
import type { Checkpoint } from "./checkpoint.ts";
import { Engine } from "./engine.ts";
import type { Share } from "./hand.ts";
import { Model } from "./model.ts";
import type { Recogniser } from "./recogniser.ts";
import { CAP } from "./text.ts";

const { untried, texts: TEXTS, takes: TAKES, worst: WORST, loss: LOSS } = constants.hand.legible;
const { variation } = constants.text;
const SHARES = constants.hand.legible.shares.map(shareOf);

/** What is kept where nothing is tried, and while learning goes on. */
export const UNTRIED = shareOf(untried);

/** What reads typed text and writes it. */
export interface Reader {
  readonly recogniser: Recogniser;
  /** engine.wasm */
  readonly engine: WebAssembly.Module;
}

/**
 * The first share in which the texts can be read about as well as in no hand; the last if there is none. Yields null after
 * each that was tried. inHand: the checkpoint with a share of the hand.
 */
export function* chosen(
  checkpoint: Checkpoint,
  reader: Reader,
  inHand: (share: Share) => Checkpoint,
): Generator<null, Share> {
  const texts = textsFor(checkpoint, reader.recogniser);
  if (texts.length === 0) return UNTRIED;
  const least = legibility(checkpoint, reader, texts) - LOSS;
  yield null;
  for (const share of SHARES.slice(0, -1)) {
    if (legibility(inHand(share), reader, texts, least) >= least) return share;
    yield null;
  }
  return SHARES.at(-1)!;
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

function shareOf([numbers, code]: number[]): Share {
  return { numbers: numbers!, code: code! };
}
