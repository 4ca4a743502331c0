/** What lines say, as learn.wasm takes it: the twin of scripts.py. */

import constants from "../../../../spec/constants.json" with { type: "json" };
import type { Architecture } from "../../checkpoint/architecture.ts";
import { textCodes } from "../arguments.ts";
import { FITS, type Recogniser } from "./recogniser.ts";
import { plain } from "./spelling.ts";

const { longest_text: MAX_TEXT } = constants.engine;

/** The text of a line. */
export interface Script {
  /** The place of each character in the alphabet, plus 1. */
  readonly codes: Uint8Array;
  /** The first offset of each character, rising from 0. */
  readonly first: Int32Array;
}

/**
 * The text of a line of offsets [m, 3]; null where the line does not say it or the model cannot write it. Printed forms of
 * a character, such as curly quotes, are taken for the one that the model knows.
 */
export function scriptOf(
  offsets: Float32Array,
  text: string,
  known: NonNullable<Architecture["text"]>,
  recogniser: Recogniser,
): Script | null {
  const said = plain(text, known.alphabet).trim().replace(/\s+/g, " ");
  const characters = Array.from(said);
  if (characters.length < 1 || characters.length > MAX_TEXT || offsets.length === 0) return null;
  const knows = (character: string) =>
    known.alphabet.includes(character) && recogniser.alphabet.includes(character);
  if (!characters.every(knows)) return null;
  const found = recogniser.align(offsets, said);
  if (found === null || recogniser.score(offsets, said) < FITS) return null;
  return { codes: textCodes(known, said), first: found.first };
}
