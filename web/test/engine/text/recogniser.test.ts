/** The recogniser gives the same bits as in Python (spec/golden/recogniser.json), and takes are chosen alike. */

import { expect, test } from "vitest";
import { Recogniser } from "../../../src/engine/text/recogniser.ts";
import { chooseTake } from "../../../src/engine/text/takes.ts";
import { bytes, json, wasm } from "../../files.ts";
import { digest } from "../../golden.ts";

const TINY = "spec/golden/tiny-recogniser.safetensors";

interface Golden {
  ink: number[];
  cap: number;
  files: Record<
    string,
    { file: string; text: string; probabilities: string; read: string; score: number; first: number[] | null }
  >;
  choices: {
    name: string;
    text: string;
    counts: number[][];
    scores: (number | null)[];
    chosen: number;
    refused: string[];
    unsure: boolean;
  }[];
}

const golden = json<Golden>("spec/golden/recogniser.json");
const module = wasm("recogniser");
const ink = Float32Array.from(golden.ink);

test.each(Object.entries(golden.files))("%s", async (path, expected) => {
  const file = bytes(path);
  const recogniser = Recogniser.create(module, file);
  const found = recogniser.align(ink, expected.text);
  expect({
    file: await digest(file),
    text: expected.text,
    probabilities: await digest(recogniser.probabilities(ink)),
    read: recogniser.read(ink),
    score: recogniser.score(ink, expected.text),
    aligned: found?.score ?? null,
    first: found && Array.from(found.first),
  }).toEqual(expected);
});

test.each(golden.choices)("takes: $name", ({ text, counts, scores, chosen, refused, unsure }) => {
  const pointers = counts.map((take) =>
    Int32Array.from([...take.flatMap((n, place) => new Array<number>(n).fill(place)), -1, -1]),
  );
  const numbers = scores.map((score) => score ?? -Infinity);
  expect(chooseTake(text, pointers, numbers, golden.cap)).toEqual({ chosen, refused, unsure });
});

test("dots say nothing, and a short ink has no room for a long text", () => {
  const recogniser = Recogniser.create(module, bytes(TINY));
  const dot = Float32Array.of(0, 0, 1);
  expect(recogniser.read(dot)).toBe("");
  expect(recogniser.score(dot, "a")).toBe(-Infinity);
  expect(recogniser.align(dot, "a")).toBeNull();
  expect(recogniser.score(ink.slice(0, 12), "abcabcabcabc")).toBe(-Infinity);
  expect(recogniser.align(ink.slice(0, 12), "abcabcabcabc")).toBeNull();
});

test("what cannot be read is refused in words", () => {
  const recogniser = Recogniser.create(module, bytes(TINY));
  expect(() => recogniser.score(ink, "ax")).toThrow(
    'text: expected characters that the recogniser knows, found "x" at 1',
  );
  expect(() => recogniser.align(ink, "")).toThrow("text: expected 1 to 1024 characters, found 0");
  expect(() => recogniser.read(Float32Array.of(0, Number.NaN, 0))).toThrow(
    "offsets: expected finite numbers",
  );
  expect(() => Recogniser.create(module, Uint8Array.of(1, 2, 3))).toThrow("recogniser: file: expected");
  expect(() => Recogniser.create(module, bytes("spec/golden/tiny.safetensors"))).toThrow(
    "recogniser: expected the weights of a recogniser, found another file",
  );
  expect(() => Recogniser.create(module, bytes(TINY).slice(0, -4))).toThrow(
    "recogniser: head.bias: expected 20 bytes, found 16",
  );
});
