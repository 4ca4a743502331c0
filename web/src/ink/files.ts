/** Ink as files (spec/ink.md): JSON keeps everything, SVG is a drawing of one smooth line a stroke. */

import { NIB, smoothLine } from "./outline.ts";
import { columnsOf, extent, penDownRuns } from "./path.ts";
import { type Stroke, UNIT_MM, USUAL_PRESSURE } from "./stroke.ts";

type Settings = Readonly<Record<string, unknown>>;

/** A document of spec/ink.md. The ink has at least one stroke; `settings` are kept as its controls. */
export function inkToJson(ink: readonly Stroke[], settings: Settings, seed: number): string {
  const pressed = ink.some(({ pressure }) => pressure !== null);
  const strokes = ink.map(({ x, y, time, pressure }) =>
    pressed ? { x, y, time, pressure: pressure ?? x.map(() => USUAL_PRESSURE) } : { x, y, time },
  );
  return json(null, { strokes, open: !ink.at(-1)!.lifted }, settings, seed);
}

function json(scale: number | null, ink: object, controls: Settings, seed: number): string {
  const head = { format: "pentrace-ink", format_version: 1, scale };
  return `${JSON.stringify({ ...head, ...ink, controls, seed: String(seed) })}\n`;
}

/** Colours of a drawing; `paper` is null where it has no background. */
interface InkColours {
  readonly hand: string;
  readonly model: string;
  readonly paper: string | null;
}

/** A drawing in sheet units, as large as on paper. The ink has at least one stroke. */
export function inkToSvg(ink: readonly Stroke[], colours: InkColours): string {
  const { width, height, box, background } = drawnBox(ink, 6 * NIB, colours.paper, short);
  const paths = ink.map((stroke) => {
    const own = colours[stroke.writer] === colours.hand ? "" : ` stroke="${colours[stroke.writer]}"`;
    return `<path d="${smoothLine(stroke, short)}"${own}/>`;
  });
  const size = `width="${short(width * UNIT_MM)}mm" height="${short(height * UNIT_MM)}mm"`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${box}" ${size}>
${background}${lines(colours.hand, short(NIB), paths)}
</svg>
`;
}

/** The size of a drawing of strokes, its view box, and its paper as an element. */
function drawnBox(
  strokes: readonly Pick<Stroke, "x" | "y">[],
  margin: number,
  paper: string | null,
  digits: (value: number) => string,
): { width: number; height: number; box: string; background: string } {
  const [left, right] = extent(strokes.flatMap(({ x }) => x));
  const [top, bottom] = extent(strokes.flatMap(({ y }) => y));
  const [width, height] = [right - left + 2 * margin, bottom - top + 2 * margin];
  const box = [left - margin, top - margin, width, height].map(digits);
  const [x, y, w, h] = box;
  const rect = `<rect x="${x}" y="${y}" width="${w}" height="${h}" fill="${paper}"/>\n`;
  return { width, height, box: box.join(" "), background: paper === null ? "" : rect };
}

function lines(colour: string, width: string, content: readonly string[]): string {
  return `<g fill="none" stroke="${colour}" stroke-width="${width}" stroke-linecap="round" stroke-linejoin="round">
${content.join("\n")}
</g>`;
}

function short(value: number): string {
  return String(Math.round(value * 1000) / 1000 + 0);
}

/** Ink that knows what it says; its files say the same as those that Python writes. */
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
  return penDownRuns(penUp, penUp.length).map((run) => ({
    ...columnsOf(points, run),
    characters: Array.from(characters.subarray(run.begin, run.end)),
  }));
}

/** A document of spec/ink.md; `settings` are kept as its controls. */
export function writtenToJson(ink: TextInk, settings: Settings, seed: number): string {
  const strokes = strokesOf(ink).map(({ x, y, characters }) => ({
    x: x.map(shortest),
    y: y.map(shortest),
    characters,
  }));
  return json(ink.scale, { strokes, text: ink.text }, settings, seed);
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
  const { width, height, box, background } = drawnBox(strokes, 4 * line, paper, digits);
  const size = `width="${digits(width * ink.scale)}mm" height="${digits(height * ink.scale)}mm"`;
  const name = escaped(ink.text).replaceAll("\n", "&#10;");
  return `<svg xmlns="http://www.w3.org/2000/svg" ${size} viewBox="${box}" role="img" aria-label="${name}">
<title>${escaped(ink.text)}</title>
${background}${lines(colour, digits(line), groups(ink.text, strokes))}
</svg>
`;
}

/** Successive strokes of a word. A stroke belongs to the word that it begins in, or to the one before a space. */
function groups(text: string, strokes: readonly WrittenStroke[]): string[] {
  const words = wordsOf(text);
  const found: { word: number; paths: string[] }[] = [];
  for (const stroke of strokes) {
    const last = words.findLastIndex(({ begin }) => begin <= stroke.characters[0]!);
    const word = Math.max(last, 0);
    if (found.at(-1)?.word !== word) found.push({ word, paths: [] });
    found.at(-1)!.paths.push(`<path d="${smoothLine(stroke, digits)}"/>`);
  }
  return found.map(
    ({ word, paths }, k) =>
      `<g id="word-${k + 1}"><title>${escaped(words[word]?.word ?? "")}</title>\n${paths.join("\n")}\n</g>`,
  );
}

/** The words of a text, what is between white space, and where each begins, counted in Unicode characters. */
export function wordsOf(text: string): { word: string; begin: number }[] {
  return Array.from(text.matchAll(/\S+/gu), ({ 0: word, index }) => ({
    word,
    begin: Array.from(text.slice(0, index)).length,
  }));
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
