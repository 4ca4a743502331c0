/** What benchmarks/learn_chromium.py runs: learning a hand, with all the passes of the page. */

import { decodeCheckpoint } from "../web/src/engine/checkpoint.ts";
import { encodeHand } from "../web/src/engine/hand.ts";
import { learn } from "../web/src/engine/learn.ts";

/** The SHA-256 of the file of the hand, and how many seconds it took. */
export async function learned(module, file, base, lines) {
  const checkpoint = decodeCheckpoint(file, "benchmark");
  const begin = performance.now();
  let hand;
  for (const pass of learn(module, checkpoint, base, lines)) if (pass !== null) ({ hand } = pass);
  const seconds = (performance.now() - begin) / 1000;
  const digest = await crypto.subtle.digest("SHA-256", encodeHand(hand, checkpoint.architecture));
  const sha256 = Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
  return { seconds, sha256 };
}
