/** What is read before a text, so that it is written on in the same hand and letters. */

import type { Line } from "../../engine/engine.ts";
import type { Point } from "../../engine/reader.ts";
import type { InkStroke } from "../../engine/source.ts";
import { type Letters, lettersOf } from "../../engine/text/letters.ts";
import { FITS, pointersOf, type Recogniser } from "../../engine/text/recogniser.ts";
import { plain } from "../../engine/text/spelling.ts";
import { LONGEST_PRIME } from "../../engine/text/written.ts";

/** An ink that was read with its text: the text is written on in its hand, and in its letters and those of others. */
export interface Prime {
  readonly text: string;
  /** [n, 3] in model units. */
  readonly offsets: Float32Array<ArrayBuffer>;
  /** [n + 1]: the character of each offset, and last the space after the text. */
  readonly pointers: Int32Array<ArrayBuffer>;
  /** Model units in a sheet unit. */
  readonly scale: number;
  /** Where it ends, in sheet units; null where it is not on the sheet. */
  readonly end: Point | null;
  readonly letters: Letters;
  /** Which of the lines of the learned hand could be read, where it is of these. */
  readonly read: readonly number[];
}

export interface PrimeRequest {
  readonly strokes: readonly InkStroke[];
  /** What they say. */
  readonly text: string;
}

/** The prime, or what the recogniser reads where its text does not fit the ink. */
export type PrimeReply =
  | { readonly prime: Prime; readonly reads: null }
  | { readonly prime: null; readonly reads: string };

/** A line with its text, the character of each offset, and how well the recogniser reads it. */
export interface AlignedLine {
  readonly text: string;
  readonly line: Line;
  readonly score: number;
}

/** A line of offsets [n, 3] that says a text; null where it does not, or cannot be read. */
export function alignedLine(
  read: Float32Array,
  written: string,
  alphabet: readonly string[],
  recogniser: Recogniser,
): AlignedLine | null {
  const text = plain(written, alphabet).trim().replace(/\s+/g, " ");
  const reads = (each: string) => alphabet.includes(each) && recogniser.alphabet.includes(each);
  const characters = Array.from(text);
  const fits = characters.length >= 1 && characters.length <= LONGEST_PRIME && characters.every(reads);
  if (!fits) return null;
  const offsets = Float32Array.from(read);
  offsets[offsets.length - 1] = 1;
  const found = recogniser.align(offsets, text);
  if (found === null || found.score < FITS) return null;
  const n = offsets.length / 3;
  const pointers = pointersOf(found.first, n + 1);
  pointers[n] = found.first.length; // the space after them
  return { text, line: { offsets, pointers }, score: recogniser.score(offsets, text) };
}

/** The line that is read best, with the letters of all. */
export function primeOf(
  lines: readonly AlignedLine[],
  scale: number,
  end: Point | null,
  read: readonly number[],
): Prime {
  const { text, line } = lines.reduce((best, each) => (each.score > best.score ? each : best));
  return { text, ...line, scale, end, letters: lettersOf(lines), read };
}
