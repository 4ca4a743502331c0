/**
 * The letter that would come next (spec/explain.md): the twin of src/pentrace/explain/letters.py. No DOM: for workers and
 * for Node.
 */

import { joined } from "../../engine/path-common.ts";
import type { Recogniser } from "../../engine/recogniser.ts";

/** Offsets of a future that are read. */
const READ_STEPS = 50;
/** Offsets after the end of the ink at which the letter is looked up. */
const AHEAD = 10;
/** Offsets before the end of the ink that are read too. */
const TAIL = 150;

/** The character that a future [k, 3] writes AHEAD offsets after an ink [n, 3]; "" where nothing is read. */
export function letterAfter(recogniser: Recogniser, ink: Float32Array, future: Float32Array): string {
  const tail = ink.subarray(Math.max(ink.length - 3 * TAIL, 0));
  const line = joined([tail, future.subarray(0, 3 * READ_STEPS)]);
  const text = recogniser.read(line);
  const first = text === "" ? null : recogniser.align(line, text);
  if (first === null) return "";
  const at = tail.length / 3 + AHEAD;
  return Array.from(text)[first.findLastIndex((begin) => begin <= at)] ?? "";
}
