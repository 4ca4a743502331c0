/// <reference types="node" />
/** What the figure that writes a typed text computes without a page. */

import { readFileSync } from "node:fs";
import { signal } from "@preact/signals-core";
import { describe, expect, test } from "vitest";
import { decodeCheckpoint, handCodes } from "../../../src/checkpoint/checkpoint.ts";
import { variousHands } from "../../../src/figures/type/hands.ts";
import { LONGEST_HOLD, movesOf, movesText, withMove } from "../../../src/figures/type/moves.ts";
import { nearest, rowAt, rowsOf } from "../../../src/figures/type/rows.ts";
import { commonStart, lineAt, sameLetter, scriptOf } from "../../../src/figures/type/script.ts";
import { letterFrom, windowOf } from "../../../src/figures/type/stairs.ts";
import type { WrittenLine } from "../../../src/figures/type/task.ts";
import { mixOf } from "../../../src/figures/type/text-model.ts";
import {
  choiceText,
  myHandText,
  openingText,
  pointText,
  unknownText,
} from "../../../src/figures/type/words.ts";
import type { Loaded } from "../../../src/frame/checkpoints.ts";

/** A line whose characters get so many points each; every step goes one unit to the right, letters end with a lift. */
function line(number: number, counts: readonly number[], changes: Partial<WrittenLine> = {}): WrittenLine {
  const pointers = Int32Array.from(counts.flatMap((count, place) => new Array<number>(count).fill(place)));
  const offsets = new Float32Array(3 * pointers.length);
  pointers.forEach((pointer, k) => {
    offsets.set([1, 0, pointers[k + 1] === pointer ? 0 : 1], 3 * k);
  });
  const advance = Float32Array.from(pointers, (_, k) => k / 100);
  return {
    line: number,
    offsets,
    pointers,
    advance,
    choice: { chosen: 0, refused: [""], unsure: false },
    lead: { offsets: new Float32Array(0), pointers: new Int32Array(0) },
    scale: 0.5,
    ...changes,
  };
}

const script = scriptOf(["ab c", "de"], [line(0, [2, 3, 1, 2]), line(1, [2, 2])]);

describe("a written text as one row of points", () => {
  test("each line begins with its own first point, and every point knows its character", () => {
    expect(script.length).toBe(9 + 5);
    expect([...script.places]).toEqual([0, 0, 0, 1, 1, 1, 2, 3, 3, 5, 5, 5, 6, 6]);
    expect([...script.x.subarray(0, 4)]).toEqual([0, 2, 4, 6]);
    expect(script.x[9]).toBe(0);
    expect(script.whole).toBe(true);
    expect(lineAt(script, 8)).toBe(script.lines[0]);
    expect(lineAt(script, 9)).toBe(script.lines[1]);
    expect(lineAt(script, 99)).toBe(script.lines[1]);
  });

  test("it is not whole while a line is missing, or its takes are compared", () => {
    expect(scriptOf(["ab c", "de"], [line(0, [1])]).whole).toBe(false);
    expect(scriptOf(["ab c"], [line(0, [1], { choice: null })]).whole).toBe(false);
  });

  test("what is written after the last character belongs to it", () => {
    expect([...scriptOf(["a"], [line(0, [1, 2])]).places]).toEqual([0, 0, 0, 0]);
  });

  test("the pen stays at its letter when another take comes", () => {
    const other = scriptOf(["ab c", "de"], [line(0, [5, 1, 1, 2]), line(1, [2, 2])]);
    expect(sameLetter(script, other, 2, Number.POSITIVE_INFINITY)).toBe(2);
    // At the end of "b", which is shorter there.
    expect(other.places[sameLetter(script, other, 6, Number.POSITIVE_INFINITY) - 1]).toBe(1);
    expect(sameLetter(script, other, 0, Number.POSITIVE_INFINITY)).toBe(0);
  });

  test("in another text it goes back to where the texts part", () => {
    const other = scriptOf(["ax"], [line(0, [4, 2])]);
    expect(sameLetter(script, other, 8, commonStart("ab c\nde", "ax"))).toBe(5);
    expect(commonStart("😀a", "😀b")).toBe(1);
    expect(commonStart("same", "same")).toBe(4);
  });

  test("keys go from letter to letter", () => {
    expect(letterFrom(script, 0, 1)).toBe(3);
    expect(letterFrom(script, 4, -1)).toBe(0);
    expect(letterFrom(script, 3, -1)).toBe(0);
    expect(letterFrom(script, 12, 1)).toBe(14);
  });
});

