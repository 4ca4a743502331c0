/**
 * What the browser keeps for this figure, so that a reload loses nothing. Hands are in IndexedDB. The written lines are
 * in localStorage, which has them at once: a page that is closed after a stroke has kept it.
 */

import { get, update } from "idb-keyval";
import { keep, read } from "../../frame/storage.ts";
import { decodeInk, encodeWithin, InkCodeError } from "../../ink/encode.ts";
import type { Stroke } from "../../ink/stroke.ts";

const LINES = "pentrace-lines";
const HANDS = "pentrace-hands";
/** Characters of a line's ink; a longer one is kept with coarser points. */
const LONGEST = 20_000;

export type Lines = readonly (readonly Stroke[])[];
export type HandFiles = readonly Uint8Array<ArrayBuffer>[];

/** `count` lines; those are empty that are not kept, or that cannot be read. */
export function keptLines(count: number): Lines {
  const codes = codesOf(read("local", LINES));
  return Array.from({ length: count }, (_, k) => lineOf(codes[k]));
}

/** Keeps one line and leaves the others, which another tab may have written. Returns whether the browser keeps it. */
export function keepLine(k: number, strokes: readonly Stroke[]): boolean {
  const before = codesOf(read("local", LINES));
  const codes = Array.from({ length: Math.max(before.length, k + 1) }, (_, at) => before[at] ?? "");
  const code = codeOf(strokes);
  if (code === null) return false;
  codes[k] = code;
  return keep("local", LINES, codes.every((code) => code === "") ? null : JSON.stringify(codes));
}

/** Forgets the lines of all tabs. Returns whether it could. */
export function forgetLines(): boolean {
  return keep("local", LINES, null);
}

/** The files of hands that are kept. */
export async function keptHands(): Promise<HandFiles> {
  try {
    return filesOf(await get(HANDS));
  } catch {
    return []; // The browser keeps nothing for this page.
  }
}

/** Changes the files that are kept, which may be others than before: of another tab. Resolves to whether it could. */
export async function changeHands(change: (files: HandFiles) => HandFiles): Promise<boolean> {
  try {
    await update(HANDS, (files: unknown) => change(filesOf(files)));
    return true;
  } catch {
    return false;
  }
}

/** Something else could have written there. */
function filesOf(value: unknown): HandFiles {
  return Array.isArray(value) ? value.filter(isFile) : [];
}

function isFile(value: unknown): value is Uint8Array<ArrayBuffer> {
  return value instanceof Uint8Array;
}

/** null where no code can have it, because it has too many points. */
function codeOf(strokes: readonly Stroke[]): string | null {
  if (strokes.length === 0) return "";
  try {
    return encodeWithin(strokes, LONGEST).short;
  } catch (error) {
    if (!(error instanceof InkCodeError)) throw error;
    return null;
  }
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
