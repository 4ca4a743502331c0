/// <reference types="node" />
/** The texts of lines that a hand is learned from. */

import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { decodeCheckpoint } from "../../../src/checkpoint/checkpoint.ts";
import { Engine } from "../../../src/engine/engine.ts";
import { Model } from "../../../src/engine/model.ts";
import { Recogniser } from "../../../src/engine/text/recogniser.ts";
import { scriptOf } from "../../../src/engine/text/scripts.ts";

const PACKAGE = new URL("../../../src/pentrace/", import.meta.url);
const bytes = (name: string) => new Uint8Array(readFileSync(new URL(name, PACKAGE)));
const module = (name: string) => new WebAssembly.Module(bytes(`static/${name}.wasm`));

test("texts are found in their lines, also with other marks", () => {
  const checkpoint = decodeCheckpoint(bytes("weights/text.safetensors"), "text");
  const known = checkpoint.architecture.text!;
  const recogniser = Recogniser.create(module("recogniser"), bytes("weights/recogniser.safetensors"));
  const engine = new Engine(new Model(module("engine"), checkpoint));
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
