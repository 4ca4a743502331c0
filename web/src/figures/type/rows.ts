/** The rows in which a written text fits its place: lines, broken between words where they are too long. */

import type { Script } from "./script.ts";

/** Points from `begin` to `end` lie so far (sheet units) from their place in their line. */
export interface Row {
  readonly begin: number;
  readonly end: number;
  readonly left: number;
  readonly top: number;
}

export interface Rows {
  /** Client pixels in a sheet unit. */
  readonly zoom: number;
  readonly rows: readonly Row[];
}

/** Sheet units between two rows: room for ascenders and descenders. */
const ROW = 84;
/** Sheet units above the first row and below the last one, for tall letters, long tails and a line that rises. */
const EDGE = 36;
const GREATEST = 1.6;
const LEAST = 0.2;
const SMALLER = 0.94;
/** Ink may be this much smaller to take fewer rows. */
const FEWER = 0.8;
/** Client pixels beside the ink. */
const SIDE = 10;
/** Points that tell where a row begins, and on which height it is written. More would move it while it grows. */
const FIRST = 80;
const LEVEL = 120;
/** Sheet units that a letter takes, as long as none is written. */
const LETTER = 22;

/** Points that stay in one row: a word, from one lift of the pen to another. */
interface Part {
  readonly begin: number;
  readonly end: number;
  readonly left: number;
  readonly right: number;
  /** Where a line begins here, the empty lines above it; null inside a line. */
  readonly opens: number | null;
}

export function rowsOf(script: Script, width: number, height: number): Rows {
  // Room is kept for what is still to come, or the ink would shrink as it does.
  const parts = [...partsOf(script), ...pending(script)];
  const { larger } = script;
  const inside = width - 2 * SIDE;
  const room = roomOf(script);
  // The zoom of the hand before it was made larger or smaller, or nobody would see that it was.
  const before = fitting(parts, larger * inside, height / room, GREATEST);
  const { zoom, broken } = fitting(parts, inside, height / room, fewer(parts, larger * inside, before).zoom);
  let below = room * EDGE + (height / zoom - room * heightOf(broken)) / 2;
  const rows = broken.flatMap((row): Row[] => {
    below += room * ROW * (1 + (row[0]!.opens ?? 0));
    const { begin } = row[0]!;
    const end = row.findLast((part) => part.end > part.begin)?.end;
    if (end === undefined) return [];
    const level = median(script.y.subarray(begin, Math.min(end, begin + LEVEL)));
    const from = Math.min(...script.x.subarray(begin, Math.min(end, begin + FIRST)));
    return [{ begin, end, left: SIDE / zoom - from, top: below - 0.5 * room * ROW - level }];
  });
  return { zoom, rows };
}

/** How many times as much room a row gets as usual: larger letters need more, smaller ones not less. */
export function roomOf({ larger }: Pick<Script, "larger">): number {
  return Math.max(1, larger);
}

interface Fit {
  readonly zoom: number;
  readonly broken: readonly (readonly Part[])[];
}

/** The rows at the greatest zoom at which they fit, from one on. */
function fitting(parts: readonly Part[], width: number, height: number, greatest: number): Fit {
  let zoom = greatest;
  let broken = breakAt(parts, width / zoom);
  const fits = (): boolean =>
    heightOf(broken) * zoom <= height && broken.every((row) => widthOf(row) * zoom <= width);
  while (zoom > LEAST && !fits()) {
    zoom *= SMALLER;
    broken = breakAt(parts, width / zoom);
  }
  return { zoom, broken };
}

/** Fewer rows, where the ink need not be much smaller for that. */
function fewer(parts: readonly Part[], width: number, { zoom, broken }: Fit): Fit {
  let found: Fit = { zoom, broken };
  for (let less = zoom * SMALLER; less > FEWER * zoom; less *= SMALLER) {
    const rows = breakAt(parts, width / less);
    if (rows.length < found.broken.length) found = { zoom: less, broken: rows };
  }
  return found;
}

