/// <reference types="node" />
/** Inks of the page's paper: Python reads the same offsets from their codes (spec/link.md). */

import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { decodeCheckpoint } from "../../src/engine/checkpoint.ts";
import { Engine } from "../../src/engine/engine.ts";
import { Model } from "../../src/engine/model.ts";
import { SheetReader } from "../../src/engine/reader.ts";
import { packed } from "../../src/engine/source.ts";
import { decodeInk, encodeInk } from "../../src/ink/encode.ts";
import { RULING } from "../../src/ink/stroke.ts";

const ROOT = new URL("../../../", import.meta.url);
const bytes = (path: string) => new Uint8Array(readFileSync(new URL(path, ROOT)));

interface Sheet {
  readonly code: string;
  readonly scale: number;
  readonly first_lifted: boolean;
  readonly offsets: string;
}

const golden = JSON.parse(Buffer.from(bytes("spec/golden/sheets.json")).toString()) as Record<string, Sheet>;
const module = new WebAssembly.Module(bytes("src/pentrace/static/engine.wasm"));
const engine = new Engine(new Model(module, decodeCheckpoint(bytes("spec/golden/tiny.safetensors"), "tiny")));

test.each(Object.entries(golden))("%s", (_, { code, scale, first_lifted, offsets }) => {
  const strokes = decodeInk(code);
  expect(encodeInk(strokes)).toBe(code);
  const read = new SheetReader(engine, RULING).read(strokes.map(packed));
  expect(read.scale).toBe(scale);
  expect(read.firstLifted).toBe(first_lifted);
  const { buffer, byteOffset, byteLength } = read.offsets;
  expect(Buffer.from(buffer, byteOffset, byteLength).toString("base64")).toBe(offsets);
});
