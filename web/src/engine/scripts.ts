/** What lines say, as learn.wasm takes it: the twin of scripts.py. */

import constants from "../../../spec/constants.json" with { type: "json" };
import type { Architecture } from "./architecture.ts";
import { textCodes } from "./arguments.ts";
import { FITS, type Recogniser } from "./recogniser.ts";

const INSTEAD: Readonly<Record<string, string>> = constants.text.instead;
const { longest_text: MAX_TEXT } = constants.engine;

/** The text of a line. */
export interface Script {
  /** The place of each character in the alphabet, plus 1. */
  readonly codes: Uint8Array;
  /** The first offset of each character, rising from 0. */
  readonly first: Int32Array;
}

/**
 * The text of a line of offsets [m, 3]; null where the line does not say it or the model cannot write it. A mark that has
 * another form in the alphabet, as curly quotes have, is taken for that form.
 */
export function scriptOf(
  offsets: Float32Array,
  text: string,
  known: NonNullable<Architecture["text"]>,
  recogniser: Recogniser,
): Script | null {
  const characters = Array.from(text.trim().replace(/\s+/g, " "), (character) =>
    mark(character, known.alphabet),
  );
  if (characters.length < 1 || characters.length > MAX_TEXT || offsets.length === 0) return null;
  const knows = (character: string) =>
    known.alphabet.includes(character) && recogniser.alphabet.includes(character);
  if (!characters.every(knows)) return null;
  const said = characters.join("");
  const first = recogniser.align(offsets, said);
  if (first === null || recogniser.score(offsets, said) < FITS) return null;
  return { codes: textCodes(known, said), first };
}

function mark(character: string, alphabet: readonly string[]): string {
  const other = INSTEAD[character] ?? character;
  return other.length === 1 && !/[A-Za-z0-9]/.test(other) && !alphabet.includes(character)
    ? other
    : character;
}
