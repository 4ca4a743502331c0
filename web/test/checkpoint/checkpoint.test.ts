/** Checkpoints that break a rule are refused in the words that Python uses too (spec/golden/hostile.json). */

import { expect, test } from "vitest";
import { CheckpointError, decodeCheckpoint } from "../../src/checkpoint/checkpoint.ts";
import { bytes, json } from "../files.ts";

const messages = json<Record<string, string>>("spec/golden/hostile.json");

test("there are hostile files", () => {
  expect(Object.keys(messages).length).toBeGreaterThan(40);
});

test.each(Object.entries(messages))("%s", (file, message) => {
  const blob = bytes(`spec/golden/hostile/${file}`);
  expect(() => decodeCheckpoint(blob, file)).toThrow(new CheckpointError(message));
});
