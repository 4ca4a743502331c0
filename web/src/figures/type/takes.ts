/** Which of several takes of a line is shown: the rule of spec/recogniser.md, as engine/takes.py has it. */

import { CAP, pointsOfCharacters } from "../../engine/text.ts";

export interface Choice {
  /** The place of the take among all. */
  readonly index: number;
  /** What is wrong with each take; "" where nothing is. */
  readonly refused: readonly string[];
}

interface Take {
  readonly pointers: Int32Array;
}

/** Offsets of a letter or digit that was written at all. */
const LEAST = 3;
/** Offsets of a character that was written once. */
const LONGEST = 100;

/** The take with the largest score (the first of equals) of those that are not refused, or else of all. */
export function chooseTake(line: string, takes: readonly Take[], scores: readonly number[]): Choice {
  const refused = takes.map((take) => fault(line, take));
  const good = takes.map((_, k) => k).filter((k) => refused[k] === "");
  const allowed = good.length > 0 ? good : takes.map((_, k) => k);
  return { index: allowed.reduce((best, k) => (scores[k]! > scores[best]! ? k : best)), refused };
}

/** Why a take of a line is refused, or "". */
function fault(line: string, { pointers }: Take): string {
  const counts = pointsOfCharacters(pointers);
  const characters = Array.from(line);
  if ((counts[characters.length] ?? 0) >= CAP) return "the pen did not come to rest after the last letter";
  for (const [place, character] of characters.entries()) {
    const count = counts[place] ?? 0;
    if (count > LONGEST) return `the pen lingered on “${character}”, character ${place + 1}`;
    if (/[\p{L}\p{N}]/u.test(character) && count < LEAST) {
      return `“${character}”, character ${place + 1}, was left out`;
    }
  }
  return "";
}
