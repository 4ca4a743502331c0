/// <reference types="node" />
/** The engine's golden digests in Node: tests/engine/test_golden.py has them in Python, tests/browser/test_engine.py in Chromium. */

import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { digests, type Golden } from "../golden.ts";

const ROOT = new URL("../../../", import.meta.url);
const read = (path: string) => new Uint8Array(readFileSync(new URL(path, ROOT)));

const golden = JSON.parse(readFileSync(new URL("spec/golden/engine.json", ROOT), "utf-8")) as Golden;
const CHECKPOINTS = [
  "spec/golden/tiny.safetensors",
  "spec/golden/tiny-ln.safetensors",
  "spec/golden/tiny-hyper.safetensors",
  "spec/golden/tiny-text.safetensors",
  "src/pentrace/weights/default.safetensors",
];

test("every checkpoint has its digests", () => {
  const names = CHECKPOINTS.filter((name) => existsSync(new URL(name, ROOT)));
  expect(Object.keys(golden.checkpoints)).toEqual(names);
});

test.each(Object.entries(golden.checkpoints))("%s", async (path, expected) => {
  const module = new WebAssembly.Module(read("src/pentrace/static/engine.wasm"));
  expect(await digests(module, read(path), golden)).toEqual(expected);
});
