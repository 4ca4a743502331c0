/// <reference types="node" />
/** Inks of the page's paper: Python reads the same offsets from their codes (spec/link.md). */

import { expect, test } from "vitest";
import { Engine } from "../../src/engine/engine.ts";
import { Model } from "../../src/engine/model.ts";
import { SheetReader } from "../../src/engine/reader.ts";
import { packed } from "../../src/engine/source.ts";
import { decodeInk, encodeInk } from "../../src/ink/encode.ts";
import { RULING } from "../../src/ink/stroke.ts";
import { goldenCheckpoint, json, wasm } from "../files.ts";

interface Sheet {
  readonly code: string;
  readonly scale: number;
  readonly first_lifted: boolean;
  readonly offsets: string;
}

const golden = json<Record<string, Sheet>>("spec/golden/sheets.json");
const module = wasm("engine");
const engine = new Engine(new Model(module, goldenCheckpoint("tiny")));

test.each(Object.entries(golden))("%s", (_, { code, scale, first_lifted, offsets }) => {
  const strokes = decodeInk(code);
  expect(encodeInk(strokes)).toBe(code);
  const read = new SheetReader(engine, RULING).read(strokes.map(packed));
  expect(read.scale).toBe(scale);
  expect(read.firstLifted).toBe(first_lifted);
  const { buffer, byteOffset, byteLength } = read.offsets;
  expect(Buffer.from(buffer, byteOffset, byteLength).toString("base64")).toBe(offsets);
});
