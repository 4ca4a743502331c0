/** The choice among takes of a line (spec/recogniser.md): the twin of src/pentrace/engine/text/takes.py. */

import constants from "../../../../spec/constants.json" with { type: "json" };

const { least, longest, sure, rounds, round_streams: roundStreams } = constants.takes;
const LETTER_OR_DIGIT = /[\p{L}\p{N}]/u;

export interface Choice {
  /** The place of the chosen take among the takes. */
  readonly chosen: number;
  /** Of each take what is wrong with it, "" where nothing is. */
  readonly refused: readonly string[];
  /** Whether the chosen one is refused or hard to read, so that more takes are worth their time. */
  readonly unsure: boolean;
}

/**
 * The take with the largest score (the first of equals) of those that are not refused, or else of all.
 *
 * pointers: of each take the character of each offset, -1 after its end. cap: most offsets of a character.
 */
export function chooseTake(
  text: string,
  pointers: readonly Int32Array[],
  scores: ArrayLike<number>,
  cap: number,
): Choice {
  const refused = pointers.map((take) => fault(text, take, cap));
  const all = refused.map((_, k) => k);
  const good = all.filter((k) => refused[k] === "");
  const allowed = good.length > 0 ? good : all;
  const chosen = allowed.reduce((best, k) => (scores[k]! > scores[best]! ? k : best));
  return { chosen, refused, unsure: refused[chosen] !== "" || scores[chosen]! < sure };
}

/** Some of a row of things. */
export interface Share {
  readonly first: number;
  readonly total: number;
}

/** A share of so many takes, or lines, for each of some workers, as even as can be; none where there is nothing left. */
export function sharesOf(takes: number, workers: number): Share[] {
  const bounds = Array.from({ length: workers + 1 }, (_, k) => Math.floor((k * takes) / workers));
  const shares = bounds.slice(1).map((end, k) => ({ first: bounds[k]!, total: end - bounds[k]! }));
  return shares.filter(({ total }) => total > 0);
}

/** Takes of a line in a round: one after a prime, where each of its characters is chosen from as many candidates. */
export function roundOf({
  prime,
  candidates,
}: {
  readonly prime: unknown;
  readonly candidates: number;
}): number {
  return prime === null ? candidates : 1;
}

/** How often takes of a line are drawn at most. A single take is not ranked. */
export function roundsOf(candidates: number): number {
  return candidates > 1 ? rounds : 1;
}

/** The stream of random numbers of a take of a line, by its place among all takes of that line. */
export function streamOf(line: number, candidates: number, take: number): number {
  const round = Math.floor(take / candidates);
  return round * roundStreams + line * candidates + (take % candidates);
}

/** Why a take of a text is refused, or "". */
function fault(text: string, pointers: Int32Array, cap: number): string {
  const characters = Array.from(text);
  const counts = new Array<number>(characters.length + 1).fill(0);
  for (const pointer of pointers) if (pointer >= 0) counts[pointer]!++;
  if (counts[characters.length]! >= cap) return "the pen did not come to rest after the last character";
  for (const [place, character] of characters.entries()) {
    if (counts[place]! > longest || counts[place]! >= cap)
      return `the pen lingered on "${character}", character ${place + 1}`;
    if (LETTER_OR_DIGIT.test(character) && counts[place]! < least) {
      return `"${character}", character ${place + 1}, was left out`;
    }
  }
  return "";
}
