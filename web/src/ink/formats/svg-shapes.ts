/**
 * A shape of an SVG, as pentrace/ink/formats/_shapes.py: what it inherits, whether it can be seen, and what it draws in
 * its own units.
 */

import { length, lengths, type Part } from "./lengths.ts";
import type { Matrix, Size } from "./matrix.ts";
import { type Notes, words } from "./notes.ts";
import { flatten, type Pair, readPoints, type Subpath } from "./path-data.ts";
import type { Element } from "./xml-tree.ts";

export const SHAPES = new Set(["path", "polyline", "polygon", "line", "circle", "ellipse", "rect"]);
export const LINE_OF_PEN = "inkscape:original-d";

/** Corners of a circle of radius 1. */
const RING: readonly Pair[] = Array.from({ length: 32 }, (_, k) => [
  Math.cos((Math.PI * k) / 16),
  Math.sin((Math.PI * k) / 16),
]);

const NAMES: Readonly<Record<string, string>> = { black: "#000000", white: "#ffffff" };

/** What fill or stroke is: declared at all, visible, and in which colour, as #rrggbb where that is simple. */
interface Paint {
  readonly declared: boolean;
  readonly visible: boolean;
  readonly colour: string;
}

/** What an element inherits. */
export interface Inherited {
  readonly shown: boolean;
  readonly fill: Paint;
  readonly stroke: Paint;
  /** An opacity or a width of nothing. */
  readonly fillClear: boolean;
  readonly strokeClear: boolean;
  readonly noWidth: boolean;
}

export const INITIAL: Inherited = {
  shown: true,
  fill: { declared: false, visible: true, colour: "" },
  stroke: { declared: false, visible: false, colour: "" },
  fillClear: false,
  strokeClear: false,
  noWidth: false,
};

/** An element on its way to the page. */
export interface Drawn {
  readonly element: Element;
  readonly parent: Drawn | null;
  readonly matrix: Matrix;
  readonly style: Inherited;
  readonly viewport: Size;
  /** Size of the innermost <svg>, in the drawing's units; 0 where it is not known. */
  readonly page: Size;
  /** CSS variables, which are inherited. */
  readonly variables: ReadonlyMap<string, string>;
  /** The properties of its attributes, of rules and of its own style. */
  readonly declared: ReadonlyMap<string, string>;
  /** How many `use` it lies in. */
  readonly uses: number;
}

export function isFilled({ style }: Drawn): boolean {
  return style.fill.visible && !style.fillClear;
}

export function isStroked({ style }: Drawn): boolean {
  return style.stroke.visible && !style.strokeClear && !style.noWidth;
}

/** What a shape draws, in its own units. path: which path of the drawing it is. */
export function subpathsOf(drawn: Drawn, notes: Notes, path: number, most: number): Subpath[] {
  const { name, attributes } = drawn.element;
  const [width, height] = drawn.viewport;
  if (name === "path") {
    const { subpaths, error } = flatten(pathData(drawn), most);
    if (error !== null) notes.add(`path ${path}: drawn up to an error ${error}; correct it to read the rest`);
    return subpaths;
  }
  if (name === "polyline" || name === "polygon") {
    const { points, error } = readPoints(attributes.get("points") ?? "", most);
    if (error !== null) notes.add(`<${name}>: drawn up to an error ${error}; correct it to read the rest`);
    const closed = name === "polygon";
    return points.length === 0 ? [] : [{ points: closed ? [...points, points[0]!] : points, closed }];
  }
  const get = (side: string, whole: number): number => numberOf(drawn, side, whole, notes);
  if (name === "line") {
    const [x1, x2] = [get("x1", width), get("x2", width)];
    const [y1, y2] = [get("y1", height), get("y2", height)];
    const dot = x1 === x2 && y1 === y2;
    return [{ points: [[x1, y1] as const, [x2, y2] as const].slice(0, dot ? 1 : 2), closed: false }];
  }
  if (name === "rect") {
    const [x, w] = [get("x", width), get("width", width)];
    const [y, h] = [get("y", height), get("height", height)];
    const corners: Pair[] = [
      [x, y],
      [x + w, y],
      [x + w, y + h],
      [x, y + h],
      [x, y],
    ];
    return w > 0 && h > 0 ? [{ points: corners, closed: true }] : [];
  }
  return [];
}

/** The data of a path. Where Inkscape draws a pen's pressure as an outline, it keeps the pen's path beside it. */
function pathData(drawn: Drawn): string {
  const { attributes } = drawn.element;
  const line = isStroked(drawn) ? "" : (attributes.get(LINE_OF_PEN) ?? "");
  const data = line || (drawn.declared.get("d") ?? "");
  if (!data.trimStart().toLowerCase().startsWith("path(")) return data;
  const quote = data.includes('"') ? '"' : "'"; // in a style: path("M0 0L1 1")
  return data.slice(data.indexOf(quote) + 1, Math.max(0, data.lastIndexOf(quote)));
}

/** A circle or an ellipse in its own units. */
export interface Circle {
  readonly centre: Pair;
  readonly rx: number;
  readonly ry: number;
}

