/** The engine's host: the same things as tests/engine/test_engine.py, where the host could get them wrong. */

import { beforeEach, describe, expect, test } from "vitest";
import { Engine, EngineError, type State } from "../../src/engine/engine.ts";
import { Model } from "../../src/engine/model.ts";
import { goldenCheckpoint, wasm } from "../files.ts";

const module = wasm("engine");
const tiny = goldenCheckpoint("tiny");
const { layers, hidden, mixtures } = tiny.architecture;

let engine: Engine;
let state: State;

beforeEach(() => {
  engine = new Engine(new Model(module, tiny));
  state = engine.start();
});

const ink = () => engine.sample(engine.start(), 50, { seed: 3 });

test("shapes", () => {
  const n = 50;
  const trace = engine.trace(state, ink(), { gates: true, mixture: true });
  expect(trace.c).toHaveLength(n * layers * hidden);
  expect(trace.h).toHaveLength(n * layers * hidden);
  expect(trace.gates).toHaveLength(n * layers * 4 * hidden);
  expect(trace.mixture).toHaveLength(n * (1 + 6 * mixtures));
  expect(trace.loglik).toHaveLength(n * 2);
  expect(engine.mixture(state)).toHaveLength(1 + 6 * mixtures);
});

test("a trace records only what is asked for", () => {
  const trace = engine.trace(state, ink(), { c: false, h: false, loglik: false, mixture: true });
  expect(Object.keys(trace)).toEqual(["mixture"]);
});

test("consume, trace and sample leave the same state", () => {
  const sampled = engine.start();
  const offsets = engine.sample(sampled, 50, { seed: 3 });
  engine.consume(state, offsets);
  const traced = engine.start();
  engine.trace(traced, offsets.subarray(0, 60));
  engine.trace(traced, offsets.subarray(60));
  for (const other of [sampled, traced]) {
    expect(engine.cells(other)).toEqual(engine.cells(state));
    expect(engine.hiddenStates(other)).toEqual(engine.hiddenStates(state));
  }
});

test("row k of a trace is what was there before offset k", () => {
  const offsets = ink();
  const trace = engine.trace(state.copy(), offsets);
  engine.consume(state, offsets.subarray(0, 3 * 20));
  const width = layers * hidden;
  expect(engine.cells(state)).toEqual(trace.c!.slice(20 * width, 21 * width));
});

test("long inks are traced in pieces", () => {
  const offsets = engine.sample(engine.start(), 20_000, { seed: 5 });
  const trace = engine.trace(state.copy(), offsets, { gates: true });
  engine.consume(state, offsets.subarray(0, 3 * 19_000));
  const width = layers * hidden;
  expect(engine.cells(state)).toEqual(trace.c!.slice(19_000 * width, 19_001 * width));
});

test.each([1, 2, 7, 130])("%i futures are samples bit for bit", (total) => {
  engine.consume(state, ink());
  const before = engine.cells(state);
  const seed = 2n ** 40n + 1n;
  const futures = engine.futures(state, total, 10, { seed, origin: 50, variation: 0.7 });
  for (let stream = 0; stream < total; stream++) {
    const alone = engine.sample(state.copy(), 10, { seed, stream, origin: 50, variation: 0.7 });
    expect(futures.slice(30 * stream, 30 * (stream + 1))).toEqual(alone);
  }
  expect(engine.cells(state)).toEqual(before);
  const last = engine.futures(state, 1, 10, { seed, origin: 50, variation: 0.7, first: total - 1 });
  expect(last).toEqual(futures.slice(-30));
});

test("a sample may be drawn in parts", () => {
  const whole = engine.sample(state.copy(), 30, { seed: 9, stream: 4 });
  const parts = [0, 12].map((firstStep) =>
    engine.sample(state, firstStep ? 18 : 12, { seed: 9, stream: 4, firstStep }),
  );
  expect(parts.flatMap((part) => [...part])).toEqual([...whole]);
});

