/** The XML of a line of IAM-OnDB, as pentrace/ink/formats/iam.py. */

import { WHITEBOARD_SCALE } from "../stroke.ts";
import { build, type FileInk } from "./columns.ts";
import { InkFileError, MAX_POINTS, Notes, tooManyPoints } from "./notes.ts";
import type { Pair } from "./path-data.ts";
import { type Element, walk } from "./xml-tree.ts";

/** The ink of a line, in raw whiteboard units; time counts from its first point. */
export function readIam(root: Element): FileInk {
  const strokes = walk(root)
    .filter(({ name }) => name === "Stroke")
    .map((stroke) => walk(stroke).filter(({ name }) => name === "Point"))
    .filter((points) => points.length > 0)
    .map((points) => points.map(readPoint));
  if (strokes.length === 0) {
    throw new InkFileError("expected at least one <Stroke> with a <Point>, found none");
  }
  const all = strokes.flat();
  if (all.length > MAX_POINTS) throw tooManyPoints();
  if (!all.flat().every(Number.isFinite)) {
    throw new InkFileError("points: expected finite numbers, found a NaN or an infinity");
  }
  const time = all.map(([, , seconds]) => Math.round((seconds - all[0]![2]) * 1000));
  const points = strokes.map((stroke) => stroke.map(([x, y]): Pair => [x, y]));
  return build(points, new Notes(), { time, scale: WHITEBOARD_SCALE });
}

function readPoint({ attributes }: Element): readonly [number, number, number] {
  const numbers = ["x", "y", "time"].map((name) => {
    const text = attributes.get(name)?.trim() ?? "";
    return text === "" || Number.isNaN(Number(text)) ? null : Number(text);
  });
  if (numbers.includes(null)) {
    const found = [...attributes].map(([name, value]) => `${name}="${value}"`).join(" ");
    throw new InkFileError(
      `<Point>: expected numbers x, y and time, found ${found === "" ? "none" : found.slice(0, 80)}`,
    );
  }
  return numbers as [number, number, number];
}
