/** Every file of ink that both readers, Python's and the page's, must read alike: spec/golden/inks/cases.json. */

import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { unpacked } from "../../src/ink/formats/compressed.ts";
import { type FileInk, readInk } from "../../src/ink/read-files.ts";

type Point = readonly [number, number];

interface Case {
  readonly name: string;
  /** One of these says what the file is. */
  readonly svg?: string;
  readonly inkml?: string;
  readonly json?: unknown;
  readonly text?: string;
  readonly file?: string;
  readonly suffix?: string;
  readonly encoding?: string;
  /** One of these says what is right. */
  readonly strokes?: readonly (readonly Point[])[];
  readonly ends?: readonly (readonly [number, Point, Point])[];
  readonly error?: string;
  readonly notes?: readonly string[];
  readonly time?: readonly number[];
  readonly pressure?: readonly (number | null)[];
  readonly scale?: number;
  readonly unit_mm?: number;
}

const FOLDER = new URL("../../../spec/golden/inks/", import.meta.url);
const CASES = JSON.parse(readFileSync(new URL("cases.json", FOLDER), "utf8")) as Case[];

test.each(CASES)("$name", async (one) => {
  const [name, bytes] = fileOf(one);
  const read = async (): Promise<FileInk> => readInk(name, await unpacked(bytes, 2 ** 24));
  if (one.error !== undefined) {
    const message = await errorOf(read);
    // Python and the browser have their own words for broken XML and JSON.
    if (one.error.endsWith(": ")) expect(message).toMatch(one.error);
    else expect(message).toBe(one.error);
    expect(message).not.toContain("\n");
    return;
  }
  const ink = await read();
  expect(ink.notes).toEqual(one.notes ?? []);
  checkStrokes(ink, one);
  near(ink.time, one.time, 1e-3);
  near(
    ink.pressure,
    one.pressure?.map((value) => value ?? Number.NaN),
    1e-3,
  );
  near(ink.scale === null ? null : [ink.scale], one.scale === undefined ? undefined : [one.scale], 1e-9);
  near(
    ink.unitMm === null ? null : [ink.unitMm],
    one.unit_mm === undefined ? undefined : [one.unit_mm],
    1e-9,
  );
});

function checkStrokes(ink: FileInk, { strokes, ends }: Case): void {
  const found = strokesOf(ink);
  if (strokes !== undefined) {
    expect(found.map((stroke) => stroke.length)).toEqual(strokes.map((stroke) => stroke.length));
    near(found.flat(2), strokes.flat(2), 1e-4);
    return;
  }
  const short = (value: number): number => Math.round(value * 1e4) / 1e4 + 0;
  const short2 = ([x, y]: Point): Point => [short(x), short(y)];
  expect(found.map((stroke) => [stroke.length, short2(stroke[0]!), short2(stroke.at(-1)!)])).toEqual(ends);
}

function strokesOf({ points, penUp }: FileInk): Point[][] {
  const strokes: Point[][] = [[]];
  penUp.forEach((up, k) => {
    strokes.at(-1)!.push([points[2 * k]!, points[2 * k + 1]!]);
    if (up === 1 && k + 1 < penUp.length) strokes.push([]);
  });
  return strokes;
}

function near(found: ArrayLike<number> | null, expected: readonly number[] | undefined, by: number): void {
  expect(found === null).toBe(expected === undefined);
  const apart = (expected ?? []).map((value, k) => [value, found![k]!]);
  expect(found?.length ?? 0).toBe(apart.length);
  for (const [a, b] of apart) {
    if (Number.isNaN(a)) expect(b).toBeNaN();
    else expect(Math.abs(a! - b!)).toBeLessThanOrEqual(by);
  }
}

async function errorOf(read: () => Promise<unknown>): Promise<string> {
  try {
    await read();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error("it was read");
}

const SVG = `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" \
width="100" height="100" viewBox="0 0 100 100">`;

/** Name and bytes of a case's file. */
function fileOf(one: Case): [string, Uint8Array] {
  if (one.file !== undefined) {
    return [one.file, readFileSync(new URL(one.file, FOLDER))];
  }
  if (one.svg !== undefined) return ["ink.svg", encoded(`${SVG}${one.svg}</svg>`)];
  if (one.inkml !== undefined) {
    return ["ink.inkml", encoded(`<ink xmlns="http://www.w3.org/2003/InkML">${one.inkml}</ink>`)];
  }
  if (one.json !== undefined) return ["ink.json", encoded(JSON.stringify(one.json))];
  return [`ink${one.suffix}`, encoded(one.text!, one.encoding)];
}

function encoded(text: string, encoding = "utf-8"): Uint8Array {
  if (encoding === "utf-16-be") return Buffer.from(text, "utf16le").swap16();
  if (encoding === "utf-16-le") return Buffer.from(text, "utf16le");
  // The one letter of the list that is not ASCII.
  if (encoding === "shift_jis") return Buffer.from(text.replace("\u3042", "\u0082\u00a0"), "latin1");
  return Buffer.from(text, encoding === "latin-1" ? "latin1" : "utf-8");
}
