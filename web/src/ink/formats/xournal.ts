/** Pages of Xournal++ (.xopp), as pentrace/ink/formats/xournal.py: the strokes of its pen, all pages below each other. */

import { build, type FileInk } from "./columns.ts";
import { readNumber } from "./inkml-context.ts";
import { InkFileError, MAX_POINTS, Notes, words } from "./notes.ts";
import { type Pair, readPoints } from "./path-data.ts";
import { LEFT_OUT } from "./svg-drawn.ts";
import { type Element, walk } from "./xml-tree.ts";

const UNIT_MM = 25.4 / 72;

/** The ink of a document, in points of 1/72 inch. Throws InkFileError without ink. */
export function readXournal(root: Element): FileInk {
  const notes = new Notes();
  const strokes: Pair[][] = [];
  const widths: number[] = [];
  let [top, left, count] = [0, MAX_POINTS, 0];
  for (const page of walk(root).filter(({ name }) => name === "page")) {
    for (const element of walk(page)) {
      if (element.name === "text") notes.count(...LEFT_OUT.text);
      if (element.name === "image" || element.name === "teximage") notes.count(...LEFT_OUT.image);
      if (element.name !== "stroke") continue;
      count++;
      if ((element.attributes.get("tool") ?? "pen") !== "pen") {
        notes.count("stroke", " of a highlighter or an eraser: left out; draw ink with the pen");
        continue;
      }
      const { points, error } = readPoints(element.text, left);
      if (error !== null) {
        notes.add(`stroke ${count}: drawn up to an error ${error}; correct it to read the rest`);
      }
      if (points.length === 0) continue;
      left -= points.length;
      strokes.push(points.map(([x, y]): Pair => [x, y + top]));
      widths.push(...widthsOf(element, points.length));
    }
    top += readNumber(page.attributes.get("height")) ?? 0;
  }
  if (strokes.length === 0) {
    throw new InkFileError(
      ["expected at least one <stroke> of a pen, found none", ...notes.all()].join("; "),
    );
  }
  // Pressure is each width as a part of the largest one, where a pen had several.
  const told = widths.filter((width) => !Number.isNaN(width));
  const largest = told.reduce((a, b) => Math.max(a, b), 0);
  const pressure = largest > 0 ? widths.map((width) => width / largest) : null;
  return build(strokes, notes, { unitMm: UNIT_MM, pressure });
}

/** The width at each point: the first number is the pen's own, then one for each segment; NaN without those. */
function widthsOf({ attributes }: Element, n: number): number[] {
  const found = words(attributes.get("width") ?? "")
    .slice(1)
    .map(readNumber);
  const widths = found.filter((width): width is number => width !== null && width > 0);
  const whole = widths.length > 0 && widths.length === found.length;
  if (!whole || (widths.length !== n && widths.length !== n - 1)) return Array(n).fill(Number.NaN);
  return [...widths, widths.at(-1)!].slice(0, n);
}
