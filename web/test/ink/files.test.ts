/** Ink of JSON files, as spec/ink.md has it; SVG needs a browser (tests/browser/test_field.py). */

import { expect, test } from "vitest";
import { handwritten } from "../../src/ink/example.ts";
import { inkToJson } from "../../src/ink/files.ts";
import { InkFileError, readJson } from "../../src/ink/read-files.ts";

test("what the page writes is read back", () => {
  const strokes = handwritten("we", 3);
  const { points, penUp, scale } = readJson(inkToJson(strokes, {}, 1));
  expect(Array.from(points)).toEqual(strokes.flatMap(({ x, y }) => x.flatMap((value, k) => [value, y[k]!])));
  expect(penUp.reduce((sum, up) => sum + up, 0)).toBe(strokes.length);
  expect(penUp.at(-1)).toBe(1);
  expect(scale).toBeNull();
});

test("a last stroke may be open, and a scale may be known", () => {
  const head = { format: "pentrace-ink", format_version: 1, scale: 0.025, open: true };
  const ink = readJson(JSON.stringify({ ...head, strokes: [{ x: [0, 1.5, 3], y: [0, 2, 1] }] }));
  expect(Array.from(ink.penUp)).toEqual([0, 0, 0]);
  expect(ink.scale).toBe(0.025);
});

const whole = { format: "pentrace-ink", format_version: 1, strokes: [{ x: [0, 1], y: [0, 2] }] };

test.each([
  ["{", "it is not JSON"],
  [{ ...whole, format: "ink" }, 'format "pentrace-ink" is expected'],
  [{ ...whole, format_version: 2 }, "format_version 1 is expected"],
  [{ ...whole, strokes: 3 }, "strokes are expected"],
  [{ ...whole, scale: 0 }, "scale: a number above 0 is expected"],
  [{ ...whole, strokes: [{ x: [0, 1], y: [0] }] }, "stroke 0: x and y are expected"],
  [{ ...whole, strokes: [{ x: [0, null], y: [0, 1] }] }, "stroke 0: x and y are expected"],
  [{ ...whole, strokes: [{ x: [0, 1e9], y: [0, 1] }] }, "stroke 0: x and y are expected"],
  [{ ...whole, strokes: [null] }, "stroke 0: x and y are expected"],
  [{ ...whole, strokes: [{ x: [0], y: [0] }] }, "at least two points are expected"],
])("%j is refused with one sentence", (document, message) => {
  const text = typeof document === "string" ? document : JSON.stringify(document);
  expect(() => readJson(text)).toThrow(InkFileError);
  expect(() => readJson(text)).toThrow(message);
});
