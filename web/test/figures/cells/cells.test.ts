/** From values of cells to colours, rows and spans (spec/cells.md). */

import { describe, expect, test } from "vitest";
import { runsOf } from "../../../src/cells/ink-painter.ts";
import {
  ColourScale,
  centreOf,
  clippedShare,
  limitsOf,
  logarithmic,
  roundedUp,
  summarise,
} from "../../../src/cells/scale.ts";
import { divergingPalette, LEVELS } from "../../../src/draw/palette.ts";
import { CellMatrix } from "../../../src/figures/cells/matrix.ts";
import { added, beside, brushed, orderOf, plainOrder } from "../../../src/figures/cells/order.ts";
import { holding, LEAST_SPAN, panned, spanOf, zoomed } from "../../../src/figures/cells/span.ts";
import { inkPath, nearestPoint } from "../../../src/ink/path.ts";

/** 1,000 values of 4 cells: 1 to 900 thousandths, and a hundred outliers. */
const values = Float32Array.from({ length: 1000 }, (_, k) =>
  k < 960 ? (k % 96) / 100 : k % 2 === 0 ? 7 : -12,
);
const summary = summarise(values, 4, 0);

describe("limits", () => {
  test("robust ones leave outliers out, and the legend's share is counted", () => {
    expect([summary.least, summary.greatest]).toEqual([-12, 7]);
    const limits = limitsOf(summary, "robust", 0);
    expect(limits.shared).toBe(1);
    expect(clippedShare(values, limits)).toBeCloseTo(0.04, 9);
  });

  test("full ones clip nothing", () => {
    const limits = limitsOf(summary, "full", 0);
    expect(limits.shared).toBe(12);
    expect(clippedShare(values, limits)).toBe(0);
  });

  test("own ones take each cell's largest", () => {
    const limits = limitsOf(summarise(Float32Array.from([1, -3, 0, 2, 1, 0]), 3, 0), "own", 0);
    expect(Array.from(limits.each!)).toEqual([2, 3, 1]);
    const scale = new ColourScale(limits, false);
    expect(scale.level(2, 0)).toBe(LEVELS - 1);
    expect(scale.level(-3, 1)).toBe(0);
    expect(scale.level(0, 2)).toBe((LEVELS - 1) / 2);
  });

  test("gates lie about one half and go no farther than 0 and 1", () => {
    expect(["c", "h", "g"].map((what) => centreOf(what as "c"))).toEqual([0, 0, 0]);
    const gates = Float32Array.from({ length: 100 }, (_, k) => 0.02 + (k % 2) * 0.96);
    const limits = limitsOf(summarise(gates, 2, centreOf("f")), "robust", centreOf("f"));
    expect(limits.shared).toBe(0.5);
    expect(new ColourScale(limits, false).level(1, 0)).toBe(LEVELS - 1);
  });

  test("stay while an ink grows, as long as they are about right", () => {
    const of = (most: number) => summarise(Float32Array.from([most, -most, most, most]), 2, 0);
    const first = limitsOf(of(1.9), "robust", 0);
    expect(limitsOf(of(1), "robust", 0, first)).toBe(first);
    expect(limitsOf(of(2.2), "robust", 0, first).shared).toBe(2.5);
    expect(limitsOf(of(0.5), "robust", 0, first).shared).toBe(0.5);
    expect(limitsOf(of(1), "full", 0, first).shared).toBe(1);
  });

  test("own ones stay too, until more than a few cells have gone beyond them", () => {
    const of = (...reach: number[]) => summarise(Float32Array.from(reach), reach.length, 0);
    const first = limitsOf(of(...Array.from({ length: 40 }, () => 2)), "own", 0);
    const grown = (cells: number) =>
      limitsOf(of(...Array.from({ length: 40 }, (_, cell) => (cell < cells ? 3 : 1))), "own", 0, first);
    expect(grown(2)).toBe(first);
    expect(Array.from(grown(3).each!.subarray(0, 4))).toEqual([3, 3, 3, 1]);
  });

  test("of nothing at all are one", () => {
    expect(limitsOf(summarise(new Float32Array(4), 2, 0), "robust", 0).shared).toBe(1);
  });
});

test.each([
  [0.0123, 0.015],
  [0.96, 1],
  [1, 1],
  [1.01, 1.2],
  [3.2, 4],
  [8.3, 10],
  [12.6, 15],
])("%d is rounded up to %d", (value, expected) => expect(roundedUp(value)).toBe(expected));

