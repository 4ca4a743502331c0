/** What a checkpoint gives, as digests: tests/golden/engine.py does the same. Runs in Node and in browsers. */

import { decodeCheckpoint } from "../src/checkpoint/checkpoint.ts";
import { Engine, type State } from "../src/engine/engine.ts";
import type { Line } from "../src/engine/hand/learn-group.ts";
import { Model } from "../src/engine/model.ts";

/** spec/golden/engine.json */
export interface Golden {
  seed: string;
  steps: number;
  text: string;
  cap: number;
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
  if (engine.architecture.text) Object.assign(result, await textDigests(engine, golden));
  engine.intervene(layers - 1, interventions(hidden));
  result["intervened.strokes"] = await digest(engine.sample(state, 100, { seed, variation: 0.75 }));
  return result;
}

/** The same of a text: written, read along a path of the pointer, its futures, from another place, intervened. */
async function textDigests(
  engine: Engine,
  { text, cap, steps, ...golden }: Golden,
): Promise<Record<string, string>> {
  const seed = BigInt(golden.seed);
  const ink = Float32Array.from(golden.ink);
  const rows = ink.length / 3;
  const result: Record<string, string> = {};
  const write = async (name: string, state: State): Promise<void> => {
    const line = engine.write(state, steps, { seed, cap });
    result[`${name}.strokes`] = await digest(line.offsets);
    result[`${name}.pointers`] = await digest(Float32Array.from(line.pointers));
  };
  await write("written", engine.start(text, 1));
  const state = engine.start(text, 1);
  const pointers = Int32Array.from({ length: rows }, (_, k) => Math.floor(k / 12));
  const trace = engine.trace(state, ink, { pointer: true, pointers });
  for (const [name, array] of Object.entries(trace)) result[`path.${name}`] = await digest(array);
  const takes = engine.takes(state.copy(), 9, { seed, cap, variation: 0.5 });
  const joined = (parts: readonly (readonly number[])[]) => digest(Float32Array.from(parts.flat()));
  result["takes.strokes"] = await joined(takes.map((take) => [...take.offsets]));
  result["takes.pointers"] = await joined(takes.map((take) => [...take.pointers]));
  result["text.futures"] = await digest(engine.futures(state, 9, 40, { seed, origin: rows }));
  engine.point(state, 2);
  await write("pointed", state.copy());
  engine.intervene(0, interventions(engine.architecture.hidden));
  await write("text.intervened", state);
  engine.intervene(0, null);
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

/** The text of a line in a golden file: codes and first offsets, or null. */
export type GoldenScript = [number[], number[]] | null;

/** Lines to learn from: some rows of an ink, each with its text. */
export function linesOf(offsets: Float32Array, rows: [number, number][], scripts: GoldenScript[]): Line[] {
  return rows.map(([begin, end], k) => {
    const [codes, first] = scripts[k] ?? [];
    const script = codes && first ? { codes: Uint8Array.from(codes), first: Int32Array.from(first) } : null;
    return { offsets: offsets.slice(3 * begin, 3 * end), script };
  });
}
