/** Futures that part in the text. */

import { expect, test } from "vitest";
import { apart, endLetters } from "../../src/futures/end-letters.ts";
import { Field, type Path } from "../../src/futures/field.ts";

const path = {
  length: 1,
  x: Float64Array.of(0, 10),
  y: Float64Array.of(0, 0),
  offsets: Float32Array.of(5, 0, 0),
  scale: 0.5,
  text: { words: "at", characters: Int32Array.of(0, 0) },
} as unknown as Path;
const draws = { steps: 2, seed: 1, variation: 1 };
/** One goes down by 2 model units in all, one up by 2, two to the right by 4. */
const futures = Float32Array.of(
  ...[0, 1, 0, 0, 1, 0],
  ...[0, -1, 0, 0, -1, 0],
  ...[2, 0, 0, 2, 0, 0],
  ...[2, 0, 0, 2, 0, 0],
);

function field(ends: readonly number[], along: Path = path): Field {
  const made = new Field(along, draws, 4);
  made.add({ row: 1, first: 0, count: 2 }, futures.slice(0, 12), Int32Array.from(ends.slice(0, 2)));
  made.add({ row: 1, first: 2, count: 2 }, futures.slice(12), Int32Array.from(ends.slice(2)));
  return made;
}

test("each character lies where those futures end that get to it", () => {
  expect(endLetters(field([0, 0, 1, 1]), 1)).toEqual([
    { text: "a", x: 10, y: 0, share: 0.5 },
    { text: "t", x: 18, y: 0, share: 0.5 },
  ]);
  expect(endLetters(field([-1, 0, 0, 0]), 1)[1]).toEqual({ text: "■", x: 10, y: 4, share: 0.25 });
});

test("nothing is said where all get to the same character, where none is there yet, and without a text", () => {
  expect(endLetters(field([1, 1, 1, 1]), 1)).toEqual([]);
  expect(endLetters(field([0, 0, 1, 1]), 0)).toEqual([]);
  expect(endLetters(field([0, 0, 1, 1], { ...path, text: undefined }), 1)).toEqual([]);
});

test("no letter covers another", () => {
  const at = (text: string, x: number, y: number) => ({ text, x, y, share: 0.3 });
  const placed = apart([at("a", 0, 0), at("b", 1, 1), at("c", 9, 30), at("d", 0, 1)], 10);
  expect(placed.map(({ text, x, y }) => [text, x, y])).toEqual([
    ["a", 0, 0],
    ["b", 10, 1],
    ["c", 9, 30],
    ["d", 20, 1],
  ]);
});