describe("a scale", () => {
  const limits = limitsOf(summary, "robust", 0);

  test("is even, has a middle, and ends at the limits", () => {
    const scale = new ColourScale(limits, false);
    expect([-9, -1, 0, 1, 9].map((value) => scale.level(value, 0))).toEqual([0, 0, 127, 254, 254]);
    for (const value of [0.1, 0.37, 0.8]) {
      expect(scale.level(value, 0) - 127).toBe(127 - scale.level(-value, 0));
      expect(scale.level(value, 0)).toBeCloseTo(127 + 127 * value, -0.2);
    }
  });

  test("that is logarithmic tells small values apart", () => {
    const [linear, log] = [new ColourScale(limits, false), new ColourScale(limits, true)];
    expect(log.level(0.02, 0) - 127).toBeGreaterThan(4 * (linear.level(0.02, 0) - 127));
    expect([-1, 0, 1].map((value) => log.level(value, 0))).toEqual([0, 127, 254]);
    expect(logarithmic(0.02)).toBeCloseTo(Math.log(2) / Math.log(51), 9);
    expect(logarithmic(-0.02)).toBe(-logarithmic(0.02));
  });
});

test.each(["light", "dark"] as const)(
  "the colours in the %s differ in lightness, both ways from the middle",
  (theme) => {
    const { css, pixels } = divergingPalette(theme);
    expect(css.length).toBe(LEVELS);
    const lightness = css.map((text) => {
      const [r, g, b] = [1, 3, 5].map((k) => Number.parseInt(text.slice(k, k + 2), 16)) as [
        number,
        number,
        number,
      ];
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    });
    const way = theme === "light" ? -1 : 1;
    for (let k = 127; k + 1 < LEVELS; k++) {
      expect(way * (lightness[k + 1]! - lightness[k]!)).toBeGreaterThan(-0.6);
      expect(way * (lightness[253 - k]! - lightness[254 - k]!)).toBeGreaterThan(-0.6);
    }
    expect(way * (lightness[0]! - lightness[127]!)).toBeGreaterThan(80);
    expect(way * (lightness[254]! - lightness[127]!)).toBeGreaterThan(80);
    expect(Array.from(new Uint8Array(pixels.buffer, 0, 4))).toEqual([
      ...[1, 3, 5].map((k) => Number.parseInt(css[0]!.slice(k, k + 2), 16)),
      255,
    ]);
  },
);

describe("a matrix", () => {
  const matrix = new CellMatrix(2, "c");
  matrix.take({ from: 0, values: Float32Array.from([1, 10, 2, 20, 3, 30]) });

  test("takes rows that build on those before", () => {
    const grown = new CellMatrix(2, "c");
    grown.take({ from: 0, values: Float32Array.from([1, 10, 2, 20]) });
    grown.take({ from: 1, values: Float32Array.from([5, 50, 6, 60]) });
    expect(Array.from(grown.values)).toEqual([1, 10, 5, 50, 6, 60]);
    grown.take({ from: 2, values: new Float32Array(0) });
    expect(grown.rows).toBe(2);
    grown.take({ from: 2, values: Float32Array.from([7, 70]) });
    expect(Array.from(grown.values)).toEqual([1, 10, 5, 50, 7, 70]);
    expect(grown.value(2, 1)).toBe(70);
  });

  test("colours an ink by one cell, or by the mean of several", () => {
    expect(Array.from(matrix.means([0]))).toEqual([1, 2, 3]);
    expect(Array.from(matrix.means([0, 1]))).toEqual([5.5, 11, 16.5]);
    const shared = limitsOf(summarise(matrix.values, 2, 0), "full", 0);
    const own = limitsOf(summarise(matrix.values, 2, 0), "own", 0);
    matrix.shares([0, 1], shared).forEach((share, row) => {
      expect(share).toBeCloseTo(matrix.means([0, 1])[row]! / 30, 6);
    });
    matrix.shares([0, 1], own).forEach((share, row) => {
      expect(share).toBeCloseTo((row + 1) / 3, 6);
    });
  });
});

describe("an order", () => {
  const order = orderOf([3, 0, 2, 1]);

  test("says where each cell is shown", () => {
    expect(Array.from(order.rows)).toEqual([1, 3, 2, 0]);
    expect(Array.from(order.cells, (cell) => order.rows[cell])).toEqual([0, 1, 2, 3]);
    expect(Array.from(plainOrder(3).cells)).toEqual([0, 1, 2]);
  });

  test("brushes cells as they are shown, from either end", () => {
    expect(brushed(order, 1, 3)).toEqual([0, 2, 1]);
    expect(brushed(order, 3, 1)).toEqual([0, 2, 1]);
    expect(brushed(order, 2, 2)).toEqual([2]);
    expect(added([2, 0], [0, 1])).toEqual([2, 0, 1]);
  });

  test("moves from a cell to the one below it, and stops at the ends", () => {
    expect(beside(order, 0, 1)).toBe(2);
    expect(beside(order, 0, -1)).toBe(3);
    expect(beside(order, 3, -1)).toBe(3);
    expect(beside(order, 3, 10)).toBe(1);
  });
});

