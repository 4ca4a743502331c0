/**
 * Veer, colour and opacity of a field of futures (spec/futures.md): the twin of src/pentrace/pictures/futures.py.
 *
 * Letter key: n offsets, F futures, K steps (horizons).
 */

import { between, css, type Triple } from "../draw/palette.ts";
import type { Theme } from "../draw/redraw.ts";

/** Left, middle and right of the scale of colours. */
const ANCHORS: Readonly<Record<Theme, readonly [string, string, string]>> = {
  light: ["#d9570d", "#b9b3a6", "#00858c"],
  dark: ["#ff9446", "#6b707c", "#2ec9c4"],
};

/** Model units of the circle of a pen lift that is certain. */
export const LIFT_RADIUS = 0.6;

/**
 * Signed angle in radians between a future's and the path's displacement at each horizon: [count, K], right of the
 * path above zero.
 *
 * path: offsets [n, 3]; row: offsets consumed before; futures: [count, K, 3].
 */
export function veers(path: Float32Array, row: number, futures: Float32Array, steps: number): Float64Array {
  const result = new Float64Array(futures.length / 3);
  const vx = new Float64Array(steps);
  const vy = new Float64Array(steps);
  let x = 0;
  let y = 0;
  for (let k = 0; k < steps; k++) {
    x += path[3 * (row + k)] ?? 0;
    y += path[3 * (row + k) + 1] ?? 0;
    vx[k] = x;
    vy[k] = y;
  }
  for (let at = 0; at < result.length; at += steps) {
    let ux = 0;
    let uy = 0;
    for (let k = 0; k < steps; k++) {
      ux += futures[3 * (at + k)]!;
      uy += futures[3 * (at + k) + 1]!;
      result[at + k] = Math.atan2(vx[k]! * uy - vy[k]! * ux, vx[k]! * ux + vy[k]! * uy);
    }
  }
  return result;
}

/** The colour of a veer: sRGB in 0 to 1. */
export function colourOf(veer: number, theme: Theme): Triple {
  const strength = Math.sin(Math.min(2 * Math.abs(veer), Math.PI / 2));
  return between(ANCHORS[theme], (1 + Math.sign(veer) * strength) / 2);
}

/** Of the segment that ends at horizon k, 1 to `steps`, in a field of `count` futures. */
export function opacity(k: number, steps: number, count: number): number {
  return Math.min(0.9, 2.4 / Math.sqrt(count)) * (1 - (k - 1) / steps);
}

const LEVELS = 128;
const known = new Map<Theme, readonly string[]>();

/** The scale in steps too fine for the eye to see; beyond 45 degrees the colour stays the same. */
export function veerPalette(theme: Theme): readonly string[] {
  const made =
    known.get(theme) ?? Array.from({ length: LEVELS }, (_, level) => css(levelColour(level, theme)));
  known.set(theme, made);
  return made;
}

/** The number of a veer's colour in its palette. */
export function veerLevel(veer: number): number {
  const share = Math.min(Math.max(veer / (Math.PI / 4), -1), 1);
  return Math.round(((share + 1) / 2) * (LEVELS - 1));
}

function levelColour(level: number, theme: Theme): Triple {
  return colourOf(((level / (LEVELS - 1)) * 2 - 1) * (Math.PI / 4), theme);
}
