/** The words that lie on the sheet before the reader writes: two words of single-stroke letters. */

import lettering from "./letters.json";
import { onGrid, type Stroke, X_HEIGHT } from "./stroke.ts";

type Points = number[][];
interface Letter {
  readonly advance: number;
  readonly strokes: Points[];
  readonly late?: Points[];
}

const letters: Readonly<Record<string, Letter>> = lettering.letters;

/** Between two points of an example: a whiteboard's spacing at this size, and its median time. */
const SPACING = X_HEIGHT / 9;
const POINT_MS = 12;
const LIFT_MS = 90;

/** A text of the letters that there are, its baseline at y = 0, from x on. */
export function handwritten(text: string, x: number): Stroke[] {
  const paths: Points[] = [];
  let left = x / X_HEIGHT;
  for (const word of text.split(" ")) {
    const late: Points[] = [];
    for (const name of word) {
      const letter = letters[name];
      if (letter === undefined) throw new Error(`no letter ${name}`);
      const at = (points: Points): Points => points.map(([px, py]) => [left + px!, -py!]);
      paths.push(...letter.strokes.map(at));
      late.push(...(letter.late ?? []).map(at));
      left += letter.advance;
    }
    paths.push(...late);
    left += lettering.space;
  }
  let time = -LIFT_MS;
  return paths.map((path) => {
    const points = evenlySpaced(path);
    const start = time + LIFT_MS;
    time = start + (points.length - 1) * POINT_MS;
    return {
      writer: "hand",
      x: points.map((p) => onGrid(p.x)),
      y: points.map((p) => onGrid(p.y)),
      time: points.map((_, k) => start + k * POINT_MS),
      pressure: null,
      lifted: true,
    };
  });
}

/** Points along the smooth curve through a path in x-heights, SPACING apart, in sheet units. */
function evenlySpaced(path: Points): { x: number; y: number }[] {
  const fine = smoothed(path);
  const result = [fine[0]!];
  let walked = 0;
  for (let k = 1; k < fine.length; k++) {
    walked += Math.hypot(fine[k]!.x - fine[k - 1]!.x, fine[k]!.y - fine[k - 1]!.y);
    if (walked < SPACING && k < fine.length - 1) continue;
    result.push(fine[k]!);
    walked = 0;
  }
  return result;
}

function smoothed(path: Points): { x: number; y: number }[] {
  const fine = [{ x: path[0]![0]! * X_HEIGHT, y: path[0]![1]! * X_HEIGHT }];
  const steps = 12;
  for (let k = 0; k + 1 < path.length; k++) {
    const [before, after] = [path[Math.max(k - 1, 0)]!, path[Math.min(k + 2, path.length - 1)]!];
    for (let s = 1; s <= steps; s++) {
      const along = (axis: 0 | 1): number =>
        catmullRom(before[axis]!, path[k]![axis]!, path[k + 1]![axis]!, after[axis]!, s / steps) * X_HEIGHT;
      fine.push({ x: along(0), y: along(1) });
    }
  }
  return fine;
}

function catmullRom(a: number, b: number, c: number, d: number, u: number): number {
  return b + 0.5 * u * (c - a + u * (2 * a - 5 * b + 4 * c - d + u * (3 * (b - c) + d - a)));
}