describe("the part that is shown", () => {
  test("is all of it, unless the address says otherwise", () => {
    expect(spanOf(0, 0, 401)).toEqual({ from: 0, length: 401 });
    expect(spanOf(100, 50, 401)).toEqual({ from: 100, length: 50 });
    expect(spanOf(390, 50, 401)).toEqual({ from: 351, length: 50 });
    expect(spanOf(10, 1, 401).length).toBe(LEAST_SPAN);
    expect(spanOf(10, 900, 401)).toEqual({ from: 0, length: 401 });
    expect(spanOf(0, 0, 5)).toEqual({ from: 0, length: 5 });
  });

  test("keeps room while an ink grows, and seldom changes", () => {
    const lengths = new Set(Array.from({ length: 1500 }, (_, rows) => spanOf(0, 0, rows + 1, true).length));
    expect(lengths.size).toBeLessThan(8);
    for (const rows of [1, 200, 201, 999])
      expect(spanOf(0, 0, rows, true).length).toBeGreaterThanOrEqual(rows);
  });

  test("zooms about a row that stays where it is", () => {
    const whole = { from: 0, length: 400 };
    const close = zoomed(whole, 100, 2, 400);
    expect(close.length).toBe(200);
    expect((100.5 - close.from) / close.length).toBeCloseTo(100.5 / 400, 2);
    expect(zoomed(close, 100, 0.5, 400)).toEqual(whole);
    expect(zoomed(whole, 399, 100, 400)).toEqual({ from: 388, length: LEAST_SPAN });
  });

  test("is panned within the ink, and follows a step", () => {
    const span = { from: 100, length: 50 };
    expect(panned(span, 10.4, 400)).toEqual({ from: 110, length: 50 });
    expect(panned(span, -500, 400)).toEqual({ from: 0, length: 50 });
    expect(holding(span, 120, 400)).toEqual(span);
    expect(holding(span, 150, 400)).toEqual({ from: 101, length: 50 });
    expect(holding(span, 90, 400)).toEqual({ from: 90, length: 50 });
  });
});

describe("an ink", () => {
  const path = inkPath({
    // Right, down with a lift, a dot to the right, right twice.
    offsets: Float32Array.from([1, 0, 0, 0, 1, 1, 1, 0, 1, 1, 0, 0, 1, 0, 0]),
    firstLifted: false,
    origin: { x: 10, y: 5 },
    scale: 0.5,
  });

  test("lies where it was written", () => {
    expect(Array.from(path.x)).toEqual([10, 12, 12, 14, 16, 18]);
    expect(Array.from(path.y)).toEqual([5, 5, 7, 7, 7, 7]);
    expect(nearestPoint(path, 13.5, 7)).toEqual({ row: 3, distance: 0.5 });
  });

  test("falls into runs of one colour, none across a lift, dots by themselves", () => {
    const levels = Uint8Array.from([10, 20, 20, 90, 40, 40]);
    expect([...runsOf({ path, levels }, 0, 6)]).toEqual([
      { level: 15, first: 0, last: 1 },
      { level: 20, first: 1, last: 2 },
      { level: 90, first: 3, last: 3 },
      { level: 40, first: 4, last: 5 },
    ]);
    expect([...runsOf({ path, levels: new Uint8Array(6).fill(7) }, 0, 6)]).toEqual([
      { level: 7, first: 0, last: 2 },
      { level: 7, first: 3, last: 3 },
      { level: 7, first: 4, last: 5 },
    ]);
  });

  test("in parts has the runs of the whole", () => {
    const levels = Uint8Array.from([10, 20, 20, 90, 40, 40]);
    const parts = [...runsOf({ path, levels }, 0, 3), ...runsOf({ path, levels }, 3, 6)];
    expect(parts).toEqual([...runsOf({ path, levels }, 0, 6)]);
  });

  test("in few colours keeps the middle and the ends", () => {
    const level = (value: number): number =>
      [...runsOf({ path, levels: new Uint8Array(6).fill(value) }, 0, 6, 6)][0]!.level;
    expect(level(127)).toBe(126);
    expect(level(0)).toBe(0);
    expect(level(254)).toBe(252);
  });
});
