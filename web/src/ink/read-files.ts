/** Ink of files that are opened in the page: JSON (spec/ink.md), and the lines of an SVG. */

/** Points of a file, and model units in one of its units where it says so. */
export interface FileInk {
  /** [n, 2] */
  readonly points: Float32Array;
  /** [n], 1 on the last point of a stroke. */
  readonly penUp: Uint8Array;
  readonly scale: number | null;
}

/** One sentence that says what is wrong with a file. */
export class InkFileError extends Error {}

const MOST_BYTES = 16 * 2 ** 20;
const MOST_POINTS = 50_000;
const LIMIT = 2 ** 24;

export async function readInkFile(file: File): Promise<FileInk> {
  if (file.size > MOST_BYTES)
    throw fail(file, `at most ${MOST_BYTES} bytes are expected, ${file.size} found`);
  const text = await file.text();
  try {
    return /^\s*\{/.test(text) ? readJson(text) : readSvg(text);
  } catch (error) {
    if (error instanceof InkFileError) throw fail(file, error.message);
    throw error;
  }
}

function fail({ name }: File, what: string): InkFileError {
  return new InkFileError(`${name} cannot be read: ${what}.`);
}

interface Stroke {
  readonly x: readonly number[];
  readonly y: readonly number[];
}

/** A document of spec/ink.md. */
export function readJson(text: string): FileInk {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    throw new InkFileError("it is not JSON");
  }
  if (!isObject(document) || document.format !== "pentrace-ink") {
    throw new InkFileError('format "pentrace-ink" is expected');
  }
  if (document.format_version !== 1) throw new InkFileError("format_version 1 is expected");
  const { strokes, scale = null, open = false } = document;
  if (!Array.isArray(strokes)) throw new InkFileError("strokes are expected");
  if (scale !== null && !(isNumber(scale) && scale > 0)) {
    throw new InkFileError("scale: a number above 0 is expected");
  }
  return joined(strokes.map(readStroke), scale as number | null, open === true);
}

function readStroke(stroke: unknown, k: number): Stroke {
  const { x, y } = isObject(stroke) ? stroke : {};
  if (!isNumbers(x) || !isNumbers(y) || x.length !== y.length || x.length === 0) {
    throw new InkFileError(`stroke ${k}: x and y are expected, as many finite numbers in each`);
  }
  return { x, y };
}

/** Sampled so closely that the preparation sees a curve. */
const SVG_STEPS = 400;

/** A stroke for every subpath, line and polyline that the browser can measure. */
function readSvg(text: string): FileInk {
  const parsed = new DOMParser().parseFromString(text, "image/svg+xml");
  const root = parsed.documentElement;
  if (root.localName !== "svg") throw new InkFileError("ink as JSON or SVG is expected");
  // Lengths and matrices are only known of what lies in a page; scripts of a parsed document never run here.
  const holder = document.createElement("div");
  holder.className = "unseen";
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  holder.append(svg);
  document.body.append(holder);
  try {
    const shapes = [...root.querySelectorAll("path, polyline, polygon, line")].filter(
      (shape) => shape.closest("defs, symbol, clipPath, mask, marker, pattern") === null,
    );
    return joined(
      shapes.flatMap((shape) => strokesOf(shape, svg)),
      null,
      false,
    );
  } finally {
    holder.remove();
  }
}

function strokesOf(shape: Element, svg: SVGSVGElement): Stroke[] {
  const matrix = matrixOf(shape);
  return pathTexts(shape).map((d) => {
    const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
    path.setAttribute("d", d);
    svg.append(path);
    const length = path.getTotalLength();
    const steps = length > 0 ? SVG_STEPS : 0;
    const points = Array.from({ length: steps + 1 }, (_, k) => {
      const { x, y } = path.getPointAtLength(steps === 0 ? 0 : (length * k) / steps);
      return new DOMPoint(x, y).matrixTransform(matrix);
    });
    path.remove();
    return { x: points.map(({ x }) => x), y: points.map(({ y }) => y) };
  });
}

/** The subpaths of a shape; those that begin with a move relative to the one before stay with it. */
function pathTexts(shape: Element): string[] {
  const get = (name: string): string => shape.getAttribute(name) ?? "";
  if (shape.localName === "line") return [`M${get("x1")} ${get("y1")}L${get("x2")} ${get("y2")}`];
  if (shape.localName === "path")
    return get("d")
      .split(/(?=M)/)
      .filter((d) => d.trim() !== "");
  return [`M${get("points")}${shape.localName === "polygon" ? "Z" : ""}`];
}

function matrixOf(shape: Element): DOMMatrix {
  const matrix = new DOMMatrix();
  for (let el: Element | null = shape; el !== null; el = el.parentElement) {
    const list = el instanceof SVGGraphicsElement ? el.transform.baseVal.consolidate() : null;
    if (list !== null) matrix.preMultiplySelf(DOMMatrix.fromMatrix(list.matrix));
  }
  return matrix;
}

function joined(strokes: readonly Stroke[], scale: number | null, open: boolean): FileInk {
  const n = strokes.reduce((sum, { x }) => sum + x.length, 0);
  if (n < 2) throw new InkFileError("at least two points are expected");
  if (n > MOST_POINTS) throw new InkFileError(`at most ${MOST_POINTS} points are expected, ${n} found`);
  const points = new Float32Array(2 * n);
  const penUp = new Uint8Array(n);
  let at = 0;
  for (const { x, y } of strokes) {
    for (let k = 0; k < x.length; k++) points.set([x[k]!, y[k]!], 2 * (at + k));
    at += x.length;
    penUp[at - 1] = 1;
  }
  if (open) penUp[n - 1] = 0;
  return { points, penUp, scale };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isNumber(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value) && Math.abs(value) <= LIMIT;
}

function isNumbers(value: unknown): value is number[] {
  return Array.isArray(value) && value.every(isNumber);
}
