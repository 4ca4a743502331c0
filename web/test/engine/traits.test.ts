/** Traits of a hand are changed as in Python, to the bit: spec/golden/traits.json. */

import { expect, test } from "vitest";
import { decodeCheckpoint, handCode } from "../../src/checkpoint/checkpoint.ts";
import { type Amounts, changed, knowsTraits } from "../../src/engine/traits.ts";
import { bytes, json } from "../files.ts";
import { digest } from "../golden.ts";

const golden = json<{
  checkpoint: string;
  cases: { hand: number | null; amounts: Amounts; sha256: string }[];
}>("spec/golden/traits.json");
const file = bytes(golden.checkpoint);
const checkpoint = decodeCheckpoint(file, "text");
const none = new Float32Array(checkpoint.architecture.text!.hand);

test.each(golden.cases)("hand $hand with $amounts has the golden code", async ({ hand, amounts, sha256 }) => {
  const code = hand === null ? none : handCode(checkpoint, hand);
  expect(await digest(changed(code, amounts) as Float32Array<ArrayBuffer>)).toBe(sha256);
});

test("the changes are those of the included checkpoint that knows text, and of no other", async () => {
  expect(knowsTraits(await digest(file))).toBe(true);
  expect(knowsTraits(await digest(bytes("spec/golden/tiny-text.safetensors")))).toBe(false);
});
