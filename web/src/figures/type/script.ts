/** A written text, or as much of it as is there, as one row of points. */

import { levelled } from "../../engine/text/written.ts";
import { inkPath, type PenDown } from "../../ink/path.ts";
import type { WrittenLine } from "./task.ts";

/** One line in it. */
export interface ScriptLine {
  readonly text: readonly string[];
  /** Its first point, and the one after its last. */
  readonly begin: number;
  readonly end: number;
  /** The place of its first character in the whole text; line breaks count. */
  readonly place: number;
  /** Empty lines before it. */
  readonly empty: number;
  readonly written: WrittenLine;
}

export interface Script {
  readonly lines: readonly ScriptLine[];
  /** The lines of the text, empty ones between them too. */
  readonly rows: readonly string[];
  /** N */
  readonly length: number;
  /** [N], sheet units from the origin of the point's line. */
  readonly x: Float64Array;
  readonly y: Float64Array;
  /** [N], 1 where the pen lifts at the point. */
  readonly lifted: Uint8Array;
  /** [N], the place of the point's character in the whole text. */
  readonly places: Int32Array;
  /** Whether all lines are there. */
  readonly whole: boolean;
  /** How many times as large as in the chosen hand it is meant to be. */
  readonly larger: number;
}

/** rows: all lines of the text, which may be empty between others; written: the first ones of those that are not. */
export function scriptOf(rows: readonly string[], written: readonly WrittenLine[], larger = 1): Script {
  const length = written.reduce((sum, { pointers }) => sum + pointers.length + 1, 0);
  const [x, y] = [new Float64Array(length), new Float64Array(length)];
  const [lifted, places] = [new Uint8Array(length), new Int32Array(length)];
  const filled = rows.flatMap((row, k) => (row === "" ? [] : [k]));
  let [begin, place] = [0, 0];
  const lines = written.map((line, number): ScriptLine => {
    const { pointers, scale } = line;
    // The slope of a line is known when all of it is there.
    const offsets = line.choice === null ? line.offsets : levelled(line.offsets);
    const text = Array.from(rows[filled[number]!]!);
    const empty = filled[number]! - (filled[number - 1] ?? -1) - 1;
    place += empty;
    const end = begin + pointers.length + 1;
    const path = inkPath({ offsets, firstLifted: false, origin: { x: 0, y: 0 }, scale });
    x.set(path.x, begin);
    y.set(path.y, begin);
    lifted.set(path.lifted, begin);
    for (let p = begin; p < end; p++) {
      const pointer = pointers[Math.max(p - begin - 1, 0)] ?? 0;
      places[p] = place + Math.min(pointer, text.length - 1);
    }
    if (line.choice !== null) lifted[end - 1] = 1;
    const made = { text, begin, end, place, empty, written: line };
    begin = end;
    place += text.length + 1;
    return made;
  });
  const whole = written.length === filled.length && written.every(({ choice }) => choice !== null);
  return { lines, rows, length, x, y, lifted, places, whole, larger };
}

/** The points around one at which its letter is written. */
export function letterAround({ places, length }: Script, at: number): PenDown {
  let [begin, end] = [at, at + 1];
  while (begin > 0 && places[begin - 1] === places[at]) begin--;
  while (end < length && places[end] === places[at]) end++;
  return { begin, end };
}

/** The line of a point; the last one for points beyond. */
export function lineAt({ lines }: Script, point: number): ScriptLine | null {
  return lines.find(({ end }) => point < end) ?? lines.at(-1) ?? null;
}

/**
 * Where the pen is in another writing of a text, when it was at point `at` of one: at the same part of the same letter,
 * or where the texts begin to differ.
 *
 * common: how many characters both texts begin with.
 */
export function sameLetter(from: Script, to: Script, at: number, common: number): number {
  if (at <= 0 || from.length === 0) return 0;
  const last = Math.min(Math.ceil(at), from.length) - 1;
  const place = from.places[last]!;
  const first = to.places.indexOf(Math.min(place, common));
  if (first < 0) return to.length;
  if (place >= common) return first;
  const into = at - from.places.indexOf(place);
  let count = 0;
  while (to.places[first + count] === place) count++;
  return first + Math.min(Math.max(into, 0), count);
}

/** How many characters two texts begin with. */
export function commonStart(a: string, b: string): number {
  const [from, to] = [Array.from(a), Array.from(b)];
  let count = 0;
  while (count < from.length && from[count] === to[count]) count++;
  return count;
}
