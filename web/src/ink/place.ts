/** The ink of a file, placed on the page's paper. */

import type { FileInk } from "./formats/columns.ts";
import { columnsOf, extent, penDownRuns } from "./path.ts";
import { MODEL_MS, OpenStroke, type Stroke, UNIT_MM, X_HEIGHT } from "./stroke.ts";

/** Heights of strokes that suit the rules, sheet units. Ink in between stays as it is: a page's own file, for one. */
const LEAST = X_HEIGHT / 3;
const GREATEST = 5 * X_HEIGHT;
/** What other ink is brought to. */
const USUAL = 1.6 * X_HEIGHT;

/** What a file says of its ink, at least the points. */
export type Placeable = Pick<FileInk, "points" | "penUp"> &
  Partial<Pick<FileInk, "time" | "pressure" | "unitMm">>;

/** Strokes that end where penUp is 1: on the line, at their true size where that is known and suits it. */
export function placed({ points, penUp, time = null, pressure = null, unitMm = null }: Placeable): Stroke[] {
  const strokes = penDownRuns(penUp, penUp.length).map((run) => ({ ...columnsOf(points, run), ...run }));
  const heights = strokes.map(({ y }) => {
    const [top, bottom] = extent(y);
    return bottom - top;
  });
  const typical = median(heights.filter((height) => height > 0));
  const scale = scaleOf(typical, unitMm);
  const fits = scale === 1 && isSuitable(typical);
  const [left] = extent(strokes.flatMap(({ x }) => x));
  const level = median(strokes.flatMap(({ y }) => y)) + X_HEIGHT / 2 / scale;
  const moved = !fits || Math.abs(level) > X_HEIGHT || left < 0;
  const [fromX, fromY] = moved ? [left, level] : [0, 0];
  return strokes.map(({ x, y, begin }) => {
    const clock = (k: number): number => (time === null ? (begin + k) * MODEL_MS : time[begin + k]!);
    const at = (k: number) => ({
      x: (x[k]! - fromX) * scale,
      y: (y[k]! - fromY) * scale,
      time: clock(k),
      pressure: pressure?.[begin + k] ?? null,
    });
    const stroke = new OpenStroke(at(0), clock(0));
    for (let k = 1; k < x.length; k++) stroke.add(at(k));
    return stroke.close();
  });
}

/** Sheet units in a unit of the file, whose strokes have a typical height. */
function scaleOf(typical: number, unitMm: number | null): number {
  const wanted = unitMm === null ? 1 : unitMm / UNIT_MM;
  // A file of the page itself has its width in millimetres rounded.
  const own = Math.abs(wanted - 1) < 0.01 ? 1 : wanted;
  if (isSuitable(own * typical)) return own;
  return typical === 0 ? 1 : USUAL / typical;
}

function isSuitable(height: number): boolean {
  return height >= LEAST && height <= GREATEST;
}

/** 0 where there are none. */
function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;
}
