/**
 * What the browser keeps for this figure, so that a reload loses nothing. Hands are in IndexedDB. The written lines are
 * in localStorage, which has them at once: a page that is closed after a stroke has kept it.
 */

import { del, get, set } from "idb-keyval";
import { keep, read } from "../../frame/storage.ts";
import { decodeInk, encodeWithin, InkCodeError } from "../../ink/encode.ts";
import type { Stroke } from "../../ink/stroke.ts";

const LINES = "pentrace-lines";
const HANDS = "pentrace-hands";
/** Characters of a line's ink; a longer one is kept with coarser points. */
const LONGEST = 20_000;

export type Lines = readonly (readonly Stroke[])[];

/** `count` lines; those are empty that are not kept, or that cannot be read. */
export function keptLines(count: number): Lines {
  const codes = codesOf(read("local", LINES));
  return Array.from({ length: count }, (_, k) => lineOf(codes[k]));
}

/** Returns whether the browser keeps them. */
export function keepLines(lines: Lines): boolean {
  if (lines.every(({ length }) => length === 0)) return keep("local", LINES, null);
  return keep("local", LINES, JSON.stringify(lines.map(codeOf)));
}

/** The files of hands that are kept. */
export async function keptHands(): Promise<Uint8Array<ArrayBuffer>[]> {
  try {
    const files: unknown = await get(HANDS);
    return Array.isArray(files) ? files.filter(isFile) : [];
  } catch {
    return []; // The browser keeps nothing for this page.
  }
}

/** Resolves to whether the browser keeps them. */
export async function keepHands(files: readonly Uint8Array[]): Promise<boolean> {
  try {
    await (files.length === 0 ? del(HANDS) : set(HANDS, files));
    return true;
  } catch {
    return false;
  }
}

/** Something else could have written there. */
function isFile(value: unknown): value is Uint8Array<ArrayBuffer> {
  return value instanceof Uint8Array;
}

const known = new WeakMap<readonly Stroke[], string>();

/** The text of a line; a line that has not changed is not encoded again. */
function codeOf(strokes: readonly Stroke[]): string {
  if (strokes.length === 0) return "";
  const code = known.get(strokes) ?? encodeWithin(strokes, LONGEST).short;
  known.set(strokes, code);
  return code;
}

function codesOf(text: string | null): unknown[] {
  try {
    const codes: unknown = JSON.parse(text ?? "[]");
    return Array.isArray(codes) ? codes : [];
  } catch {
    return [];
  }
}

function lineOf(code: unknown): readonly Stroke[] {
  if (typeof code !== "string" || code === "") return [];
  try {
    return decodeInk(code);
  } catch (error) {
    if (!(error instanceof InkCodeError)) throw error;
    return [];
  }
}