/** The circle or ellipse of an element; null where it has no size, or is none. */
export function circleOf(drawn: Drawn, notes: Notes): Circle | null {
  if (drawn.element.name !== "circle" && drawn.element.name !== "ellipse") return null;
  const [width, height] = drawn.viewport;
  const get = (side: string, whole: number): number => numberOf(drawn, side, whole, notes);
  const centre: Pair = [get("cx", width), get("cy", height)];
  const round = drawn.element.name === "circle";
  const r = round ? get("r", Math.sqrt((width * width + height * height) / 2)) : 0;
  let [rx, ry] = round ? [r, r] : [get("rx", width), get("ry", height)];
  // Where one is not given, the ellipse is a circle.
  if (!round && written(drawn, "rx") === "") rx = ry;
  if (!round && written(drawn, "ry") === "") ry = rx;
  return rx > 0 && ry > 0 ? { centre, rx, ry } : null;
}

/** A circle's larger diameter in the drawing's units, as if the matrix scaled both sides alike. */
export function reach({ rx, ry }: Circle, [a, b, c, d]: Matrix): number {
  return 2 * Math.max(rx, ry) * Math.sqrt(Math.abs(a * d - b * c));
}

/** A circle's line, once around. */
export function ring({ centre: [x, y], rx, ry }: Circle): Subpath {
  const points = RING.map(([cos, sin]): Pair => [x + rx * cos, y + ry * sin]);
  return { points: [...points, points[0]!], closed: true };
}

/** A length of a shape in its units, 0 where it is not given or cannot be read. */
function numberOf(drawn: Drawn, name: string, whole: number, notes: Notes): number {
  const value = lengthOf(drawn, name, whole);
  const text = written(drawn, name);
  if (value === null && text !== "" && text !== "auto") {
    const found = text.slice(0, 40);
    notes.add(`<${drawn.element.name}>: ${name}: expected a length, found '${found}'; read as 0; correct it`);
  }
  return value ?? 0;
}

/** A length of an element in its units; null where it is not given or cannot be read. */
export function lengthOf(drawn: Drawn, name: string, whole: number): number | null {
  const value = length(written(drawn, name), whole);
  return value === null || Number.isNaN(value) ? null : value;
}

function written({ declared, element }: Drawn, name: string): string {
  return (declared.get(name) ?? element.attributes.get(name) ?? "").trim();
}

/** What an element's children inherit: its parent's style and what it declares itself. */
export function inherited(style: Inherited, declared: ReadonlyMap<string, string>): Inherited {
  const changes: { -readonly [K in keyof Inherited]?: Inherited[K] } = {};
  for (const [name, value] of declared) {
    const text = value.trim().toLowerCase();
    if (text === "" || text === "inherit" || text === "unset") continue;
    if (name === "visibility") {
      changes.shown =
        text === "visible" || text === "initial" || (style.shown && text !== "hidden" && text !== "collapse");
    } else if (name === "fill" || name === "stroke") {
      const clear = text === "initial" ? name === "stroke" : isClear(text);
      changes[name] = { declared: true, visible: !clear, colour: plain(text) };
    } else if (name === "fill-opacity") changes.fillClear = isZero(text);
    else if (name === "stroke-opacity") changes.strokeClear = isZero(text);
    else if (name === "stroke-width") changes.noWidth = isZero(text);
  }
  return { ...style, ...changes };
}

/** A colour, so that black, white and the usual ways to write numbers can be compared. */
function plain(text: string): string {
  const short = text.startsWith("#") && (text.length === 4 || text.length === 5);
  const colour = short ? text.replaceAll(/[^#]/g, "$&$&") : text;
  if (colour.startsWith("rgb") && colour.endsWith(")")) {
    const levels = words(colour.slice(colour.indexOf("(") + 1, -1).replaceAll(/[/,]/g, " "));
    const parts = levels.slice(0, 3).flatMap((level) => lengths(level) ?? []);
    if (parts.length === 3 && parts.every(([number]) => number >= 0 && number <= 255)) {
      const two = ([number, unit]: Part): string =>
        Math.min(255, Math.floor(number * (unit === "%" ? 2.55 : 1) + 0.5))
          .toString(16)
          .padStart(2, "0");
      return `#${parts.map(two).join("")}`;
    }
  }
  return NAMES[colour] ?? (colour.startsWith("#") ? colour.slice(0, 7) : colour);
}

/** Whether an opacity or a width is nothing. */
export function isZero(text: string): boolean {
  const parts = lengths(text);
  return parts !== null && parts.length === 1 && parts[0]![0] <= 0;
}

/** The keyword that a property is, in small letters. */
export function word(declared: ReadonlyMap<string, string>, name: string): string {
  return (declared.get(name) ?? "").trim().toLowerCase();
}

/** Whether a paint cannot be seen: none, or a colour without opacity. */
function isClear(text: string): boolean {
  if (text === "none" || text === "transparent") return true;
  if (text.startsWith("#")) {
    return (text.length === 5 && text[4] === "0") || (text.length === 9 && text.slice(7) === "00");
  }
  if ((text.startsWith("rgb") || text.startsWith("hsl")) && text.endsWith(")")) {
    const parts = words(text.slice(text.indexOf("(") + 1, -1).replaceAll(/[/,]/g, " "));
    return parts.length === 4 && isZero(parts[3]!);
  }
  return false;
}
