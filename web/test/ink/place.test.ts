import { expect, test } from "vitest";
import { placed } from "../../src/ink/place.ts";
import { UNIT_MM, X_HEIGHT } from "../../src/ink/stroke.ts";

function file(strokes: readonly (readonly [number, number])[][]) {
  return {
    points: Float32Array.from(strokes.flat(2)),
    penUp: Uint8Array.from(
      strokes.flatMap((points) => points.map((_, k) => Number(k === points.length - 1))),
    ),
  };
}

/** A stroke from the line up to a height and back, at x. */
const hook = (x: number, y: number, size: number): [number, number][] => [
  [x, y],
  [x + size / 4, y - size],
  [x + size / 2, y],
];

test("ink that suits the line stays as it is", () => {
  const strokes = placed(file([hook(10, 0, 40), hook(60, 0, 30)]));
  expect(strokes.map(({ x, y }) => [x[0], y[1]])).toEqual([
    [10, -40],
    [60, -30],
  ]);
  expect(strokes.every(({ lifted, writer }) => lifted && writer === "hand")).toBe(true);
});

test.each([0.5, 900])("ink of another size (%d) comes to suit it, at the begin of the line", (size) => {
  const strokes = placed(file([hook(7 * size, 5 * size, size), hook(9 * size, 5 * size, size)]));
  const ys = strokes.flatMap(({ y }) => y);
  expect(strokes[0]!.x[0]).toBe(0);
  expect(Math.max(...ys) - Math.min(...ys)).toBeCloseTo(1.6 * X_HEIGHT, 0);
  expect(Math.abs(Math.max(...ys))).toBeLessThan(X_HEIGHT);
});

test("ink whose size is known comes at its true size, unless that does not suit the line", () => {
  const tall = (unitMm: number): number => {
    const [stroke] = placed({ ...file([hook(10, 5, 8)]), unitMm });
    return Math.max(...stroke!.y) - Math.min(...stroke!.y);
  };
  expect(tall(0.5)).toBeCloseTo((8 * 0.5) / UNIT_MM, 1);
  expect(tall(0.25)).toBeCloseTo((8 * 0.25) / UNIT_MM, 1);
  expect(tall(100)).toBeCloseTo(1.6 * X_HEIGHT, 1);
  expect(tall(0.001)).toBeCloseTo(1.6 * X_HEIGHT, 1);
});

test("times and pressure of a file are kept", () => {
  const ink = file([hook(10, 0, 40), hook(60, 0, 30)]);
  const time = Float32Array.of(0, 20, 45, 300, 310, 340);
  const pressure = Float32Array.of(0.1, 0.5, 0.2, 0.9, 1, 0.3);
  const strokes = placed({ ...ink, time, pressure });
  expect(strokes.map((stroke) => stroke.time)).toEqual([
    [0, 20, 45],
    [300, 310, 340],
  ]);
  expect(strokes.flatMap((stroke) => stroke.pressure)).toEqual([0.1, 0.5, 0.2, 0.9, 1, 0.3]);
  expect(placed(ink).map(({ pressure: none }) => none)).toEqual([null, null]);
});

test("a dot, and ink without a height, are ink", () => {
  expect(placed(file([[[5, 5]], [[8, 5]]]))).toHaveLength(2);
});
