/** What benchmarks/learn_chromium.py runs: learning a hand in workers, with all the passes of the page. */

import { decodeCheckpoint } from "../web/src/checkpoint/checkpoint.ts";
import { encodeHand } from "../web/src/checkpoint/hand.ts";
import { learn } from "../web/src/engine/hand/learn.ts";
import { openLearners } from "../web/src/hands/learners.ts";
import { Pool } from "../web/src/worker/pool.ts";

/**
 * The SHA-256 of the file of the hand, and how many seconds it took.
 *
 * modules: learn, engine, recogniser. lines: offsets, and codes and first offsets of characters or null.
 */
export async function learned(modules, file, weights, base, lines, workers) {
  const checkpoint = decodeCheckpoint(file, "benchmark");
  const pool = new Pool(() => new Worker("/worker.js", { type: "module" }), 2);
  const begin = performance.now();
  const { learn: module, engine } = modules;
  const recogniser = checkpoint.architecture.text ? { module: modules.recogniser, weights } : null;
  const fail = (message) => Promise.reject(new Error(message));
  const opening = { module, engine, checkpoint, recogniser };
  const { learners, texts } = await openLearners(pool, workers, opening, fail);
  let hand;
  for await (const pass of learn(learners, checkpoint, base, lines, { texts })) ({ hand } = pass);
  const seconds = (performance.now() - begin) / 1000;
  const digest = await crypto.subtle.digest("SHA-256", encodeHand(hand, checkpoint.architecture));
  const sha256 = Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
  return { seconds, sha256, share: hand.share ?? null };
}
