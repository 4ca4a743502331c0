/** Fields of futures: what is shared with Python, and that the numbers do not depend on who draws them. */

import { beforeAll, describe, expect, test } from "vitest";
import { decodeCheckpoint } from "../../src/checkpoint/checkpoint.ts";
import type { Theme } from "../../src/draw/redraw.ts";
import { Engine } from "../../src/engine/engine.ts";
import { mixtureOf } from "../../src/engine/mixture.ts";
import { Model } from "../../src/engine/model.ts";
import { PathStates, Sources } from "../../src/engine/path.ts";
import { commonOffsets } from "../../src/engine/path-common.ts";
import type { PathSource } from "../../src/engine/source.ts";
import { branches } from "../../src/futures/branches.ts";
import { type Piece, plan } from "../../src/futures/plan.ts";
import { colourOf, opacity, veerLevel, veerPalette, veers } from "../../src/futures/scale.ts";
import { handwritten } from "../../src/ink/example.ts";
import { RULING } from "../../src/ink/stroke.ts";
import { bytes, json, wasm } from "../files.ts";

interface Golden {
  checkpoint: string;
  seed: string;
  count: number;
  steps: number;
  variation: number;
  offsets: number[];
  futures: number[];
  veer: number[];
  scale: number[];
  colours: Record<Theme, number[]>;
  opacity: number[];
  branches: Record<string, { mixture: number[]; weights: number[] }>;
}

const golden = json<Golden>("spec/golden/futures.json");
const offsets = Float32Array.from(golden.offsets);
const rows = offsets.length / 3 + 1;
const draws = { seed: BigInt(golden.seed), variation: golden.variation };

let make: () => Engine;
beforeAll(() => {
  const module = wasm("engine");
  const checkpoint = decodeCheckpoint(bytes(golden.checkpoint), "golden");
  make = () => new Engine(new Model(module, checkpoint));
});

function far(found: Iterable<number>, expected: readonly number[]): number {
  return Math.max(...Array.from(found, (value, k) => Math.abs(value - expected[k]!)));
}

describe("what Python has too", () => {
  test("the futures, bit for bit", () => {
    const engine = make();
    const path = new PathStates(engine);
    path.read(offsets);
    const field = Array.from({ length: rows }, (_, row) =>
      Array.from(engine.futures(path.state(row), golden.count, golden.steps, { ...draws, origin: row })),
    );
    expect(field.flat()).toEqual(golden.futures);
  });

  test("the veers", () => {
    const width = golden.count * golden.steps;
    const field = Float32Array.from(golden.futures);
    for (let row = 0; row < rows; row++) {
      const futures = field.subarray(3 * width * row, 3 * width * (row + 1));
      const found = veers(offsets, row, futures, golden.steps);
      expect(far(found, golden.veer.slice(width * row, width * (row + 1)))).toBeLessThan(1e-6);
    }
  });

  test.each(["light", "dark"] as const)("the colours of the %s theme", (theme) => {
    const found = golden.scale.flatMap((veer) => [...colourOf(veer, theme)]);
    expect(far(found, golden.colours[theme])).toBeLessThan(1e-6);
  });

  test("the opacities", () => {
    const found = golden.opacity.map((_, k) => opacity(k + 1, golden.steps, golden.count));
    expect(far(found, golden.opacity)).toBeLessThan(1e-12);
  });

  test.each(Object.entries(golden.branches))("the branches: %s", (_, { mixture, weights }) => {
    const found = branches(mixtureOf(Float32Array.from(mixture))).map(({ weight }) => weight);
    expect(found.length).toBe(weights.length);
    expect(far(found, weights)).toBeLessThan(1e-9);
  });
});

test("a palette's colour is the scale's, to a level of a screen", () => {
  const palette = veerPalette("light");
  for (const veer of [-3, -0.7, -0.31, 0, 0.1, 0.5, 2]) {
    const css = palette[veerLevel(veer)]!;
    const shown = [1, 3, 5].map((k) => Number.parseInt(css.slice(k, k + 2), 16) / 255);
    expect(far(shown, [...colourOf(veer, "light")])).toBeLessThan(2.5 / 255);
  }
});

