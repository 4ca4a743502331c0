/** Writing a typed text: its lines, and the ink with the character of each point; the twin of engine/text/written.py. */

import constants from "../../../../spec/constants.json" with { type: "json" };
import { joined } from "../../checkpoint/joined.ts";
import type { Line } from "../engine.ts";

const { longest_line: LONGEST_LINE, line_step: LINE_STEP, level_width: LEVEL_WIDTH } = constants.text;
/** Characters of the longest text of a prime: the engine holds it, a space and a line. */
export const LONGEST_PRIME = constants.engine.longest_text - LONGEST_LINE - 1;
/** Most points of a character. */
export const CAP = constants.text.cap;

/** The ink of a text. */
export interface WrittenInk {
  /** [n, 2] in raw units, lines one below the other. */
  readonly points: Float32Array;
  /** [n], 1 on the last point of a stroke. */
  readonly penUp: Uint8Array;
  /** Lines, separated by line breaks. */
  readonly text: string;
  /** [n], the place in the text of the character of each point, in Unicode characters. */
  readonly characters: Int32Array;
  /** Model units in a raw unit. */
  readonly scale: number;
}

/**
 * The lines of a text, none longer than the longest of the training data; longer words are cut. A line without a word is an
 * empty one where it is between others.
 */
export function linesOf(text: string): string[] {
  const lines = text.split(/\r\n|[\n\r\v\f\u2028\u2029]/).flatMap((paragraph) => {
    const found = split(paragraph);
    return found.length > 0 ? found : [""];
  });
  const first = lines.findIndex(Boolean);
  return first < 0 ? [] : lines.slice(first, lines.findLastIndex(Boolean) + 1);
}

function split(paragraph: string): string[] {
  const lines: string[][] = [];
  for (const word of paragraph.split(/\s+/).filter(Boolean)) {
    const characters = Array.from(word);
    for (let begin = 0; begin < characters.length; begin += LONGEST_LINE) {
      const part = characters.slice(begin, begin + LONGEST_LINE);
      const last = lines.at(-1);
      if (last !== undefined && begin === 0 && last.length + 1 + part.length <= LONGEST_LINE) {
        last.push(" ", ...part);
      } else lines.push(part);
    }
  }
  return lines.map((line) => line.join(""));
}

/**
 * Lines of offsets as one ink, levelled, one below the other, aligned by the middle of their letters. Lines may be empty,
 * and stay free; `written` has the others.
 */
export function laidOut(lines: readonly string[], written: readonly Line[], scale: number): WrittenInk {
  const total = written.reduce((sum, { pointers }) => sum + pointers.length + 1, 0);
  const points = new Float32Array(2 * total);
  const penUp = new Uint8Array(total);
  const characters = new Int32Array(total);
  let [at, begin, which] = [0, 0, 0];
  lines.forEach((line, number) => {
    const last = Array.from(line).length - 1;
    if (last < 0) {
      begin++;
      return;
    }
    const { offsets: drawn, pointers } = written[which++]!;
    const offsets = levelled(drawn);
    let [x, y] = [0, (number * LINE_STEP - middle(offsets)) / scale];
    const place = (k: number, pointer: number): void => {
      points[2 * at] = x;
      points[2 * at + 1] = y;
      // What is written after the last character, the bar of a t for one, belongs to it.
      characters[at] = begin + Math.min(pointer, last);
      penUp[at] = k < 0 ? 0 : k === pointers.length - 1 ? 1 : offsets[3 * k + 2]!;
      at++;
    };
    place(-1, pointers[0] ?? 0);
    for (let k = 0; k < pointers.length; k++) {
      x += Math.fround(offsets[3 * k]! / scale);
      y += Math.fround(offsets[3 * k + 1]! / scale);
      place(k, pointers[k]!);
    }
    begin += last + 2;
  });
  return { points, penUp, text: lines.join("\n"), characters, scale };
}

/**
 * A line [n, 3] sheared vertically so that it neither rises nor falls; slant and letter shapes stay. The slope is that of
 * the straight line through its points with the least squares. A short line stays as it is.
 */
export function levelled(offsets: Float32Array): Float32Array {
  const count = offsets.length / 3;
  const [xs, ys] = [new Float64Array(count), new Float64Array(count)];
  let [x, y, sum] = [0, 0, 0];
  for (let k = 0; k < count; k++) {
    x += offsets[3 * k]!;
    y += offsets[3 * k + 1]!;
    sum += x;
    xs[k] = x;
    ys[k] = y;
  }
  const out = offsets.slice();
  const extent = (values: Float64Array) => Math.max(...values) - Math.min(...values);
  if (count === 0 || extent(xs) <= LEVEL_WIDTH * extent(ys)) return out;
  let [product, square] = [0, 0];
  for (let k = 0; k < count; k++) {
    const across = xs[k]! - sum / count;
    product += across * ys[k]!;
    square += across * across;
  }
  for (let k = 0; k < count; k++) out[3 * k + 1] = offsets[3 * k + 1]! - (product / square) * offsets[3 * k]!;
  return out;
}

/** The median of the heights that offsets lead to, model units. */
function middle(offsets: Float32Array): number {
  const heights = new Float64Array(offsets.length / 3);
  let y = 0;
  for (let k = 0; k < heights.length; k++) {
    y += offsets[3 * k + 1]!;
    heights[k] = y;
  }
  heights.sort();
  const half = heights.length >> 1;
  return heights.length % 2 === 1 ? heights[half]! : ((heights[half - 1] ?? 0) + (heights[half] ?? 0)) / 2;
}

/** Lines one after the other. */
export function joinedLines(lines: readonly Line[]): Line {
  const offsets = joined(lines.map((line) => line.offsets));
  return { offsets, pointers: Int32Array.from(lines.flatMap(({ pointers }) => [...pointers])) };
}

/** A line whose characters stand `by` places later in a text. */
export function shifted({ offsets, pointers }: Line, by: number): Line {
  return { offsets, pointers: pointers.map((pointer) => pointer + by) };
}
