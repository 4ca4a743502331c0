import { expect, test } from "vitest";
import { handwritten } from "../../src/ink/example.ts";
import { NIB, outline, type PathSink, type Trail } from "../../src/ink/outline.ts";

/** Collects the polygons of an outline. */
class Polygons implements PathSink {
  readonly all: [number, number][][] = [];
  moveTo(x: number, y: number): void {
    this.all.push([[x, y]]);
  }
  lineTo(x: number, y: number): void {
    this.all.at(-1)!.push([x, y]);
  }
  closePath(): void {}
}

function polygons(trail: Trail, nib?: number): [number, number][][] {
  const sink = new Polygons();
  outline(trail, sink, nib);
  return sink.all;
}

function area(polygon: [number, number][]): number {
  return polygon.reduce((sum, [x, y], k) => {
    const [nextX, nextY] = polygon[(k + 1) % polygon.length]!;
    return sum + (x * nextY - nextX * y) / 2;
  }, 0);
}

function line(speed: number): Trail {
  const steps = Array.from({ length: 30 }, (_, k) => k);
  return {
    x: steps.map((k) => 4 * k),
    y: steps.map(() => 0),
    time: steps.map((k) => (4 * k) / speed),
    pressure: null,
  };
}

/** Greatest distance of a straight line's outline from it. */
function halfWidth(trail: Trail): number {
  return Math.max(...polygons(trail).flatMap((polygon) => polygon.map(([, y]) => Math.abs(y))));
}

test("all polygons turn the same way, so that one fill paints their union", () => {
  for (const stroke of handwritten("write here", 0)) {
    const turns = polygons(stroke).map((polygon) => Math.sign(area(polygon)));
    expect(new Set(turns)).toEqual(new Set([1]));
  }
});

test("the outline keeps to the points, and covers them", () => {
  for (const { x, y, time, pressure } of handwritten("the", 0)) {
    const corners = polygons({ x, y, time, pressure }).flat();
    for (const [cornerX, cornerY] of corners) {
      const nearest = Math.min(...x.map((pointX, k) => Math.hypot(pointX - cornerX, y[k]! - cornerY)));
      expect(nearest).toBeLessThan(4);
    }
    expect(Math.max(...corners.map(([cornerX]) => cornerX))).toBeGreaterThanOrEqual(Math.max(...x));
    expect(Math.min(...corners.map(([, cornerY]) => cornerY))).toBeLessThanOrEqual(Math.min(...y));
  }
});

test("a fast line is thinner than a slow one, and pressure counts where it is known", () => {
  expect(halfWidth(line(1.2))).toBeLessThan(0.7 * halfWidth(line(0.2)));
  const pressed = (pressure: number): Trail => ({ ...line(1.2), pressure: line(1).x.map(() => pressure) });
  expect(halfWidth(pressed(0.1))).toBeLessThan(0.8 * halfWidth(pressed(0.9)));
});

test("a sharp turn back is rounded, not cut", () => {
  const back = { x: [0, 30, 0], y: [0, 0, 0.5], time: [0, 60, 120], pressure: null };
  expect(Math.max(...polygons(back).flatMap((polygon) => polygon.map(([x]) => x)))).toBeGreaterThan(
    30 + NIB / 5,
  );
});

test("a point is a dot, also where it was sent twice", () => {
  for (const x of [[5], [5, 5]]) {
    const dot = polygons({ x, y: x, time: [0, 8], pressure: null });
    expect(dot).toHaveLength(1);
    expect(Math.abs(area(dot[0]!))).toBeGreaterThan(1);
  }
  expect(polygons({ x: [], y: [], time: [], pressure: null })).toEqual([]);
});