function partsOf({ lines, x, lifted, places }: Script): Part[] {
  return lines.flatMap(({ begin, end, text, place, empty }) => {
    const wordOf = words(text);
    const cuts: number[] = [];
    for (let p = begin + 1; p < end; p++) {
      if (wordOf[places[p]! - place] === wordOf[places[p - 1]! - place]) continue;
      const cut = nearestLift(lifted, p, cuts.at(-1) ?? begin, end);
      if (cut !== null) cuts.push(cut);
    }
    const starts = [begin, ...cuts];
    return starts.map((from, k): Part => {
      const to = starts[k + 1] ?? end;
      const inside = x.subarray(from, to);
      const [left, right] = [Math.min(...inside), Math.max(...inside)];
      return { begin: from, end: to, left, right, opens: from === begin ? empty : null };
    });
  });
}

/** The words that are not written yet, as wide as they will be about. */
function pending({ rows, lines, length, x, places }: Script): Part[] {
  const last = lines.at(-1);
  const done = last === undefined ? 0 : places[length - 1]! - last.place + 1;
  const inside = last === undefined ? [0] : x.subarray(last.begin, last.end);
  const [left, right] = [Math.min(...inside), Math.max(...inside)];
  const letter = done > 2 ? (right - left) / done : LETTER;
  const filled = rows.flatMap((row, k) => (row === "" ? [] : [k]));
  return filled.slice(Math.max(lines.length - 1, 0)).flatMap((row) => {
    const first = row === filled[lines.length - 1];
    const [from, begins] = first ? [done, right] : [0, 0];
    const empty = row - (filled[filled.indexOf(row) - 1] ?? -1) - 1;
    const words = Array.from(rows[row]!)
      .slice(from)
      .join("")
      .matchAll(/\S+\s*/g);
    return Array.from(words, ({ index, 0: word }, k) => {
      const at = begins + index * letter;
      const opens = k === 0 && !first ? empty : null;
      return { begin: length, end: length, left: at, right: at + word.trimEnd().length * letter, opens };
    });
  });
}

/**
 * The point after the lift that is nearest to the first point of a word, between two points: the pointer comes to the
 * next word a few points before or after the pen. null where the pen was not lifted.
 */
function nearestLift(lifted: Uint8Array, word: number, after: number, before: number): number | null {
  let [early, late] = [word, word];
  while (early > after && lifted[early - 1] !== 1) early--;
  while (late < before && lifted[late - 1] !== 1) late++;
  if (early > after && (late >= before || word - early <= late - word)) return early;
  return late < before ? late : null;
}

/** The number of the word of each character; a space belongs to the word before it. */
function words(text: readonly string[]): number[] {
  let word = 0;
  return text.map((character, k) => {
    if (k > 0 && text[k - 1] === " " && character !== " ") word++;
    return word;
  });
}

function breakAt(parts: readonly Part[], width: number): Part[][] {
  const rows: Part[][] = [];
  for (const part of parts) {
    const row = rows.at(-1);
    if (row === undefined || part.opens !== null || widthOf([...row, part]) > width) rows.push([part]);
    else row.push(part);
  }
  return rows;
}

/** With the empty lines between rows and the room above and below, sheet units. */
function heightOf(rows: readonly (readonly Part[])[]): number {
  return rows.reduce((sum, [first]) => sum + ROW * (1 + (first!.opens ?? 0)), 2 * EDGE);
}

function widthOf(row: readonly Part[]): number {
  return Math.max(...row.map(({ right }) => right)) - Math.min(...row.map(({ left }) => left));
}

function median(values: Float64Array): number {
  return values.slice().sort()[values.length >> 1] ?? 0;
}

/** The row of a point. */
export function rowAt({ rows }: Rows, point: number): Row | undefined {
  return rows.find(({ end }) => point < end) ?? rows.at(-1);
}

/** The point nearest to a place in client pixels, and how far it is. */
export function nearest(
  { x, y }: Script,
  { zoom, rows }: Rows,
  at: { readonly x: number; readonly y: number },
): { point: number; distance: number } {
  let found = { point: 0, distance: Number.POSITIVE_INFINITY };
  for (const { begin, end, left, top } of rows) {
    for (let p = begin; p < end; p++) {
      const distance = Math.hypot((x[p]! + left) * zoom - at.x, (y[p]! + top) * zoom - at.y);
      if (distance < found.distance) found = { point: p, distance };
    }
  }
  return found;
}
