/** Ink that knows what it says, as files (spec/ink.md): they say the same as those that Python writes. */

import { smoothLine } from "./outline.ts";
import { extent, penDownRuns } from "./path.ts";

/** Points of an ink, and the character of each. */
export interface TextInk {
  /** [n, 2] in units of the ink. */
  readonly points: Float32Array;
  /** [n], 1 on the last point of a stroke. */
  readonly penUp: Uint8Array;
  readonly text: string;
  /** [n], places in the text. */
  readonly characters: Int32Array;
  /** Model units in a unit of the ink. */
  readonly scale: number;
}

/** Width of the line in model units; a model unit is drawn a millimetre wide. */
const WIDTH = 0.2;

interface WrittenStroke {
  readonly x: number[];
  readonly y: number[];
  readonly characters: number[];
}

function strokesOf({ points, penUp, characters }: TextInk): WrittenStroke[] {
  return penDownRuns(penUp, penUp.length).map(({ begin, end }) => ({
    x: Array.from({ length: end - begin }, (_, k) => points[2 * (begin + k)]!),
    y: Array.from({ length: end - begin }, (_, k) => points[2 * (begin + k) + 1]!),
    characters: Array.from(characters.subarray(begin, end)),
  }));
}

/** A document of spec/ink.md; `settings` are kept as its controls. */
export function writtenToJson(
  ink: TextInk,
  settings: Readonly<Record<string, unknown>>,
  seed: number,
): string {
  const strokes = strokesOf(ink).map(({ x, y, characters }) => ({
    x: x.map(shortest),
    y: y.map(shortest),
    characters,
  }));
  const head = { format: "pentrace-ink", format_version: 1, scale: ink.scale };
  return `${JSON.stringify({ ...head, strokes, text: ink.text, controls: settings, seed: String(seed) })}\n`;
}

/** The number with the fewest digits that reads back as the same float32. */
function shortest(value: number): number {
  for (let digits = 1; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return short;
  }
  return Number(value.toPrecision(9));
}

/** A drawing in which the strokes of each word are a group; paper: its colour, null for none. */
export function writtenToSvg(ink: TextInk, colour: string, paper: string | null): string {
  const line = WIDTH / ink.scale;
  const strokes = strokesOf(ink);
  const [left, right] = extent(strokes.flatMap(({ x }) => x));
  const [top, bottom] = extent(strokes.flatMap(({ y }) => y));
  const margin = 4 * line;
  const [width, height] = [right - left + 2 * margin, bottom - top + 2 * margin];
  const box = [left - margin, top - margin, width, height].map(digits);
  const [x, y, w, h] = box;
  const behind =
    paper === null ? "" : `<rect x="${x}" y="${y}" width="${w}" height="${h}" fill="${paper}"/>\n`;
  const name = escaped(ink.text).replaceAll("\n", "&#10;");
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${digits(width * ink.scale)}mm" height="${digits(height * ink.scale)}mm" viewBox="${box.join(" ")}" role="img" aria-label="${name}">
<title>${escaped(ink.text)}</title>
${behind}<g fill="none" stroke="${colour}" stroke-width="${digits(line)}" stroke-linecap="round" stroke-linejoin="round">
${groups(ink.text, strokes).join("\n")}
</g>
</svg>
`;
}

/** Successive strokes of a word. A stroke belongs to the word that it begins in, or to the one before a space. */
function groups(text: string, strokes: readonly WrittenStroke[]): string[] {
  const words = wordsOf(text);
  const wordOf = ({ characters }: WrittenStroke): number =>
    Math.max(
      words.findLastIndex(({ begin }) => begin <= characters[0]!),
      0,
    );
  const found: { word: number; paths: string[] }[] = [];
  for (const stroke of strokes) {
    const word = wordOf(stroke);
    if (found.at(-1)?.word !== word) found.push({ word, paths: [] });
    found.at(-1)!.paths.push(`<path d="${smoothLine(stroke, digits)}"/>`);
  }
  return found.map(
    ({ word, paths }, k) =>
      `<g id="word-${k + 1}"><title>${escaped(words[word]?.word ?? "")}</title>\n${paths.join("\n")}\n</g>`,
  );
}

/** A word, and its first and last place in the text, counted in Unicode characters. */
export interface Word {
  readonly word: string;
  readonly begin: number;
  readonly end: number;
}

/** The words of a text: what is between white space. */
export function wordsOf(text: string): Word[] {
  const words: Word[] = [];
  let word = "";
  const characters = Array.from(text);
  characters.forEach((character, at) => {
    if (!/\s/.test(character)) word += character;
    const ends = word !== "" && (at + 1 === characters.length || /\s/.test(characters[at + 1]!));
    if (!ends) return;
    words.push({ word, begin: at + 1 - Array.from(word).length, end: at + 1 });
    word = "";
  });
  return words;
}

function digits(value: number): string {
  return String(Number(value.toPrecision(7)) + 0);
}

function escaped(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
