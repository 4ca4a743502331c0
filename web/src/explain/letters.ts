/**
 * The letter that would come next (spec/explain.md): the twin of src/pentrace/explain/letters.py. No DOM: for workers and
 * for Node.
 */

import { joined } from "../checkpoint/joined.ts";
import type { Recogniser } from "../engine/text/recogniser.ts";

/** Offsets of a future that are read. */
const READ_STEPS = 50;
/** Offsets after the end of the ink at which the letter is looked up. */
const AHEAD = 10;
/** Offsets before the end of the ink that are read too. */
const TAIL = 150;
/** Futures that say which letter a state writes next. */
export const LETTER_FUTURES = 16;

/** The letter that comes oftenest, the first of several; "" where none is read. */
export function commonest(letters: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const letter of letters) if (letter !== "") counts.set(letter, (counts.get(letter) ?? 0) + 1);
  return [...counts].reduce(
    ([best, most], [letter, count]) => (count > most ? [letter, count] : [best, most]),
    ["", 0],
  )[0];
}

/** The share of some letters that are a certain one. */
export function shareOf(letter: string, letters: readonly string[]): number {
  return letters.filter((one) => one === letter).length / letters.length;
}

/** The character that a future [k, 3] writes AHEAD offsets after an ink [n, 3]; "" where it ends before, or nothing is read. */
export function letterAfter(recogniser: Recogniser, ink: Float32Array, future: Float32Array): string {
  if (future.length <= 3 * AHEAD) return "";
  const tail = ink.subarray(Math.max(ink.length - 3 * TAIL, 0));
  const line = joined([tail, future.subarray(0, 3 * READ_STEPS)]);
  const { text, first } = recogniser.readAligned(line);
  if (first === null) return "";
  const at = tail.length / 3 + AHEAD;
  return Array.from(text)[first.findLastIndex((begin) => begin <= at)] ?? "";
}