describe("rows", () => {
  test("each line begins a row, and a long line is broken between its words", () => {
    expect(rowsOf(script, 1000, 1000).rows.map(({ begin, end }) => [begin, end])).toEqual([
      [0, 9],
      [9, 14],
    ]);
    const narrow = rowsOf(script, 40, 2000);
    expect(narrow.rows.map(({ begin, end }) => [begin, end])).toEqual([
      [0, 7],
      [7, 9],
      [9, 14],
    ]);
  });

  test("a row ends at the lift nearest to the next word, where the pointer comes after the pen", () => {
    const early = scriptOf(["a b"], [line(0, [4, 5, 4])]);
    // The pen lifts after point 6, and the pointer comes to the second word at point 9.
    const lifted = Uint8Array.from(early.x, (_, p) => Number(p === 6 || p === 13));
    expect(rowsOf({ ...early, lifted }, 44, 2000).rows.map(({ begin }) => begin)).toEqual([0, 7]);
  });

  test("they are made smaller until they fit", () => {
    const { zoom, rows } = rowsOf(script, 1000, 90);
    expect(rows.length * 84 * zoom).toBeLessThanOrEqual(90);
  });

  test("ink that was made larger or smaller is seen to be, as long as it fits", () => {
    const usual = scriptOf(["ab c"], [line(0, [20, 30, 1, 20])]);
    const sized = (larger: number) =>
      scriptOf(["ab c"], [line(0, [20, 30, 1, 20], { scale: 0.5 / larger })], larger);
    const { zoom, rows } = rowsOf(usual, 200, 320);
    expect(zoom).toBeLessThan(1.6);
    expect(rows).toHaveLength(1);
    expect(rowsOf(sized(0.5), 200, 320).zoom).toBe(zoom);
    const larger = rowsOf(sized(1.3), 200, 1.3 * 320);
    expect(larger.zoom).toBe(zoom);
    expect(larger.rows).toHaveLength(2);
    const usualRows = rowsOf(script, 1000, 1000).rows;
    const [upper, lower] = larger.rows.map(({ top }) => top);
    expect(lower! - upper!).toBeCloseTo(1.3 * (usualRows[1]!.top - usualRows[0]!.top), 3);
    expect(rowsOf(sized(1.3), 200, 320).zoom).toBeLessThan(zoom);
  });

  test("empty lines stay free, and count as characters", () => {
    const apart = scriptOf(["ab c", "", "", "de"], [line(0, [2, 3, 1, 2]), line(1, [2, 2])]);
    expect(apart.lines.map(({ place, empty }) => [place, empty])).toEqual([
      [0, 0],
      [7, 2],
    ]);
    const [upper, lower] = rowsOf(apart, 1000, 1000).rows;
    const [first, next] = rowsOf(script, 1000, 1000).rows;
    expect(lower!.top - upper!.top).toBeCloseTo(next!.top - first!.top + 2 * 84, 3);
  });

  test("room is kept for what is not written yet", () => {
    const begun = scriptOf(["ab c", "", "de fgh"], [line(0, [2, 3], { choice: null })]);
    const { zoom, rows } = rowsOf(begun, 1000, 150);
    expect(rows.map(({ begin, end }) => [begin, end])).toEqual([[0, 6]]);
    const high = zoom * (84 * 3 + 2 * 36);
    expect(high).toBeLessThanOrEqual(150);
    expect(high).toBeGreaterThan(140);
    expect(rowsOf(scriptOf(["ab"], []), 100, 100).rows).toEqual([]);
  });

  test("the point nearest to a place", () => {
    const rows = rowsOf(script, 1000, 1000);
    const { left, top } = rowAt(rows, 12)!;
    const at = { x: (script.x[12]! + left) * rows.zoom, y: (script.y[12]! + top) * rows.zoom };
    expect(nearest(script, rows, at)).toEqual({ point: 12, distance: 0 });
  });
});

test("moves survive in an address; broken ones are left out", () => {
  const moves = [
    { line: 0, at: 120, to: 3, hold: 0 },
    { line: 1, at: 300, to: 7, hold: LONGEST_HOLD },
  ];
  expect(movesOf(movesText(moves))).toEqual(moves);
  expect(movesOf("")).toEqual([]);
  expect(movesOf("1.2~x~0.1.2.999~1.2.3.4.5")).toEqual([{ line: 0, at: 1, to: 2, hold: LONGEST_HOLD }]);
});

