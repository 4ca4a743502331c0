/** A written line as the other figures read it. */

import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { decodeCheckpoint } from "../../../src/checkpoint/checkpoint.ts";
import { Engine } from "../../../src/engine/engine.ts";
import { Model } from "../../../src/engine/model.ts";
import { Sources } from "../../../src/engine/path.ts";
import { sheetSource } from "../../../src/engine/source.ts";
import { TextReading } from "../../../src/engine/text/read-text.ts";
import { CAP } from "../../../src/engine/text/written.ts";
import { openedOf } from "../../../src/figures/type/opened.ts";
import type { Prime } from "../../../src/figures/type/prime.ts";
import { scriptOf } from "../../../src/figures/type/script.ts";
import { type TakesRequest, typeTask } from "../../../src/figures/type/task.ts";
import { RULING, writtenOn } from "../../../src/ink/stroke.ts";

const root = new URL("../../../../", import.meta.url);
let model: Model;
let engine: Engine;

beforeAll(async () => {
  const module = await WebAssembly.compile(readFileSync(new URL("src/pentrace/static/engine.wasm", root)));
  const bytes = new Uint8Array(readFileSync(new URL("spec/golden/tiny-text.safetensors", root)));
  model = new Model(module, decodeCheckpoint(bytes, "tiny-text"));
  engine = new Engine(model);
});

const REQUEST = {
  ...{ lines: ["bad", "cab"], hand: 1, prime: null, seed: 3, variation: 0.6, candidates: 1, moves: [] },
  ...{ line: 0, first: 0, total: 1 },
} satisfies TakesRequest;

/** The second line, opened. */
function opened(prime: Prime | null, hand: number | undefined = prime === null ? 1 : undefined) {
  const task = typeTask(model);
  const request = { ...REQUEST, prime, hand };
  const lines = [0, 1].flatMap((line) => [...task.takes({ ...request, line })]);
  const choice = { chosen: 0, refused: [""], unsure: false };
  const written = lines
    .filter((each) => each !== undefined)
    .flatMap(({ line, takes }) => [...task.finish({ ...request, line, take: takes[0]!, choice })]);
  const script = scriptOf(
    request.lines,
    written.filter((each) => each !== undefined),
  );
  return openedOf(script.lines[1]!, request, "tiny-text.safetensors");
}

describe("a line", () => {
  test("is read with its own text and hand, from its beginning", () => {
    const { source, primed, line } = opened(null);
    expect([source.text.words, source.text.hand, primed, line]).toEqual(["cab", 1, false, "Line 2 of 2"]);
    const state = engine.start("cab", 1);
    const again = engine.write(state, 2000, { seed: 3, variation: 0.6, cap: CAP, stream: 1 });
    expect(source.offsets).toEqual(again.offsets);
    expect(source.text.pointers).toEqual(again.pointers);
  });

  test("after a prime is read with it, so that the states are those in which it was written", () => {
    const ink = engine.write(engine.start("cab"), 300, { seed: 9, cap: CAP });
    const pointers = Int32Array.of(...ink.pointers.map((pointer) => Math.min(pointer, 2)), 3);
    const prime = {
      text: "cab",
      offsets: ink.offsets,
      pointers,
      scale: 0.5,
      end: { x: 7, y: -2 },
      letters: new Map(),
      read: [],
    };
    const { source, primed, continuation } = opened(prime);
    const { words, hand, pointers: places } = source.text;
    expect([words, hand, primed]).toEqual(["cab cab", null, true]);
    expect(opened(prime, 1).source.text.hand).toBe(1);
    expect(source.offsets.subarray(0, ink.offsets.length)).toEqual(ink.offsets);
    expect(places).toHaveLength(source.offsets.length / 3);
    // Where the line begins, the model is in the state in which it wrote it.
    const begin = places.findIndex((place) => place >= 4);
    const state = engine.start(words);
    engine.consume(state, ink.offsets, pointers);
    const all = engine.write(state, 2000, { seed: 3, variation: 0.6, cap: CAP, stream: 1 });
    expect(source.offsets.subarray(ink.offsets.length)).toEqual(all.offsets);
    expect(begin).toBe(ink.pointers.length + all.pointers.findIndex((place) => place >= 4));
    expect(continuation.lifts).toHaveLength(all.pointers.length);
    expect(continuation.points[0]).toBeCloseTo(7 + all.offsets[0]! / 0.5, 4);
  });

  test("on the sheet has the same number of offsets, which are read with the same text", () => {
    const { source, continuation } = opened(null);
    const strokes = writtenOn([], continuation);
    const read = new Sources(engine, RULING).read(sheetSource(strokes, source.text));
    expect(read.offsets).toHaveLength(source.offsets.length);
    expect(read.text).toBe(source.text);
    const [own, sheet] = [source.offsets, read.offsets].map((offsets) => {
      const reading = new TextReading(engine, source.text);
      const state = reading.start();
      return reading.cells(state, offsets, offsets.length / 3);
    });
    // The sheet has a grid.
    const far = own!.reduce((most, value, k) => Math.max(most, Math.abs(value - sheet![k]!)), 0);
    expect(far).toBeLessThan(0.2);
  });
});
