/** The trace that is kept up to date, against one that is computed at once. */

import { expect, test } from "vitest";
import type { Quantity } from "../../src/engine/cell-trace.ts";
import { CellTrace } from "../../src/engine/cell-trace.ts";
import { Engine } from "../../src/engine/engine.ts";
import { Model } from "../../src/engine/model.ts";
import { goldenCheckpoint, wasm } from "../files.ts";

const engine = new Engine(new Model(wasm("engine"), goldenCheckpoint("tiny")));

/** All rows at once; the last after all offsets. */
function whole(offsets: Float32Array, what: Quantity): number[] {
  const padded = new Float32Array(offsets.length + 3);
  padded.set(offsets);
  const { c, h, gates } = engine.trace(engine.start(), padded, { gates: true });
  if (what === "c") return Array.from(c!);
  if (what === "h") return Array.from(h!);
  const { layers, hidden } = engine.architecture;
  const gate = ["i", "f", "g", "o"].indexOf(what);
  return Array.from(gates!).filter(
    (_, k) => Math.floor(k / hidden) % 4 === gate && k < 4 * layers * hidden * padded.length,
  );
}

const sample = (steps: number, seed = 1): Float32Array<ArrayBuffer> =>
  engine.sample(engine.start(), steps, { seed });

test.each<Quantity>(["c", "h", "i", "f", "g", "o"])("of %s is the engine's own, bit for bit", (what) => {
  const offsets = sample(100);
  const { from, values } = new CellTrace(engine).read(offsets, what);
  expect(from).toBe(0);
  expect(Array.from(values)).toEqual(whole(offsets, what));
});

test("a path that grows, parts, and shrinks gives only the rows that change", () => {
  const trace = new CellTrace(engine);
  const long = sample(150);
  const other = long.slice();
  other[3 * 70] = 0.25;
  const kept: number[] = [];
  const take = (offsets: Float32Array, changed: number): void => {
    const { from, values } = trace.read(offsets, "c");
    expect(from).toBe(changed);
    kept.splice(from * trace.cells, kept.length, ...values);
    expect(kept.length).toBe((offsets.length / 3 + 1) * trace.cells);
    expect(kept).toEqual(whole(offsets, "c"));
  };
  take(long.slice(0, 0), 0);
  take(long.slice(0, 3 * 31), 1);
  take(long.slice(0, 3 * 33), 32);
  take(long.slice(0, 3 * 33), 34);
  take(long, 34);
  take(other, 71);
  kept.length = 64 * trace.cells;
  take(other.slice(0, 3 * 63), 64);
  take(long, 64);
});

test("another quantity starts a new trace", () => {
  const trace = new CellTrace(engine);
  const offsets = sample(40);
  trace.read(offsets, "c");
  const { from, values } = trace.read(offsets, "o");
  expect(from).toBe(0);
  expect(Array.from(values)).toEqual(whole(offsets, "o"));
});
