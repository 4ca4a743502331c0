/** What is said of the character that is being written. */

import { expect, test } from "vitest";
import { counted, letter, letterAt, letterSign, lettersOf, readText } from "../../src/ink/letter.ts";

const text = readText({ words: "an é!", pointers: Int32Array.of(0, 0, 1, 2, 3, 4) });

test("a step has its character and the word about it; after the last point the line has ended", () => {
  expect(Array.from({ length: 7 }, (_, row) => letterAt(text, row))).toEqual([
    "“a” of “an”",
    "“a” of “an”",
    "“n” of “an”",
    "the space",
    "“é” of “é!”",
    "“!” of “é!”",
    "the end",
  ]);
  expect(letterAt(text, 7)).toBeNull();
  expect(letterAt(undefined, 0)).toBeNull();
});

test("places are counted in Unicode characters", () => {
  expect(letter("a😀b", 2)).toBe("“b”");
  expect(letterSign("a😀b", 1)).toBe("😀");
  expect([letterSign("a b", 1), letterSign("a b", 3), letterSign("a b", -1)]).toEqual(["␣", "■", "■"]);
  expect(lettersOf("a😀b", 1, 2)).toBe("“😀b”");
});

test("places are counted, the commonest first", () => {
  expect(counted(Int32Array.of(3, -1, 3, 4, 3, -1))).toEqual([
    [3, 3],
    [-1, 2],
    [4, 1],
  ]);
});
