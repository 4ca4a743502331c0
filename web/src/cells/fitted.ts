/** Placing ink in a rectangle. */

import type { Placing } from "../draw/canvas.ts";
import type { ColouredInk } from "./ink-painter.ts";

/** Client pixels around the ink. */
const ROOM = 8;

/** The whole ink in a rectangle; most: client pixels in a sheet unit, never more. */
export function fitted({ path: { x, y } }: ColouredInk, width: number, height: number, most = 1): Placing {
  const [left, right] = [least(x), -least(x.map((value) => -value))];
  const [top, bottom] = [least(y), -least(y.map((value) => -value))];
  const across = (width - 2 * ROOM) / Math.max(right - left, 1);
  const upright = (height - 2 * ROOM) / Math.max(bottom - top, 1);
  const zoom = Math.max(Math.min(across, upright, most), 0.005);
  return {
    width,
    height,
    zoom,
    left: (width - (left + right) * zoom) / 2,
    top: (height - (top + bottom) * zoom) / 2,
    density: window.devicePixelRatio,
  };
}

function least(values: Float64Array): number {
  return values.reduce((a, b) => Math.min(a, b));
}
