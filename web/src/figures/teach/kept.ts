/** What the browser keeps for this figure, so that a reload loses nothing: the written lines, and hands. */

import { decodeInk, encodeWithin, InkCodeError } from "../../ink/encode.ts";
import type { Stroke } from "../../ink/stroke.ts";

const LINES = "pentrace-lines";
const HANDS = "pentrace-hand";
/** Characters of a line's ink; a longer one is kept with coarser points. */
const LONGEST = 20_000;

export type Lines = readonly (readonly Stroke[])[];

/** `count` lines; those are empty that are not kept, or that cannot be read. */
export function keptLines(count: number): Lines {
  const codes = codesOf(read(LINES));
  return Array.from({ length: count }, (_, k) => lineOf(codes[k]));
}

/** Returns whether the browser keeps them. */
export function keepLines(lines: Lines): boolean {
  if (lines.every(({ length }) => length === 0)) return keep(LINES, null);
  return keep(LINES, JSON.stringify(lines.map(codeOf)));
}

/** Whether there are hands that are kept. */
export function keepsHands(): boolean {
  return read(HANDS) !== null;
}

/** The files of hands that are kept. */
export function keptHands(): Uint8Array<ArrayBuffer>[] {
  try {
    const texts = (read(HANDS) ?? "").split(" ").filter(Boolean);
    return texts.map((text) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0)));
  } catch {
    return []; // Something else wrote there.
  }
}

/** Returns whether the browser keeps them. */
export function keepHands(files: readonly Uint8Array[]): boolean {
  const texts = files.map((file) => btoa(Array.from(file, (byte) => String.fromCharCode(byte)).join("")));
  return keep(HANDS, texts.length === 0 ? null : texts.join(" "));
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

function read(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null; // The browser keeps nothing for this page.
  }
}

function keep(key: string, text: string | null): boolean {
  try {
    if (text === null) localStorage.removeItem(key);
    else localStorage.setItem(key, text);
    return true;
  } catch {
    return false;
  }
}