describe("the plan", () => {
  const drawn = (pieces: readonly Piece[]) =>
    pieces.flatMap(({ row, first, count }) => Array.from({ length: count }, (_, k) => `${row} ${first + k}`));

  test.each([
    [401, 50],
    [1, 1],
    [30, 200],
    [25, 3],
  ])("of %i rows and %i futures has each future once", (count, futures) => {
    const all = drawn(plan(new Array<number>(count).fill(0), futures));
    expect(all.length).toBe(count * futures);
    expect(new Set(all).size).toBe(all.length);
  });

  test("is what is missing", () => {
    const known = Array.from({ length: 60 }, (_, row) => (row % 3 === 0 ? 7 : 4));
    const all = drawn(plan(known, 7));
    expect(all.length).toBe(40 * 3);
    expect(new Set(all).size).toBe(all.length);
    expect(all.every((name) => Number(name.split(" ")[1]) >= 4)).toBe(true);
  });

  test("is coarse at first: all along the path within the first twentieth", () => {
    const pieces = plan(new Array<number>(401).fill(0), 50);
    const early = new Set<number>();
    let futures = 0;
    for (const { row, count } of pieces) {
      futures += count;
      if (futures > (401 * 50) / 20) break;
      early.add(row);
    }
    const along = [...early].sort((a, b) => a - b);
    const gaps = along.slice(1).map((row, k) => row - along[k]!);
    expect([along[0], along.at(-1)]).toEqual([0, 400]);
    expect(Math.max(...gaps)).toBeLessThanOrEqual(16);
  });

  test("goes along with a pen that writes", () => {
    const known = Array.from({ length: 300 }, (_, row) => (row < 295 ? 50 : 0));
    expect(plan(known, 50).map(({ row }) => row)).toEqual([295, 296, 297, 298, 299]);
  });
});

test("the numbers do not depend on how the work is split", () => {
  const whole = make();
  const alone = new PathStates(whole);
  alone.read(offsets);
  const workers = [make(), make(), make()].map((engine) => ({ engine, path: new PathStates(engine) }));
  for (const { path } of workers) path.read(offsets);
  const pieces = plan(new Array<number>(rows).fill(0), 70);
  expect(pieces.some(({ first }) => first > 0)).toBe(true);
  pieces.forEach(({ row, first, count }, at) => {
    const { engine, path } = workers[at % workers.length]!;
    const part = engine.futures(path.state(row), count, 5, { ...draws, origin: row, first });
    const all = whole.futures(alone.state(row), 70, 5, { ...draws, origin: row });
    expect(part).toEqual(all.slice(15 * first, 15 * (first + count)));
  });
});

describe("a path", () => {
  const traced = (path: PathStates) => {
    const { mixture, loglik } = path.traced();
    return [Array.from(mixture), Array.from(loglik)];
  };

  test("that grows, shrinks and changes is the path read at once", () => {
    const engine = make();
    const path = new PathStates(engine);
    const other = offsets.slice();
    other[15] = 0.5;
    for (const next of [offsets.slice(0, 9), offsets, offsets.slice(0, 6), other, offsets]) {
      path.read(next);
      const fresh = new PathStates(make());
      fresh.read(next);
      expect(traced(path)).toEqual(traced(fresh));
    }
  });

  test("has a row for every offset, and one for what comes next", () => {
    const engine = make();
    const path = new PathStates(engine);
    path.read(offsets);
    const { mixture, loglik } = path.traced();
    expect(mixture.length).toBe(rows * (1 + 6 * engine.architecture.mixtures));
    expect(loglik.length).toBe(2 * (rows - 1));
    const whole = engine.trace(engine.start(), offsets, { c: false, h: false, mixture: true });
    expect(mixture.slice(0, whole.mixture!.length)).toEqual(whole.mixture);
    expect(loglik).toEqual(whole.loglik);
  });

  test("that takes a future goes along it, from its first point on", () => {
    const engine = make();
    const path = new PathStates(engine);
    path.read(offsets);
    const future = engine.futures(path.state(5), 3, 4, { seed: 9, origin: 5, variation: 0.6 });
    path.take({ row: 5, future: 2, seed: 9, variation: 0.6 });
    expect(path.offsets.slice(0, 15)).toEqual(offsets.slice(0, 15));
    expect(path.offsets.slice(15, 15 + 12)).toEqual(future.slice(24));
    expect(path.offsets.length).toBeGreaterThan(offsets.length);
  });

  test("common offsets are whole ones", () => {
    expect(commonOffsets(offsets, offsets)).toBe(rows - 1);
    const other = offsets.slice();
    other[7] = 9;
    expect(commonOffsets(offsets, other)).toBe(2);
    expect(commonOffsets(offsets, new Float32Array(0))).toBe(0);
  });
});

