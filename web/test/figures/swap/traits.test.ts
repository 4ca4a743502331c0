/** What the figure says of traits: how much comes along, and whether random cells do as well. */

import { expect, test } from "vitest";
import stored from "../../../../docs/patches.json" with { type: "json" };
import type { Traits } from "../../../src/explain/patch.ts";
import { DRAWS } from "../../../src/explain/silence.ts";
import { bestCells, measuredOf } from "../../../src/figures/swap/measured.ts";
import type { MeasuredReply } from "../../../src/figures/swap/task.ts";
import { letterRow, traitRows, verdict } from "../../../src/figures/swap/traits.ts";
import { heads, inkNames, inkTitle, statusText } from "../../../src/figures/swap/words.ts";

const traits = (slant: number, size: number): Traits => ({
  slant: { mean: slant, error: 0.5 },
  size: { mean: size, error: 0.5 },
  spacing: { mean: 0.1, error: 0.01 },
  "pen rhythm": { mean: Number.NaN, error: Number.NaN },
});
const measured = (draws: number): MeasuredReply => ({
  receiver: traits(0, 2),
  donor: traits(-10, 3),
  both: traits(-7.5, 2.9),
  random: Array.from({ length: draws }, (_, k) => traits(k === 0 ? -2 : 1, 2)),
  of: DRAWS,
});

test("the share of the difference, and that of random cells", () => {
  const [slant, size, spacing, rhythm] = traitRows(measured(DRAWS));
  expect(slant).toMatchObject({
    title: "Slant",
    share: "75 % of the difference (at random −10 % to 20 %)",
    detail: "0 → −7.50 degrees; donor −10.0; at random −2.00 to 1.00",
    beats: true,
  });
  // Means of 2 and 3 with errors of 0.5 are not three errors apart.
  expect(size).toMatchObject({ share: "The two hands hardly differ in it.", beats: false });
  expect(spacing?.share).toBe("The two hands hardly differ in it.");
  expect(rhythm?.detail).toBe("– → – lifts in 100 points; donor –; at random –");
});

test("a verdict needs all draws, and all of them to stay behind", () => {
  const early = measured(3);
  expect(traitRows(early)[0]?.beats).toBe(false);
  expect(verdict(traitRows(early), early, 10)).toBe(
    "Measuring with random cells: 3 of 19 choices of as many others.",
  );
  const all = measured(DRAWS);
  expect(verdict(traitRows(all), all, 10)).toBe(
    "Slant comes along further than with any of 19 random choices of 10 cells.",
  );
  const one = { ...all, random: [...all.random.slice(1), traits(-8, 2)] };
  expect(verdict(traitRows(one), one, 1)).toBe(
    "Nothing comes along further than with any of 19 random choices of one cell.",
  );
  expect(verdict([], { ...all, random: [], of: 0 }, 500)).toContain("not as many other cells");
});

test("the letter that the donor writes next", () => {
  const reply = { letter: "a", donor: 0.9, receiver: 0.1, both: 0.8, random: [0.1, 0.2], futures: 16 };
  const [row] = letterRow(reply);
  expect(row).toMatchObject({
    title: "Letter “a”",
    share: "88 % of the difference",
    detail: "10 % → 80 % of the futures; donor 90 %; at random 10 % to 20 %",
    beats: false,
  });
  expect(letterRow({ ...reply, random: Array(DRAWS).fill(0.2) })[0]?.beats).toBe(true);
  expect(letterRow({ ...reply, receiver: 0.8 })[0]?.share).toContain("hardly be told apart");
  expect(letterRow({ ...reply, letter: "" })).toEqual([]);
  const all = measured(DRAWS);
  expect(verdict(traitRows(all), all, 0)).toBe(
    "Slant comes along further than with any of 19 random directions.",
  );
});

test("headings and the line above", () => {
  expect(inkTitle("Donor", "your ink", 12, 40)).toBe("Donor: your ink, step 12 of 40");
  expect(inkNames(false, true)).toEqual(["the opened text", "the same in another hand"]);
  expect(inkTitle("Receiver", "the example", 1, 1)).toBe("Receiver: the example, step 1");
  expect(heads({ cells: 1, random: true, direction: "" })[1]).toBe("With 1 random cell of the donor");
  expect(heads({ cells: 0, random: false, direction: "" })[1]).toBe("With no cell of the donor");
  expect(heads({ cells: 0, random: false, direction: "slant" })[1]).toBe("Moved to the donor along “slant”");
  const plain = { random: false, direction: "" };
  const ink = { offsets: new Float32Array(9), firstLifted: false, origin: { x: 0, y: 0 }, scale: 1 };
  const inks = [
    { ...ink, step: 3, usual: 3, words: null },
    { ...ink, step: 1, usual: 3, words: null },
  ] as const;
  const lines = (...lengths: number[]) =>
    lengths.map((n) => ({ offsets: new Float32Array(3 * n), pointers: new Int32Array(n) }));
  const written = { cells: [4, 5], before: lines(9, 9), after: lines(9, 4), scale: 1 };
  expect(statusText({ inks, donor: 1, written, pending: false }, plain)).toBe(
    "After 3 movements, 2 cells of the receiver have the values that the donor had after 1. Both sides use the same random numbers.",
  );
  const ended = { ...written, before: lines(0, 1), after: lines(0, 0) };
  expect(statusText({ inks, donor: 1, written: ended, pending: false }, plain)).toBe(
    "After 3 movements the text of the receiver is at its end, so nothing is written on. Look at an earlier step of it.",
  );
  expect(statusText({ inks, donor: 0, written, pending: true }, plain)).toContain("Looking for the cells");
  expect(statusText({ inks, donor: 1, written, pending: false }, { ...plain, direction: "size" })).toContain(
    "moved along the direction of “size”, as far as that of the donor lies beyond it after 1.",
  );
});

test("what was measured is of one checkpoint", () => {
  expect(measuredOf("0".repeat(64))).toBeNull();
  expect(measuredOf(undefined)).toBeNull();
  const known = measuredOf(stored.checkpoint.sha256);
  const best = bestCells(known!);
  expect(best.length).toBeGreaterThanOrEqual(150);
  expect(new Set(best).size).toBe(best.length);
  expect(best.slice(0, 10)).toEqual(stored.groups["the 10 cells that tell hands apart best"].numbers);
});