test("a move takes the place of later ones in its line, and there is an end to them", () => {
  const moves = movesOf("0.10.1.0~1.5.0.0~0.40.2.0");
  expect(withMove(moves, { line: 0, at: 20, to: 0, hold: 0 })).toEqual(movesOf("0.10.1.0~1.5.0.0~0.20.0.0"));
  const many = Array.from({ length: 20 }, (_, at) => ({ line: 0, at, to: 0, hold: 0 }));
  expect(withMove(many, { line: 0, at: 99, to: 0, hold: 0 })).toBeNull();
});

test("hands: the most usual one first, then those that differ most among the usual half", () => {
  const codes = Float32Array.of(0, 0, 1, 0, -1, 0, 0, 0.5, 9, 9, -9, 9, 9, -9, -9, -9);
  expect(variousHands(codes, 2, 3)).toEqual([0, 1, 2]);
  expect(variousHands(codes, 2, 8)).toHaveLength(8);
  expect(variousHands(new Float32Array(0), 2, 8)).toEqual([]);
});

test("the stairs show all points, or those around one", () => {
  expect(windowOf(100, 1000, 50)).toEqual({ from: 0, count: 100, wide: 4 });
  const { from, count } = windowOf(1000, 330, 500);
  expect(from + count / 2).toBe(500);
  expect(windowOf(1000, 330, 999).from + count).toBe(1000);
  expect(windowOf(1000, 330, 0).from).toBe(0);
});

test("what is said", () => {
  expect(pointText(script, script.lines[0]!, 4)).toBe(
    "Point 4 of line 1: “b”, its point 2. The letter is finished with a probability of 3 %.",
  );
  expect(pointText(script, script.lines[0]!, 6)).toContain("a space");
  expect(unknownText([])).toBe("");
  expect(unknownText([{ character: "☃", instead: null }])).toContain("“☃” is left out");
  const choice = { chosen: 1, refused: ['"a", character 1, was left out', ""], unsure: false };
  expect(choiceText(scriptOf(["a"], [line(0, [4], { choice })]), 2)).toBe(
    'The first take was not used: "a", character 1, was left out.',
  );
  const again = { chosen: 3, refused: ["", "", "", ""], unsure: false };
  expect(choiceText(scriptOf(["a"], [line(0, [4], { choice: again })]), 2)).toBe(
    "The first 2 takes were hard to read, so 4 were drawn.",
  );
  const hard = { ...again, unsure: true };
  expect(choiceText(scriptOf(["a"], [line(0, [4], { choice: hard })]), 2)).toContain("Even the best one");
  const bad = { chosen: 0, refused: ["the pen lingered", "the pen lingered"], unsure: true };
  expect(choiceText(scriptOf(["a"], [line(0, [4], { choice: bad })]), 2)).toContain("None of the 2 takes");
});

test("what the other figures open of it", () => {
  expect(openingText(null, false)).toBe("");
  expect(openingText(2, false)).toBe("Other figures open line 2. Press another line to open that one.");
  expect(openingText(null, true)).toContain("this line, without your own");
});

describe("the reader's learned hand", () => {
  const file = readFileSync(new URL("../../../../spec/golden/tiny-text.safetensors", import.meta.url));
  const checkpoint = decodeCheckpoint(new Uint8Array(file), "tiny");
  const text = signal({ checkpoint } as Loaded);
  const width = checkpoint.architecture.text!.hand;

  test("the more of it there is, the less of the chosen hand's code", () => {
    const mine = signal<number | null>(null);
    const hand = mixOf({ text, mine }, signal({ chosen: 1 }));
    expect(hand.value).toBe(1);
    mine.value = 1;
    expect(hand.value).toBeUndefined();
    mine.value = 0.75;
    const code = handCodes(checkpoint).slice(width, 2 * width);
    expect(hand.value).toEqual(code.map((number) => 0.25 * number));
  });

  test("the page says what it is written in, or why it is not", () => {
    expect(myHandText(false, null, 2)).toBe("");
    expect(myHandText(true, null, 2)).toContain("Press Learn in “Teach it your hand”");
    expect(myHandText(true, 1, 2)).toBe("It is written in your learned hand.");
    expect(myHandText(true, 0.5, 2)).toBe("It is written between your learned hand and hand 3.");
  });
});
