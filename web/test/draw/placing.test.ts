/** Where ink lies in an element, and its strokes. */

import { createModel, signal } from "@preact/signals-core";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { fitted, samePlacing, toSheet } from "../../src/draw/placing.ts";
import { onFrame, slowed } from "../../src/draw/redraw.ts";
import { extent, penDownRuns, trailsOf } from "../../src/ink/path.ts";

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("window", { devicePixelRatio: 2, setTimeout, clearTimeout });
  vi.stubGlobal("requestAnimationFrame", (draw: () => void) => setTimeout(draw, 16));
  vi.stubGlobal("cancelAnimationFrame", clearTimeout);
});

describe("placing", () => {
  test("ink lies in the middle, as large as it fits", () => {
    const ink = { x: [10, 110], y: [-5, 15] };
    const placing = fitted(ink, 216, 200, { most: 5 });
    expect(placing).toEqual({ width: 216, height: 200, zoom: 2, left: -12, top: 90, density: 2 });
    expect(toSheet(placing, 8, 80)).toEqual({ x: 10, y: -5 });
    expect(fitted(ink, 216, 200).zoom).toBe(1);
    expect(samePlacing(placing, { ...placing })).toBe(true);
    expect(samePlacing(placing, { ...placing, top: 91 })).toBe(false);
  });

  test("the extent of values", () => {
    expect(extent(Float32Array.of(3, -2, 7))).toEqual([-2, 7]);
    expect(extent([])).toEqual([0, 0]);
  });
});

describe("strokes", () => {
  test("end where the pen lifts, and with the points", () => {
    expect(penDownRuns(Uint8Array.of(0, 1, 1, 0, 0), 5)).toEqual([
      { begin: 0, end: 2 },
      { begin: 2, end: 3 },
      { begin: 3, end: 5 },
    ]);
    expect(penDownRuns(Uint8Array.of(0, 1), 0)).toEqual([]);
  });

  test("of a path have its points and the model's pace", () => {
    const path = {
      length: 2,
      x: Float64Array.of(0, 1, 2),
      y: Float64Array.of(0, 0, 1),
      lifted: Uint8Array.of(0, 1, 0),
    };
    expect(trailsOf(path)).toEqual([
      { x: [0, 1], y: [0, 0], time: [0, 12], pressure: null },
      { x: [2], y: [1], time: [24], pressure: null },
    ]);
  });
});

describe("drawing", () => {
  test("happens once a frame, with the newest, and ends with the model", () => {
    const value = signal(1);
    const drawn: number[] = [];
    const View = createModel(() => {
      onFrame(
        () => value.value,
        (now) => drawn.push(now),
      );
      return {};
    });
    const view = new View();
    value.value = 2;
    vi.advanceTimersByTime(20);
    expect(drawn).toEqual([2]);
    value.value = 3;
    view[Symbol.dispose]();
    value.value = 4;
    vi.advanceTimersByTime(100);
    expect(drawn).toEqual([2]);
  });

  test("follows slowly while it is busy", () => {
    const [value, busy] = [signal(1), signal(true)];
    const slow = slowed(value, busy, 100);
    value.value = 2;
    value.value = 3;
    expect(slow.value).toBe(1);
    vi.advanceTimersByTime(100);
    expect(slow.value).toBe(3);
    busy.value = false;
    value.value = 4;
    expect(slow.value).toBe(4);
  });
});
