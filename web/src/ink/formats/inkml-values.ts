/** The values of an InkML trace, as pentrace/ink/formats/_inkml_values.py: as they are, or as differences. */

import { endOf, matchAt } from "./lengths.ts";
import { InkFileError, tooManyPoints } from "./notes.ts";

const BLANK = /[ \t\r\n]*/y;
/** A prefix and a value, after the blanks before them. */
const VALUE =
  /([!'"]?)[ \t\r\n]*(-?#[0-9A-Fa-f]+|[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?|[TF*?])/y;
/** Hexadecimal digits that a number holds exactly. */
const MOST_DIGITS = 13;

/**
 * The points of a trace, each of `width` values, NaN where one is not known.
 *
 * A point has at least `required` values; the others may be left out at its end. A prefix holds for its channel until
 * another one comes. trace: which trace of the document it is.
 */
export function rows(text: string, required: number, width: number, trace: number, most: number): number[][] {
  const channels = Array.from({ length: width }, () => ({ mode: "!", value: 0, speed: 0 }));
  const found: number[][] = [];
  let at = 0;
  while (at < text.length) {
    const begin = at;
    const row: number[] = [];
    while (row.length < width) {
      const start = endOf(BLANK, text, at);
      const match = matchAt(VALUE, text, start);
      if (match === null) break;
      row.push(next(channels[row.length]!, match[1]!, match[2]!));
      at = start + match[0].length;
    }
    const end = endOf(BLANK, text, at);
    if ((end < text.length && text[end] !== ",") || (row.length > 0 && row.length < required)) {
      const point = text
        .slice(begin, begin + 200)
        .split(",")[0]!
        .trim()
        .replace(/\s+/g, " ")
        .slice(0, 40);
      const expected = required === width ? `${required}` : `${required} to ${width}`;
      throw new InkFileError(`trace ${trace}: expected ${expected} values a point, found '${point}'`);
    }
    at = end + 1;
    if (row.length === 0) continue;
    if (found.length >= most) throw tooManyPoints();
    while (row.length < width) row.push(Number.NaN);
    found.push(row);
  }
  return found;
}

/** A channel's prefix, last value and last difference. */
interface State {
  mode: string;
  value: number;
  speed: number;
}

/** The next value of a channel, NaN where it is not known. */
function next(channel: State, prefix: string, word: string): number {
  if (prefix !== "") channel.mode = prefix;
  if (word === "?") return Number.NaN;
  if (word === "*") {
    // As before: the same value, or the same difference.
    if (channel.mode === "!") channel.speed = 0;
    channel.value += channel.speed;
    return channel.value;
  }
  const number = readNumber(word);
  if (channel.mode === "!") {
    channel.speed = number - channel.value;
    channel.value = number;
  } else {
    channel.speed = channel.mode === "'" ? number : channel.speed + number;
    channel.value += channel.speed;
  }
  return channel.value;
}

function readNumber(word: string): number {
  if (word === "T" || word === "F") return Number(word === "T");
  const mark = word.indexOf("#");
  if (mark < 0) return Number(word);
  const number = Number.parseInt(word.slice(mark + 1, mark + 1 + MOST_DIGITS), 16);
  return mark > 0 ? -number : number;
}
