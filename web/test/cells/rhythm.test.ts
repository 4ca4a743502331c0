/** Which cells keep time with the pen (spec/cells.md). */

import { describe, expect, test } from "vitest";
import { inTime, plainest, rhythm } from "../../src/cells/rhythm.ts";

const ROWS = 90;
const wave = (p: number, late: number): number => Math.sin((p - late) / 3);
/** A pen that swings up and down on a line that sinks. */
const y = Array.from({ length: ROWS }, (_, p) => wave(p, 0) + 0.4 * p);

/** [rows, C] from what each cell does in a row. */
function cells(...each: ((p: number) => number)[]): Float32Array {
  return Float32Array.from(Array.from({ length: ROWS }, (_, p) => each.map((cell) => cell(p))).flat());
}

describe("rhythm", () => {
  test("is there wherever the peaks lie, however large the swing, and on any level", () => {
    const found = rhythm(
      cells(
        (p) => wave(p, 0),
        (p) => 7 - 0.01 * wave(p, 2),
        (p) => -30 * wave(p, 4.5),
      ),
      3,
      y,
    );
    for (const share of found) expect(share).toBeGreaterThan(0.85);
  });

  test("is small for a cell that drifts, swings at another pace or rests", () => {
    const found = rhythm(
      cells(
        (p) => -20 + p * p,
        (p) => Math.sin(p / 1.3),
        () => 5.1,
      ),
      3,
      y,
    );
    expect(found[0]).toBeLessThan(0.1);
    expect(found[1]).toBeLessThan(0.1);
    expect(found[2]).toBe(0);
  });

  test("is the R2 of a least-squares fit", () => {
    // By numpy: lstsq on a constant, the detrended height and the rise.
    const values = Float32Array.from([0, 1, 0, 2, 1, 3, 0, 1, 2, 2]);
    const height = [0, 1, 3, 2, 0, -1, 1, 2, 4, 3];
    expect(rhythm(values, 1, height)[0]).toBeCloseTo(0.226292, 5);
  });

  test("is not told from a few rows, nor from a pen that does not move", () => {
    expect(Array.from(rhythm(Float32Array.from([1, 2, 1, 2, 1]), 1, [0, 1, 0, 1, 0]))).toEqual([0]);
    expect(
      Array.from(
        rhythm(
          cells((p) => p % 2),
          1,
          new Float64Array(ROWS),
        ),
      ),
    ).toEqual([0]);
  });
});

test("of the five cells most in time, the plainest is the one that swings farthest", () => {
  expect(inTime([2, 1, 0], Float32Array.from([0, 3, 3]))).toEqual([1, 2, 0]);
  const swing = Float32Array.from([0.9, 0.8, 0.7, 0.6, 0.5, 0.4]);
  const sizes = [1, 1, 3, 1, 2, 9];
  const values = cells(...sizes.map((size) => (p: number) => 5 + size * wave(p, 0)));
  expect(plainest(values, swing)).toBe(2);
});
