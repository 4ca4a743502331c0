/** The page mixes hands as Python does, to the bit: spec/golden/mix.json. */

import { expect, test } from "vitest";
import { decodeCheckpoint } from "../../src/checkpoint/checkpoint.ts";
import { decodeHand, encodeHand } from "../../src/checkpoint/hand.ts";
import { DIRECTIONS } from "../../src/checkpoint/hand-changes.ts";
import { mixHands } from "../../src/checkpoint/mix.ts";
import { bytes, json } from "../files.ts";
import { digest, type GoldenScript, linesOf } from "../golden.ts";
import { learnedHere } from "../learned.ts";

const golden = json<{
  checkpoint: string;
  offsets: number[];
  rows: [number, number][];
  scripts: GoldenScript[];
  cases: { shares: number[]; sha256: string }[];
}>("spec/golden/mix.json");
const file = bytes(golden.checkpoint);
const checkpoint = decodeCheckpoint(file, golden.checkpoint);
const base = await digest(file);
const offsets = Float32Array.from(golden.offsets);
const hands = await Promise.all(
  linesOf(offsets, golden.rows, golden.scripts).map(async (line) => {
    const log = await learnedHere(checkpoint, base, [line], { passes: 1 });
    return log.at(-1)!.hand;
  }),
);
const mixed = (shares: number[]) =>
  mixHands(
    checkpoint,
    base,
    shares.map((share, k) => ({ hand: hands[k]!, share })),
  );

test.each(golden.cases)("a mix of $shares is the golden one", async ({ shares, sha256 }) => {
  expect(await digest(encodeHand(mixed(shares), checkpoint.architecture))).toBe(sha256);
});

test("all of one hand is that hand, and none of it is the plain model", () => {
  for (const [name, tensor] of hands[0]!.tensors) {
    expect(mixed([1]).tensors.get(name)).toEqual(tensor);
    if (name !== DIRECTIONS)
      expect(
        mixed([0])
          .tensors.get(name)!
          .every((change) => change === 0),
      ).toBe(true);
  }
});

test("a mix has no score, in its file either", () => {
  const file = encodeHand(mixed([0.5, 0.5]), checkpoint.architecture);
  const { before, after, lines } = decodeHand(file, "ours");
  expect({ before, after, lines }).toEqual({ before: null, after: null, lines: 2 });
});

test("hands of two checkpoints do not mix", () => {
  const other = { ...hands[1]!, base: "0".repeat(64) };
  const parts = [
    { hand: hands[0]!, share: 0.5 },
    { hand: other, share: 0.5 },
  ];
  expect(() => mixHands(checkpoint, base, parts)).toThrow(/expected the checkpoint that it was learned on/);
});
