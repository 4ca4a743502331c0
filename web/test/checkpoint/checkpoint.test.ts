/// <reference types="node" />
/** Checkpoints that break a rule are refused in the words that Python uses too (spec/golden/hostile.json). */

import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { CheckpointError, decodeCheckpoint } from "../../src/checkpoint/checkpoint.ts";

const GOLDEN = new URL("../../../spec/golden/", import.meta.url);
const messages = JSON.parse(readFileSync(new URL("hostile.json", GOLDEN), "utf-8")) as Record<string, string>;

test("there are hostile files", () => {
  expect(Object.keys(messages).length).toBeGreaterThan(40);
});

test.each(Object.entries(messages))("%s", (file, message) => {
  const blob = new Uint8Array(readFileSync(new URL(`hostile/${file}`, GOLDEN)));
  expect(() => decodeCheckpoint(blob, file)).toThrow(new CheckpointError(message));
});
