/** Futures of a text part in the text as well as in the ink: the characters that those of a step get to. */

import { counted, letterSign } from "../ink/letter.ts";
import type { Field } from "./field.ts";

export interface EndLetter {
  readonly text: string;
  /** The middle of where those futures end, in sheet units. */
  readonly x: number;
  readonly y: number;
  /** Of all futures of the step, 0 to 1. */
  readonly share: number;
}

/** The same, the later ones moved to the right of those that they would cover. */
export function apart(letters: readonly EndLetter[], width: number): EndLetter[] {
  const placed: EndLetter[] = [];
  for (const letter of letters) {
    let { x } = letter;
    const covered = (): EndLetter | undefined =>
      placed.find((other) => Math.hypot(other.x - x, other.y - letter.y) < width);
    for (let other = covered(); other !== undefined; other = covered()) x = other.x + width;
    placed.push({ ...letter, x });
  }
  return placed;
}

/** None without a text, and where all get to the same character. */
export function endLetters(field: Field, row: number): EndLetter[] {
  const { path, rows, draws } = field;
  const ends = field.ends(row);
  const found = counted(ends);
  if (path.text === undefined || found.length < 2) return [];
  const { words } = path.text;
  return found.map(([place, count]) => {
    let [x, y] = [0, 0];
    ends.forEach((end, future) => {
      if (end !== place) return;
      const begin = 3 * draws.steps * future;
      for (let at = begin; at < begin + 3 * draws.steps; at += 3) {
        x += rows[row]![at]! / count;
        y += rows[row]![at + 1]! / count;
      }
    });
    return {
      text: letterSign(words, place),
      x: path.x[row]! + x / path.scale,
      y: path.y[row]! + y / path.scale,
      share: count / ends.length,
    };
  });
}
