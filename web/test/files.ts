/// <reference types="node" />
/** Files of the repository, for tests in Node; paths from its root. */

import { readFileSync } from "node:fs";
import { type Checkpoint, decodeCheckpoint } from "../src/checkpoint/checkpoint.ts";

const ROOT = new URL("../../", import.meta.url);

export function bytes(path: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(readFileSync(new URL(path, ROOT)));
}

export function text(path: string): string {
  return readFileSync(new URL(path, ROOT), "utf-8");
}

export function json<Value>(path: string): Value {
  return JSON.parse(text(path));
}

/** A module of the engine, as the page runs it. */
export function wasm(name: "engine" | "learn" | "recogniser"): WebAssembly.Module {
  return new WebAssembly.Module(bytes(`src/pentrace/static/${name}.wasm`));
}

/** A checkpoint of spec/golden. */
export function goldenCheckpoint(name: string): Checkpoint {
  return decodeCheckpoint(bytes(`spec/golden/${name}.safetensors`), name);
}
