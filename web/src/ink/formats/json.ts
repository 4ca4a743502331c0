/** A document of spec/ink.md, as pentrace/ink/formats/json.py. */

import { type FileInk, type FileText, inOrder, LIMIT, liftsAfter } from "./columns.ts";
import { counted, InkFileError, MAX_POINTS, Notes, tooManyPoints } from "./notes.ts";

/** The columns of a stroke, as far as it has them. */
type Columns = Partial<Record<"x" | "y" | "time" | "pressure", readonly number[]>>;

/** The ink of a document. Throws InkFileError. */
export function readJson(text: string): FileInk {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (error) {
    throw new InkFileError(`broken JSON: ${(error as Error).message}`);
  }
  if (!isObject(document) || document.format !== "pentrace-ink") {
    throw new InkFileError(
      'expected an object with "format": "pentrace-ink", found another JSON; export the ink as SVG',
    );
  }
  if (document.format_version !== 1) {
    throw new InkFileError(`format_version: expected 1, found ${shown(document.format_version)}`);
  }
  const { strokes, scale = null, unit_mm: unitMm = null, open = false } = document;
  if (!Array.isArray(strokes) || strokes.length === 0) {
    throw new InkFileError("strokes: expected a list of at least one stroke");
  }
  if (typeof open !== "boolean") throw new InkFileError("open: expected true or false, found something else");
  const sizes = [readSize("scale", scale), readSize("unit_mm", unitMm)] as const;
  const parts = strokes.map(readStroke);
  const lengths = parts.map(({ x }) => x!.length);
  if (lengths.reduce((sum, length) => sum + length, 0) > MAX_POINTS) throw tooManyPoints();
  const [x, y] = [joined(parts, "x")!, joined(parts, "y")!];
  const points = new Float32Array(2 * x.length);
  for (let k = 0; k < x.length; k++) points.set([x[k]!, y[k]!], 2 * k);
  const penUp = liftsAfter(lengths);
  if (open) penUp[x.length - 1] = 0;
  const notes = new Notes();
  const time = readTime(parts, notes);
  const pressure = joined(parts, "pressure");
  const said = readText(document, strokes, lengths);
  return { points, penUp, time, pressure, scale: sizes[0], unitMm: sizes[1], ...said, notes: notes.all() };
}

/** The text, and the place in it of the character of each point. */
function readText(
  { text = null }: Record<string, unknown>,
  strokes: readonly Record<string, unknown>[],
  lengths: readonly number[],
): { text?: FileText } {
  if (text === null) return {};
  if (typeof text !== "string") throw new InkFileError("text: expected a string, found something else");
  const count = Array.from(text).length;
  const characters = strokes.flatMap(({ characters: places }, k) => {
    if (!Array.isArray(places) || places.length !== lengths[k]) {
      throw new InkFileError(
        `stroke ${k}: characters: expected a list of ${lengths[k]} numbers, as many as x`,
      );
    }
    if (!places.every((place) => Number.isInteger(place) && place >= 0 && place < count)) {
      throw new InkFileError(
        `stroke ${k}: characters: expected whole numbers from 0 to ${count - 1}, places in the text`,
      );
    }
    return places as number[];
  });
  return { text: { text, characters: Int32Array.from(characters) } };
}

function readStroke(stroke: unknown, k: number): Columns {
  if (!isObject(stroke)) {
    throw new InkFileError(`stroke ${k}: expected an object with x and y, found something else`);
  }
  const length = Array.isArray(stroke.x) ? stroke.x.length : 0;
  const found: Columns = {};
  for (const name of ["x", "y", "time", "pressure"] as const) {
    if (!(name in stroke) && (name === "time" || name === "pressure")) continue;
    const given: unknown = stroke[name];
    const values: unknown =
      name === "pressure" && Array.isArray(given) ? given.map((value) => value ?? Number.NaN) : given;
    if (
      !Array.isArray(values) ||
      values.length === 0 ||
      !values.every((value) => typeof value === "number")
    ) {
      throw new InkFileError(`stroke ${k}: ${name}: expected a list of at least one number`);
    }
    if (values.length !== length) {
      throw new InkFileError(
        `stroke ${k}: ${name}: expected ${length} numbers, as many as x, found ${values.length}`,
      );
    }
    found[name] = values;
  }
  return found;
}

/** One column of all strokes; a pressure that a stroke has not is not known there. Null where nothing is known. */
function joined(parts: readonly Columns[], name: keyof Columns): Float32Array | null {
  const values = parts.flatMap((part) => part[name] ?? part.x!.map(() => Number.NaN));
  // Times may be dates, which are larger than float32 holds exactly.
  const most = name === "pressure" ? 1 : name === "time" ? Number.MAX_VALUE : LIMIT;
  const top = values.reduce((a, b) => Math.max(a, Number.isNaN(b) ? 0 : Math.abs(b)), 0);
  if (top === Infinity) {
    throw new InkFileError(`${name}: expected finite numbers, found a NaN or an infinity`);
  }
  if (top > most) {
    throw new InkFileError(`${name}: expected numbers of at most ${counted(most)}, found ${top}`);
  }
  const below = values.find((value) => value < 0);
  if (name === "pressure" && below !== undefined) {
    throw new InkFileError(`pressure: expected 0 to 1, found ${below}`);
  }
  return values.every(Number.isNaN) ? null : Float32Array.from(values);
}

/** The times of all points, as they are if they are in order and small enough. */
function readTime(parts: readonly Columns[], notes: Notes): Float32Array | null {
  const given = parts.filter((part) => part.time !== undefined).length;
  if (given === 0) return null;
  if (given < parts.length) {
    throw new InkFileError(
      `time: expected it in every stroke or in none, found it in ${given} of ${parts.length}`,
    );
  }
  const known = joined(parts, "time");
  const time = parts.flatMap((part) => part.time!);
  const fine = time.every((value, k) => Math.abs(value) <= LIMIT && value >= (time[k - 1] ?? value));
  return fine ? known : inOrder(time, notes);
}

function readSize(name: string, size: unknown): number | null {
  if (size === null) return null;
  if (typeof size !== "number") {
    throw new InkFileError(`${name}: expected a number or null, found something else`);
  }
  if (!(Number.isFinite(size) && size > 0)) {
    throw new InkFileError(`${name}: expected a finite number above 0, found ${size}`);
  }
  return size;
}

function shown(value: unknown): string {
  return value === undefined ? "None" : JSON.stringify(value).slice(0, 40);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
