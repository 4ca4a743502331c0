/** What a checkpoint gives, as digests: tests/golden/engine.py does the same. Runs in Node and in browsers. */

import { decodeCheckpoint } from "../src/engine/checkpoint.ts";
import { Engine } from "../src/engine/engine.ts";
import { Model } from "../src/engine/model.ts";

/** spec/golden/engine.json */
export interface Golden {
  seed: string;
  steps: number;
  /** [n, 3] */
  ink: number[];
  /** By path in the repository. */
  checkpoints: Record<string, Record<string, string>>;
}

/** SHA-256 of bytes. */
export async function digest(array: Float32Array<ArrayBuffer> | Uint8Array<ArrayBuffer>): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", array));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export async function digests(
  module: WebAssembly.Module,
  file: Uint8Array<ArrayBuffer>,
  golden: Golden,
): Promise<Record<string, string>> {
  const engine = new Engine(new Model(module, decodeCheckpoint(file, "golden")));
  const { layers, hidden } = engine.architecture;
  const seed = BigInt(golden.seed);
  const ink = Float32Array.from(golden.ink);
  const result: Record<string, string> = { file: await digest(file) };
  const strokes = engine.sample(engine.start(), golden.steps, { seed });
  result["sample.strokes"] = await digest(strokes);
  result["sample.cells"] = await digest(engine.trace(engine.start(), strokes).c!);
  const state = engine.start();
  const trace = engine.trace(state, ink, { gates: true, mixture: true });
  for (const [name, array] of Object.entries(trace)) result[`trace.${name}`] = await digest(array);
  const futures = engine.futures(state, 9, 40, { seed, origin: ink.length / 3, variation: 0.5 });
  result.futures = await digest(futures);
  engine.intervene(layers - 1, interventions(hidden));
  result["intervened.strokes"] = await digest(engine.sample(state, 100, { seed, variation: 0.75 }));
  return result;
}

/** Settings [5, H] on every third cell. */
function interventions(hidden: number): Float32Array {
  const values = [0, 0.5, 0.25, 1.5, -0.125];
  return Float32Array.from({ length: 5 * hidden }, (_, k) => {
    const row = Math.floor(k / hidden);
    return row === 0 ? Number((k % hidden) % 3 === 0) : values[row]!;
  });
}