describe("sources", () => {
  const strokes = handwritten("we", 0);
  const points = Float32Array.from(strokes.flatMap(({ x, y }) => x.flatMap((value, k) => [value, y[k]!])));
  const penUp = Uint8Array.from(strokes.flatMap(({ x }) => x.map((_, k) => Number(k === x.length - 1))));

  test("ink of a file is prepared as Python prepares it, unless it has a scale", () => {
    const engine = make();
    const ink = { kind: "ink", points, penUp } as const;
    const prepared = new Sources(engine, RULING).read({ ...ink, scale: null });
    expect(prepared.offsets).toEqual(engine.prepare({ points, penUp }).offsets);
    const plain = new Sources(engine, RULING).read({ ...ink, scale: 0.5 });
    expect(plain.offsets.length).toBe(3 * (penUp.length - 1));
    expect(plain.offsets[0]).toBe(Math.fround((points[2]! - points[0]!) * 0.5));
    expect(plain.offsets.filter((_, k) => k % 3 === 2)).toEqual(Float32Array.from(penUp.slice(1)));
  });

  test("ink of the sheet is read stroke by stroke, and closed strokes stay what they were", () => {
    const engine = make();
    const sheet = strokes.map(({ writer, x, y, lifted }) => ({
      writer,
      points: Float32Array.from(x.flatMap((value, k) => [value, y[k]!])),
      lifted,
    }));
    const sources = new Sources(engine, RULING);
    const atOnce = (part: typeof sheet) =>
      new Sources(engine, RULING).read({ kind: "sheet", strokes: part }).offsets;
    const whole = sources.read({ kind: "sheet", strokes: sheet }).offsets;
    expect(whole.length / 3).toBeGreaterThan(20);
    expect(whole.filter((value, k) => k % 3 === 2 && value === 1).length).toBe(sheet.length);
    // After undo, a new start or more ink, the result is that of reading the whole ink at once.
    const begun = { ...sheet[1]!, points: sheet[1]!.points.slice(0, 12), lifted: false };
    for (const part of [sheet.slice(0, 1), [], [sheet[0]!, begun], sheet.slice(0, 2), sheet]) {
      expect(sources.read({ kind: "sheet", strokes: part }).offsets).toEqual(atOnce(part));
    }
    expect(atOnce([]).length).toBe(0);
  });

  test("a sample is the one of its seed", () => {
    const engine = make();
    const source: PathSource = { kind: "sample", seed: 4, steps: 20, variation: 0.5 };
    const { offsets: found } = new Sources(engine, RULING).read(source);
    expect(found).toEqual(engine.sample(engine.start(), 20, { seed: 4, variation: 0.5 }));
  });

  test("a path has only so many offsets, and it is said how many were left out", () => {
    const source: PathSource = { kind: "offsets", offsets: new Float32Array(3 * 3100) };
    const { offsets: found, left } = new Sources(make(), RULING).read(source);
    expect([found.length / 3, left]).toEqual([3000, 100]);
  });
});