test("interventions hold until they are taken back", () => {
  const plain = engine.sample(engine.start(), 30, { seed: 1 });
  const settings = new Float32Array(5 * hidden).fill(1, 0, hidden); // h = 0 everywhere
  engine.intervene(layers - 1, settings);
  const changed = engine.start();
  expect(engine.sample(changed, 30, { seed: 1 })).not.toEqual(plain);
  expect(engine.hiddenStates(changed).slice(-hidden)).toEqual(new Float32Array(hidden));
  engine.intervene(layers - 1, null);
  expect(engine.sample(engine.start(), 30, { seed: 1 })).toEqual(plain);
});

test("what is returned is a copy", () => {
  const first = engine.mixture(state);
  const kept = first.slice();
  engine.sample(state, 500, { seed: 2 });
  engine.mixture(state);
  expect(first).toEqual(kept);
});

describe("states", () => {
  test("are used again after free", () => {
    const other = state.copy();
    const { address } = other;
    other.free();
    expect(engine.start().address).toBe(address);
  });

  test("that are freed say so", () => {
    state.free();
    state.free(); // twice does no harm
    const message = "state: used after free()";
    expect(() => engine.mixture(state)).toThrow(new EngineError(message));
    expect(() => state.copy()).toThrow(new EngineError(message));
    const others = [engine.start(), engine.start()];
    expect(new Set(others.map((other) => other.address)).size).toBe(2);
  });

  test("of another engine are refused", () => {
    const other = new Engine(new Model(module, tiny));
    expect(() => other.mixture(state)).toThrow(
      new EngineError("state: expected one of this engine, found another's"),
    );
  });
});

const nan = new Float32Array([0, 0, 0, 0, Number.NaN, 0]);

test.each<[string, (e: Engine, s: State) => unknown]>([
  ["steps: expected a whole number from 0 to 2147483647, found -1", (e, s) => e.sample(s, -1, { seed: 0 })],
  ["steps: expected a whole number from 0 to 2147483647, found 1.5", (e, s) => e.sample(s, 1.5, { seed: 0 })],
  [
    "seed: expected a whole number from 0 to 18446744073709551615, found -1",
    (e, s) => e.sample(s, 1, { seed: -1 }),
  ],
  [
    "stream: expected a whole number from 0 to 4294967295, found 4294967296",
    (e, s) => e.sample(s, 1, { seed: 0, stream: 2 ** 32 }),
  ],
  ["variation: expected a number of at least 0, found -0.1", (e, s) => e.mixture(s, -0.1)],
  ["variation: expected a number of at least 0, found NaN", (e, s) => e.mixture(s, Number.NaN)],
  ["offsets: expected three numbers a row, found 4 numbers", (e, s) => e.consume(s, new Float32Array(4))],
  ["offsets: expected finite numbers, found a NaN or an infinity in row 1", (e, s) => e.consume(s, nan)],
  ["offsets: expected finite numbers, found a NaN or an infinity in row 1", (e, s) => e.trace(s, nan)],
  ["intervene: layer: expected 0 to 1, found 2", (e) => e.intervene(2, null)],
  ["intervene: settings: expected 150 numbers, found 3", (e) => e.intervene(0, new Float32Array(3))],
])("%s", (message, call) => {
  const before = engine.cells(state);
  expect(() => call(engine, state)).toThrow(new EngineError(message));
  expect(engine.cells(state)).toEqual(before);
});

test("an explosion is an error", () => {
  const settings = new Float32Array(5 * hidden).fill(1, 0, hidden).fill(1e30, hidden, 2 * hidden);
  engine.intervene(0, settings);
  expect(() => engine.sample(engine.start(), 10, { seed: 1 })).toThrow(
    /^sample: a NaN or an infinity came up/,
  );
  engine.intervene(0, null);
  expect(engine.sample(engine.start(), 10, { seed: 1 })).toHaveLength(30);
});
