import { expect, test } from "vitest";
import { cellsInWords, cellsOf } from "../../src/cells/words.ts";

test.each([
  ["12", [12]],
  ["12,40-43", [12, 40, 41, 42, 43]],
  ["7, 3-5", [7, 3, 4, 5]],
  ["3-5,4,5-6", [3, 4, 5, 6]],
])("%s names cells in their order, each once", (text, cells) => {
  expect(cellsOf(text)).toEqual(cells);
  expect(cellsOf(cellsInWords(cells))).toEqual(cells);
});

test.each(["", ",", "a", "5-3", "-1", "1-", "1.5", "9000", "0-99999"])("“%s” names none", (text) => {
  expect(cellsOf(text)).toBeUndefined();
});

test("only what rises one by one becomes a range", () => {
  expect(cellsInWords([3, 4, 5, 7, 6, 9])).toBe("3-5,7,6,9");
  expect(cellsInWords([])).toBe("");
});
