/** Ink that is read along with a text: which character is being written where. */

/** A text, and the place in it of the character that the pointer stands at, in Unicode characters. */
export interface ReadText {
  readonly words: string;
  /** [n + 1]: after 0, 1, ... n offsets; the length of the text past its last character. */
  readonly characters: Int32Array;
}

/** What an ink says, and in which hand: a number of the checkpoint, or a hand code; null for no particular one. */
export interface InkText {
  readonly words: string;
  readonly hand: number | Float32Array | null;
  /** [n], the character of each offset. */
  readonly pointers: Int32Array;
}

export function readText({ words, pointers }: Pick<InkText, "words" | "pointers">): ReadText {
  return { words, characters: Int32Array.of(...pointers, Array.from(words).length) };
}

/** A character as people read it: in quotation marks, or by its name. */
export function letter(words: string, place: number): string {
  const character = Array.from(words)[place];
  if (character === undefined) return "the end";
  return character === " " ? "the space" : `\u201c${character}\u201d`;
}

/** A character as a sign in a drawing. */
export function letterSign(words: string, place: number): string {
  const character = Array.from(words)[place];
  return character === undefined ? "\u25a0" : character === " " ? "\u2423" : character;
}

/** The character that is written after `row` offsets, with its word; null where no text is read. */
export function letterAt(text: ReadText | undefined, row: number): string | null {
  const place = text?.characters[row];
  if (text === undefined || place === undefined) return null;
  return letterIn(text.words, place);
}

/** The character at a place, with its word. */
export function letterIn(words: string, place: number): string {
  const shown = letter(words, place);
  const word = wordAt(words, place);
  return Array.from(word).length > 1 ? `${shown} of \u201c${word}\u201d` : shown;
}

/** Several characters, one after the other. */
export function lettersOf(words: string, first: number, last: number): string {
  return `\u201c${Array.from(words)
    .slice(first, last + 1)
    .join("")}\u201d`;
}

/** The word about a place; empty at a space. */
function wordAt(words: string, place: number): string {
  const characters = Array.from(words);
  if (characters[place] === undefined || characters[place] === " ") return "";
  const begin = characters.lastIndexOf(" ", place) + 1;
  const end = characters.indexOf(" ", place);
  return characters.slice(begin, end < 0 ? undefined : end).join("");
}

/** The characters at some places, each once with how many of them it has, the commonest first. */
export function counted(places: Int32Array): [place: number, count: number][] {
  const counts = new Map<number, number>();
  for (const place of places) counts.set(place, (counts.get(place) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a);
}
