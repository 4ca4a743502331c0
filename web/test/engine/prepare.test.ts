/// <reference types="node" />
/** The preparation of ink in Node, on the inks, digests and tolerances that tests/engine/test_prepare.py reads. */

import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { Engine, type RawInk } from "../../src/engine/engine.ts";
import { Model } from "../../src/engine/model.ts";
import { goldenCheckpoint, json, wasm } from "../files.ts";

interface Expected {
  size: number;
  count: number;
  offsets: string;
  raw_points: string;
}

interface Entry {
  name: string;
  grid: number;
  x: number[];
  y: number[];
  lifts: number[];
  expected: Expected;
  expected_of_size_40: Expected;
}

type Measure = "points" | "path" | "path_max" | "aligned";

interface Golden {
  tolerances: Record<"pen" | "mouse", Record<"size" | Measure, number>>;
  inks: Entry[];
}

type Point = readonly [number, number];

const golden = json<Golden>("spec/golden/ink.json");
const engine = new Engine(new Model(wasm("engine"), goldenCheckpoint("tiny")));

test("there are golden inks", () => {
  expect(golden.inks.length).toBeGreaterThan(12);
});

describe.each(golden.inks)("$name", (entry) => {
  test("the same bits", () => {
    expect(found(gridInk(entry))).toEqual(entry.expected);
    expect(found(gridInk(entry), 40)).toEqual(entry.expected_of_size_40);
  });
});

const pens = golden.inks.filter(({ name }) => /^(pen|mouse),/.test(name));
const standard = gridInk(pens.find(({ name }) => name === "pen, 240 a second")!);

test.each(pens)("agrees with 240 points a second: $name", (entry) => {
  const tolerance = golden.tolerances[entry.name.startsWith("pen") ? "pen" : "mouse"];
  const factor = entry.name.includes("twice") ? 2 : 1;
  const ink = gridInk(entry);
  const size = engine.writingSize(standard);
  expect(Math.abs(engine.writingSize(ink) / factor / size - 1)).toBeLessThanOrEqual(tolerance.size);
  const a = engine.prepare(ink, size * factor).offsets;
  const found = agreement(a, engine.prepare(standard, size).offsets);
  for (const name of ["points", "path", "path_max", "aligned"] as const) {
    expect(Math.abs(found[name]), name).toBeLessThanOrEqual(tolerance[name]);
  }
});

test("twice as large, bit for bit, is the same within rounding", () => {
  const large = { ...standard, points: standard.points.map((value) => 2 * value) };
  const [a, b] = [engine.prepare(standard), engine.prepare(large)];
  expect(b.scale).toBeCloseTo(a.scale / 2, 9);
  expect(b.offsets.length).toBe(a.offsets.length);
  expect(Math.max(...a.offsets.map((value, k) => Math.abs(value - b.offsets[k]!)))).toBeLessThan(1e-5);
});

test("strokes that have ended never change", () => {
  const size = engine.writingSize(standard);
  const whole = engine.prepare(standard, size);
  const ends = [...standard.penUp.keys()].filter((k) => standard.penUp[k] === 1).map((k) => k + 1);
  const stops = [...whole.offsets.keys()].filter((k) => k % 3 === 2 && whole.offsets[k] === 1);
  for (const [k, end] of ends.entries()) {
    for (const more of [0, 5, 60]) {
      const part = engine.prepare(cut(standard, Math.min(end + more, standard.penUp.length)), size);
      expect(part.offsets.slice(0, stops[k]! + 1)).toEqual(whole.offsets.slice(0, stops[k]! + 1));
    }
  }
});

test("what is not an ink is refused", () => {
  const penUp = new Uint8Array([0, 1]);
  expect(() => engine.prepare({ points: new Float32Array(3), penUp })).toThrow("two numbers a point");
  expect(() => engine.prepare({ points: new Float32Array(0), penUp: new Uint8Array(0) })).toThrow(
    "one point",
  );
  expect(() => engine.prepare({ points: new Float32Array([0, 0, Number.NaN, 1]), penUp })).toThrow("a NaN");
  expect(() => engine.prepare({ points: new Float32Array(4), penUp }, -1)).toThrow("at least 0");
});

