/** Lengths in SVG and CSS, as pentrace/ink/formats/_css.py. */

/** Pixels in each unit of length. */
export const PIXELS: ReadonlyMap<string, number> = new Map([
  ["", 1],
  ["px", 1],
  ["in", 96],
  ["cm", 96 / 2.54],
  ["mm", 96 / 25.4],
  ["q", 96 / 101.6],
  ["pt", 96 / 72],
  ["pc", 16],
  ["em", 16],
  ["rem", 16],
  ["ex", 8],
  ["ch", 8],
]);
/** Units that say how large the drawing is on paper. */
export const PHYSICAL: ReadonlySet<string> = new Set(["in", "cm", "mm", "q", "pt", "pc"]);
const MOST_LENGTHS = 16;
const LENGTH = /([+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)(%|[A-Za-z]*)/y;
const SEPARATOR = /[ \t\n\f\r]*,?[ \t\n\f\r]*/y;

/** A match of a pattern right at a place. The patterns that are given are sticky. */
export function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

/** Where a match of a pattern right at a place ends; the place where there is none. */
export function endOf(pattern: RegExp, text: string, at: number): number {
  return at + (matchAt(pattern, text, at)?.[0].length ?? 0);
}

/** A number and its unit, in small letters. */
export type Part = readonly [number, string];

/** A length in pixels, a percentage being a part of `whole`; null where it is none. */
export function length(text: string, whole: number): number | null {
  const parts = lengths(text);
  return parts !== null && parts.length === 1 ? pixels(parts[0]!, whole) : null;
}

export function pixels([number, unit]: Part, whole: number): number {
  return unit === "%" ? (number * whole) / 100 : number * (PIXELS.get(unit) ?? Number.NaN);
}

/** The numbers of a list and their units; null where something else is in it. */
export function lengths(text: string): Part[] | null {
  const list = text.trim();
  const parts: Part[] = [];
  for (let at = 0; at < list.length; ) {
    const match = matchAt(LENGTH, list, at);
    if (match === null || parts.length === MOST_LENGTHS) return null;
    parts.push([Number(match[1]), match[2]!.toLowerCase()]);
    at = endOf(SEPARATOR, list, at + match[0].length);
  }
  return parts;
}
