import { expect, test } from "vitest";
import { handwritten } from "../../src/ink/example.ts";
import type { Stroke } from "../../src/ink/stroke.ts";
import { corner, fold } from "../../src/views/fold.ts";

/** A line of many words that sinks by a quarter of its way. */
function longLine(words: number): Stroke[] {
  return Array.from({ length: words }, (_, k) =>
    handwritten("we write", 0).map((stroke) => ({
      ...stroke,
      x: stroke.x.map((x) => x + 240 * k),
      y: stroke.y.map((y) => y + 60 * k),
    })),
  ).flat();
}

test.each([1, 12, 90])("every stroke of %d phrases lies in the box, once and in order", (words) => {
  const ink = longLine(words);
  const [width, height] = [700, 300];
  const folded = fold(ink, width, height, 1);
  expect(folded.rows.flatMap(({ first, last }) => [first, last])).toEqual(
    folded.rows.flatMap(({ last }, k) => [k === 0 ? 0 : folded.rows[k - 1]!.last, last]),
  );
  expect(folded.rows.at(-1)!.last).toBe(ink.length);
  const outside = folded.rows.flatMap(({ first, last }, row) => {
    const { x, y } = corner(folded, row);
    return ink.slice(first, last).filter((stroke) =>
      stroke.x.some((_, k) => {
        const [across, down] = [(stroke.x[k]! - x) * folded.zoom, (stroke.y[k]! - y) * folded.zoom];
        return across < -1e-6 || across > width + 1e-6 || down < 0 || down > height;
      }),
    );
  });
  expect(outside).toEqual([]);
});

test("little ink is not blown up, and a single stroke wider than the box is made smaller", () => {
  expect(fold(longLine(1), 900, 400, 1).zoom).toBe(1);
  const wide = [{ ...longLine(1)[0]!, x: [0, 5000], y: [0, 0], time: [0, 9] }];
  expect(fold(wide, 500, 300, 1).zoom).toBeCloseTo(0.1);
});
