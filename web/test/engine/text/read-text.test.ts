/** Figures that read an ink with its text see what the engine saw when it wrote it. */

import { expect, test } from "vitest";
import { CellTrace } from "../../../src/engine/cell-trace.ts";
import { Engine } from "../../../src/engine/engine.ts";
import { Model } from "../../../src/engine/model.ts";
import { PathStates } from "../../../src/engine/path.ts";
import { LEAST_AFTER_FORK } from "../../../src/engine/path-common.ts";
import { sameText } from "../../../src/engine/text/read-text.ts";
import { goldenCheckpoint, wasm } from "../../files.ts";

const module = wasm("engine");
const load = (name: string) => new Engine(new Model(module, goldenCheckpoint(name)));
const engine = load("tiny-text");
const words = "bad cab";
const written = engine.start(words, 1);
const { offsets, pointers } = engine.write(written, 1000, { seed: 3, cap: 30 });
const text = { words, hand: 1, pointers };
const n = pointers.length;

test("the states along the path are those of the writing", () => {
  const states = new PathStates(engine, text);
  states.read(offsets);
  expect(engine.cells(states.state(n))).toEqual(engine.cells(written));
  expect(states.state(10).pointer).toBe(pointers[10]);
  const plain = new PathStates(engine);
  plain.read(offsets);
  expect(engine.cells(plain.state(n))).not.toEqual(engine.cells(written));
});

test("on a fork the pointer moves by itself", () => {
  const states = new PathStates(engine, text);
  states.read(offsets);
  states.take({ row: 20, future: 4, seed: 9, variation: 1 });
  const state = engine.start(words, 1);
  engine.consume(state, offsets.subarray(0, 60), pointers.subarray(0, 20));
  const after = engine.sample(state, Math.max(offsets.length / 3 - 20, LEAST_AFTER_FORK), {
    ...{ seed: 9, stream: 4, origin: 20, variation: 1 },
  });
  // The ink ends where the line does.
  expect(states.offsets.subarray(60)).toEqual(after);
});

test("cells are those of the writing, too", () => {
  const trace = new CellTrace(engine, text);
  const { values } = trace.read(offsets, "c");
  expect(values.slice(-trace.cells)).toEqual(engine.cells(written));
  expect(new CellTrace(engine).read(offsets, "c").values).not.toEqual(values);
});

test("a model that knows no text reads the ink alone", () => {
  const other = load("tiny");
  const [own, alone] = [new CellTrace(other, text), new CellTrace(other)];
  expect(own.read(offsets, "h")).toEqual(alone.read(offsets, "h"));
});

test("texts are the same where words, hand and pointers are", () => {
  expect(sameText(undefined, undefined)).toBe(true);
  expect(sameText(text, { ...text, pointers: pointers.slice() })).toBe(true);
  expect(sameText(text, { ...text, hand: 0 })).toBe(false);
  expect(sameText(text, undefined)).toBe(false);
  expect(sameText(text, { ...text, pointers: pointers.map((each) => each + 1) })).toBe(false);
});
