/** What of a typed text a model can write; the twin of src/pentrace/engine/text/spelling.py. */

import constants from "../../../../spec/constants.json" with { type: "json" };

/** Printed forms of what a hand writes in one way. */
const SAME: Readonly<Record<string, string>> = constants.text.same;
/** What to write for characters that a model does not know. */
const INSTEAD: Readonly<Record<string, string>> = constants.text.instead;
const SPACE = /\s/;
/** What some languages count as white space and others do not. */
const SEPARATORS = "\u001c\u001d\u001e\u001f\u0085";
/** What nobody sees: format characters and variation selectors. */
const UNSEEN = /\p{Cf}|[\ufe00-\ufe0f]/u;

/** A character that a model has not learned, and what could be written for it. */
export interface Unknown {
  readonly character: string;
  readonly instead: string | null;
}

/** The text with SAME for what the model does not know, and without characters that nobody sees. */
export function plain(text: string, alphabet: readonly string[]): string {
  const known = new Set(alphabet);
  const spelt = (each: string): string => {
    if (known.has(each)) return each;
    if (UNSEEN.test(each)) return "";
    if (SEPARATORS.includes(each)) return " ";
    if (SPACE.test(each)) return each;
    const same = SAME[each] ?? "";
    return same !== "" && writes(same, known, false) ? same : each;
  };
  return Array.from(text.normalize("NFC"), spelt).join("");
}

/** The characters of a text that an alphabet lacks, each once; white space does not count. */
export function unknownIn(text: string, alphabet: readonly string[]): Unknown[] {
  const known = new Set(alphabet);
  const missing = new Set(
    Array.from(plain(text, alphabet)).filter((each) => !known.has(each) && !SPACE.test(each)),
  );
  return Array.from(missing, (character) => ({ character, instead: insteadOf(character, known) }));
}

/** A text as a model can write it, whatever that takes: what nothing stands for is left out. */
export function writable(text: string, alphabet: readonly string[]): string {
  const lacking = new Map(
    unknownIn(text, alphabet).map(({ character, instead }) => [character, instead ?? ""]),
  );
  return Array.from(plain(text, alphabet), (each) => lacking.get(each) ?? each).join("");
}

/** What to write for a character: of é the letter without its mark; null for nothing. */
function insteadOf(character: string, known: ReadonlySet<string>): string | null {
  const bare = character.normalize("NFKD").replaceAll(/\p{M}/gu, "");
  const found = [INSTEAD[character], SAME[character], bare].find(
    (each) => each !== undefined && each !== "" && writes(each, known, true),
  );
  return found ?? null;
}

function writes(text: string, known: ReadonlySet<string>, spaces: boolean): boolean {
  return Array.from(text).every((each) => known.has(each) || (spaces && each === " "));
}