function gridInk({ x, y, grid, lifts }: Entry): RawInk {
  const penUp = new Uint8Array(x.length);
  for (const k of lifts) penUp[k] = 1;
  return { points: Float32Array.from(x.flatMap((value, k) => [value * grid, y[k]! * grid])), penUp };
}

function cut({ points, penUp }: RawInk, n: number): RawInk {
  return { points: points.subarray(0, 2 * n), penUp: penUp.subarray(0, n) };
}

function found(ink: RawInk, size?: number): Expected {
  const { offsets, rawPoints } = engine.prepare(ink, size);
  return {
    size: size ?? engine.writingSize(ink),
    count: offsets.length / 3,
    offsets: digest(offsets),
    raw_points: digest(rawPoints),
  };
}

function digest(array: Float32Array | Int32Array): string {
  return createHash("sha256")
    .update(new Uint8Array(array.buffer, array.byteOffset, array.byteLength))
    .digest("hex");
}

/** Tolerances of spec/ink.md: tests/pens.py, agreement, does the same. */
function agreement(first: Float32Array, second: Float32Array): Record<Measure, number> {
  const [a, b] = [strokes(first), strokes(second)];
  expect(a.length).toBe(b.length);
  const away = a.flatMap((stroke, k) => stroke.map((point) => distance(point, b[k]!)));
  const apart = a.flatMap((stroke, k) => alignedDistances(stroke, b[k]!));
  return {
    points: first.length / second.length - 1,
    path: rms(away),
    path_max: Math.max(...away),
    aligned: rms(apart),
  };
}

/** Positions of each stroke, all from the first point on. */
function strokes(offsets: Float32Array): Point[][] {
  const result: Point[][] = [];
  let stroke: Point[] = [[0, 0]];
  let [x, y] = [0, 0];
  for (let k = 0; k < offsets.length; k += 3) {
    x += offsets[k]!;
    y += offsets[k + 1]!;
    stroke.push([x, y]);
    if (offsets[k + 2] === 1) {
      result.push(stroke);
      stroke = [];
    }
  }
  return result;
}

function distance([x, y]: Point, path: readonly Point[]): number {
  const pieces = path.length === 1 ? [path[0]!, path[0]!] : path;
  let least = Number.POSITIVE_INFINITY;
  for (let k = 1; k < pieces.length; k++) {
    const [ax, ay] = pieces[k - 1]!;
    const [dx, dy] = [pieces[k]![0] - ax, pieces[k]![1] - ay];
    const part = ((x - ax) * dx + (y - ay) * dy) / Math.max(dx * dx + dy * dy, 1e-12);
    const t = Math.min(Math.max(part, 0), 1);
    least = Math.min(least, Math.hypot(x - ax - t * dx, y - ay - t * dy));
  }
  return least;
}

/** Distances between points at the same part of the points of two strokes. */
function alignedDistances(first: readonly Point[], second: readonly Point[]): number[] {
  const k = Math.min(first.length, second.length);
  return Array.from({ length: k }, (_, i) => {
    const part = k > 1 ? i / (k - 1) : 0;
    const [ax, ay] = at(first, part);
    const [bx, by] = at(second, part);
    return Math.hypot(ax - bx, ay - by);
  });
}

function at(points: readonly Point[], part: number): Point {
  const place = part * (points.length - 1);
  const k = Math.min(Math.floor(place), Math.max(points.length - 2, 0));
  const [a, b] = [points[k]!, points[k + 1] ?? points[k]!];
  return [a[0] + (place - k) * (b[0] - a[0]), a[1] + (place - k) * (b[1] - a[1])];
}

function rms(values: readonly number[]): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);
}
