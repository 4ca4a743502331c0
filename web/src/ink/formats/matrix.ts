/**
 * Transforms of SVG, as pentrace/ink/formats/_matrix.py: attributes, styles and view boxes as matrices.
 *
 * A matrix is [a, b, c, d, e, f] and takes (x, y) to (a x + c y + e, b x + d y + f).
 */

import { length, lengths, type Part, pixels } from "./lengths.ts";
import { InkFileError, words } from "./notes.ts";
import { MAX_NUMBER, MAX_NUMBER_TEXT, type Pair } from "./path-data.ts";

export type Matrix = readonly [number, number, number, number, number, number];
export type Size = readonly [number, number];
/** Left, top, width, height. */
export type Box = readonly [number, number, number, number];

export const IDENTITY: Matrix = [1, 0, 0, 1, 0, 0];
const ZERO: Part = [0, ""];
const DEGREES: Readonly<Record<string, number>> = {
  "": 1,
  deg: 1,
  rad: 180 / Math.PI,
  grad: 0.9,
  turn: 360,
};

/** The matrix that applies `inner` first, then `outer`. */
export function multiply([a, b, c, d, e, f]: Matrix, [g, h, i, j, k, m]: Matrix): Matrix {
  return [a * g + c * h, b * g + d * h, a * i + c * j, b * i + d * j, a * k + c * m + e, b * k + d * m + f];
}

export function translation(x: number, y: number): Matrix {
  return [1, 0, 0, 1, x, y];
}

/** The matrix of a transform, in SVG's or in CSS's way of writing; null where it cannot be read. */
export function transform(list: string, viewport: Size): Matrix | null {
  const text = list.trim();
  if (text === "none" || text === "") return IDENTITY;
  let matrix = IDENTITY;
  let at = 0;
  while (at < text.length) {
    const opening = text.indexOf("(", at);
    const closing = text.indexOf(")", opening);
    if (opening < 0 || closing < 0) return null;
    const name = text.slice(at, opening).replaceAll(",", " ").trim();
    const parts = lengths(text.slice(opening + 1, closing));
    const one = parts === null ? null : readFunction(name, parts, viewport);
    if (one === null) return null;
    matrix = multiply(matrix, one);
    at = closing + 1;
  }
  return matrix.every(Number.isFinite) ? matrix : null;
}

const SIDES: Readonly<Record<string, string>> = {
  left: "0",
  top: "0",
  center: "50%",
  right: "100%",
  bottom: "100%",
};

/** A transform about a `transform-origin` in its reference box; null where the origin cannot be read. */
export function about(matrix: Matrix, origin: string, [left, top, width, height]: Box): Matrix | null {
  const given = words(origin);
  let [first, second] = given.length === 0 ? ["0", "0"] : [given[0]!, given[1] ?? "center"];
  if (["top", "bottom"].includes(first) || ["left", "right"].includes(second)) {
    [first, second] = [second, first];
  }
  const x = length(SIDES[first] ?? first, width);
  const y = length(SIDES[second] ?? second, height);
  if (x === null || y === null || !Number.isFinite(x + y)) return null;
  return multiply(translation(left + x, top + y), multiply(matrix, translation(-left - x, -top - y)));
}

/** Points taken through a matrix. Throws InkFileError where they become too large. */
export function through([a, b, c, d, e, f]: Matrix, points: readonly Pair[]): Pair[] {
  return points.map(([x, y]): Pair => {
    const moved: Pair = [a * x + c * y + e, b * x + d * y + f];
    if (!moved.every((value) => Math.abs(value) <= MAX_NUMBER)) {
      throw new InkFileError(`expected coordinates of at most ${MAX_NUMBER_TEXT}, found larger ones`);
    }
    return moved;
  });
}

/** Left, top, right and bottom of points. */
export function bounds(points: readonly Pair[]): [number, number, number, number] {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const [x, y] of points) {
    left = Math.min(left, x);
    top = Math.min(top, y);
    right = Math.max(right, x);
    bottom = Math.max(bottom, y);
  }
  return [left, top, right, bottom];
}

/** The numbers of a `viewBox`; null where it is not one. */
export function viewBox(text: string): Box | null {
  const values = (lengths(text) ?? []).map(([number]) => number);
  const [left, top, width, height] = values;
  if (values.length !== 4 || !values.every(Number.isFinite) || width! <= 0 || height! <= 0) return null;
  return [left!, top!, width!, height!];
}

/** The matrix that takes a view box into a viewport, by `preserveAspectRatio`. */
export function intoViewport([left, top, width, height]: Box, size: Size, align: string): Matrix {
  const scaleX = size[0] / width;
  const scaleY = size[1] / height;
  const list = words(align);
  const how = list[0] ?? "xMidYMid";
  if (how === "none") return [scaleX, 0, 0, scaleY, -left * scaleX, -top * scaleY];
  const scale = list.includes("slice") ? Math.max(scaleX, scaleY) : Math.min(scaleX, scaleY);
  const parts: Readonly<Record<string, number>> = { Min: 0, Mid: 0.5, Max: 1 };
  const x = (size[0] - width * scale) * (parts[how.slice(1, 4)] ?? 0.5) - left * scale;
  const y = (size[1] - height * scale) * (parts[how.slice(5, 8)] ?? 0.5) - top * scale;
  return [scale, 0, 0, scale, x, y];
}

/** The matrix of one transform function; null where it is not one or has other numbers. */
function readFunction(name: string, parts: readonly Part[], viewport: Size): Matrix | null {
  const n = parts.length;
  const most = name === "translate" || name === "scale" || name === "skew" ? 2 : 1;
  const some = n >= 1 && n <= most;
  if (/^translate[XY]?$/.test(name) && some) {
    const [x, y] = name === "translateY" ? [ZERO, parts[0]!] : [parts[0]!, parts[1] ?? ZERO];
    return translation(pixels(x, viewport[0]), pixels(y, viewport[1]));
  }
  if (/^scale[XY]?$/.test(name) && some) {
    const factors = parts.map(([number, unit]) => (unit === "%" ? number / 100 : number));
    const x = name === "scaleY" ? 1 : factors[0]!;
    const y = name === "scaleX" ? 1 : factors.at(-1)!;
    return [x, 0, 0, y, 0, 0];
  }
  if (name === "matrix" && n === 6) {
    const [a, b, c, d, e, f] = parts.map(([number]) => number);
    return [a!, b!, c!, d!, e!, f!];
  }
  if (name === "rotate" && (n === 1 || n === 3)) {
    const angle = radians(parts[0]!);
    const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
    const x = pixels(parts[1] ?? ZERO, viewport[0]);
    const y = pixels(parts[2] ?? ZERO, viewport[1]);
    return multiply(translation(x, y), multiply([cos, sin, -sin, cos, 0, 0], translation(-x, -y)));
  }
  if (/^skew[XY]?$/.test(name) && some) {
    const [first, second = 0] = parts.map((part) => Math.tan(radians(part)));
    return name === "skewY" ? [1, first!, 0, 1, 0, 0] : [1, second, first!, 1, 0, 0];
  }
  return null;
}

function radians([number, unit]: Part): number {
  return (((number * (DEGREES[unit] ?? Number.NaN)) % 360) * Math.PI) / 180;
}
