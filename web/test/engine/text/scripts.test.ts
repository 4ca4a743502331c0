/** The texts of lines that a hand is learned from. */

import { expect, test } from "vitest";
import { decodeCheckpoint } from "../../../src/checkpoint/checkpoint.ts";
import { Engine } from "../../../src/engine/engine.ts";
import { Model } from "../../../src/engine/model.ts";
import { Recogniser } from "../../../src/engine/text/recogniser.ts";
import { scriptOf } from "../../../src/engine/text/scripts.ts";
import { bytes, wasm } from "../../files.ts";

const weights = (name: string) => bytes(`src/pentrace/weights/${name}.safetensors`);

test("texts are found in their lines, also with other marks", () => {
  const checkpoint = decodeCheckpoint(weights("text"), "text");
  const known = checkpoint.architecture.text!;
  const recogniser = Recogniser.create(wasm("recogniser"), weights("recogniser"));
  const engine = new Engine(new Model(wasm("engine"), checkpoint));
  const line = '"Ada did,"';
  const state = engine.start(line, 12);
  const { offsets } = engine.write(state, 600, { seed: 3, variation: 0.3, cap: 150 });
  const found = scriptOf(offsets, line, known, recogniser)!;
  expect(Array.from(found.codes, (code) => known.alphabet[code - 1]).join("")).toBe(line);
  expect(found.first[0]).toBe(0);
  expect(scriptOf(offsets, " \u201cAda  did,\u201d", known, recogniser)).toEqual(found);
  // It says something else, the model cannot write it, or there is nothing.
  for (const other of ["quite another line, of other words", `${line} \u03b1`, ""]) {
    expect(scriptOf(offsets, other, known, recogniser)).toBeNull();
  }
});
