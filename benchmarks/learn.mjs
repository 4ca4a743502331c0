/** What benchmarks/learn_chromium.py runs: learning a hand, with all the passes of the page. */

import { decodeCheckpoint } from "../web/src/engine/checkpoint.ts";
import { encodeHand } from "../web/src/engine/hand.ts";
import { learn } from "../web/src/engine/learn.ts";
import { Recogniser } from "../web/src/engine/recogniser.ts";

/**
 * The SHA-256 of the file of the hand, and how many seconds it took.
 *
 * modules: learn, engine, recogniser. lines: offsets, and codes and first offsets of characters or null.
 */
export async function learned(modules, file, weights, base, lines) {
  const checkpoint = decodeCheckpoint(file, "benchmark");
  const begin = performance.now();
  const reader = checkpoint.architecture.text
    ? { recogniser: Recogniser.create(modules.recogniser, weights), engine: modules.engine }
    : null;
  let hand;
  for (const pass of learn(modules.learn, checkpoint, base, lines, { reader })) {
    if (pass !== null) ({ hand } = pass);
  }
  const seconds = (performance.now() - begin) / 1000;
  const digest = await crypto.subtle.digest("SHA-256", encodeHand(hand, checkpoint.architecture));
  const sha256 = Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
  return { seconds, sha256, share: hand.share ?? null };
}
