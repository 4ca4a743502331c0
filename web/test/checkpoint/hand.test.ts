/** Hands in files: the ink that is kept there, and what no file may hold. Hands themselves: engine/hand/learn.test.ts. */

import { expect, test } from "vitest";
import { decodeCheckpoint } from "../../src/checkpoint/checkpoint.ts";
import { decodeHand, encodeHand, type KeptLine } from "../../src/checkpoint/hand.ts";
import { HandError } from "../../src/checkpoint/hand-changes.ts";
import { bytes } from "../files.ts";
import { digest } from "../golden.ts";
import { learnedHere } from "../learned.ts";

const file = bytes("spec/golden/tiny-text.safetensors");
const checkpoint = decodeCheckpoint(file, "tiny");
const offsets = Float32Array.from({ length: 3 * 120 }, (_, k) => (k % 3 === 2 ? 0 : Math.sin(k)));
const passes = await learnedHere(checkpoint, await digest(file), [{ offsets, script: null }], { passes: 1 });
const { hand } = passes.at(-1)!;
const line: KeptLine = {
  points: Float32Array.of(0, 0, 1, 2),
  penUp: Uint8Array.of(0, 1),
  scale: 0.5,
  text: null,
};

function encoded(...ink: Partial<KeptLine>[]): Uint8Array<ArrayBuffer> {
  const lines = ink.map((changed) => ({ ...line, ...changed }));
  return encodeHand({ ...hand, ink: lines }, checkpoint.architecture);
}

test("texts beyond ASCII keep the numbers at multiples of eight bytes", () => {
  for (const text of ["“Hello”", "Ebert’s", "’", "a"]) {
    const found = encoded({ text });
    expect(new DataView(found.buffer).getBigUint64(0, true) % 8n).toBe(0n);
    const read = decodeHand(found, "mine");
    expect(read.ink).toEqual([{ ...line, text }]);
    expect(encodeHand(read, checkpoint.architecture)).toEqual(found);
  }
});

test.each([{ scale: 0 }, { scale: -1 }, { points: Float32Array.of(0, 0, 1, 2e7) }])(
  "kept ink that Python refuses is refused: %o",
  (changed) => {
    expect(() => decodeHand(encoded(changed), "mine")).toThrow(
      "mine: ink: expected the lines that the hand was learned from, found something else",
    );
  },
);

test("a file that could not be opened is not written", () => {
  const long = { text: "a".repeat(2 ** 20) };
  expect(() => encoded(long)).toThrow(HandError);
  expect(() => encoded(long)).toThrow(
    /expected at most 1,048,576 bytes, found 1,0\d\d,\d\d\d; mix fewer hands/,
  );
});
