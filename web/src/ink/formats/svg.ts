/**
 * Shapes of an SVG as strokes, as pentrace/ink/formats/_strokes.py: which of them a pen drew, and where one stroke goes
 * on in the next element.
 */

import { build, type FileInk } from "./columns.ts";
import { bounds, type Matrix, through } from "./matrix.ts";
import { InkFileError, MAX_POINTS, Notes, tooManyPoints } from "./notes.ts";
import { type Pair, type Subpath, same } from "./path-data.ts";
import { SvgDocument } from "./svg-drawn.ts";
import {
  circleOf,
  type Drawn,
  isFilled,
  isStroked,
  LINE_OF_PEN,
  reach,
  ring,
  subpathsOf,
} from "./svg-shapes.ts";
import type { Element } from "./xml-tree.ts";

/** Largest diameter of a filled circle that is a dot of a pen, as a part of the drawing's larger side. */
const DOT = 0.1;
/** An outline that is a dot is no larger than this part of the drawing, */
const ROUND = 0.03;
/** fills so much of the box around it, and is at most so much longer than wide. */
const ROUND_AREA = 0.7;
const ROUND_ASPECT = 1.5;
/** A line that spans this part of the page from side to side may be a rule of the paper, */
const ACROSS = 0.95;
/** if it leaves its direction by at most this part of its length, */
const STRAIGHT = 1e-3;
/** and so many others are there. */
const LEAST_RULES = 3;
/** So many dots in one shape are those of dotted paper. */
const LEAST_DOTS = 20;
/** Ends that are nearer than this part of the drawing's larger side are one place. */
const TOUCHING = 1e-4;
/**
 * What a stroke is, as far as its own element tells.
 *
 * A likely dot is a small round outline: a dot if others are stroked, a part of a letter's outline if none is. A bare
 * stroke is an open line for which no paint is declared. A likely outline is a closed one: ink if open ones are drawn
 * in the same way. A rule is a straight line across the whole page: the paper's, if there are several. Paper is a frame
 * around the page, or a dot of dotted paper.
 */
type Kind = "ink" | "dot" | "likely dot" | "bare" | "likely outline" | "rule" | "paper";

interface Stroke {
  readonly points: readonly Pair[];
  readonly kind: Kind;
  readonly colour: string;
  readonly closed: boolean;
  /** The middle of a small round outline, which may be a dot. */
  readonly dot: Pair | null;
}

const OUTLINES: readonly [string, string] = [
  "filled shape",
  " without a stroke: left out, since an outline is not the path of a pen; export strokes",
];
const OF_THE_PAPER: readonly [string, string] = [
  "line",
  " across the whole page, or dots of its paper: left out; make the page larger if they are ink",
];

/** The ink of an SVG: its visible lines, in user units. Throws InkFileError where there is none, with the reason. */
export function readSvg(root: Element): FileInk {
  const notes = new Notes();
  const document = new SvgDocument(root, notes);
  const paperColours: string[] = [];
  const strokes = [...strokesOf(document, notes, paperColours)];
  const found = decided(seen(strokes, paperColours, notes), notes);
  if (found.length === 0) {
    const reasons = notes.all().join("; ");
    throw new InkFileError(
      `no ink found: ${reasons === "" ? "expected a path, line, polyline, polygon, circle or ellipse" : reasons}`,
    );
  }
  const touching = TOUCHING * Math.max(...document.viewport);
  const columns = joined(found, touching).map((points) => toldApart(points, notes));
  return build(columns, notes, { unitMm: document.unitMm() });
}

/** The strokes of every shape, in order. Colours that fill the page are added to `paperColours`. */
function* strokesOf(document: SvgDocument, notes: Notes, paperColours: string[]): Generator<Stroke> {
  let most = MAX_POINTS;
  let paths = 0;
  const largest = Math.max(...document.viewport);
  for (const drawn of document.shapes()) {
    const { name } = drawn.element;
    const { fill, stroke } = drawn.style;
    if (name === "path") paths++;
    if (!isFilled(drawn) && !isStroked(drawn)) {
      notes.count("shape", " with neither stroke nor fill: left out; give a stroke to what is ink");
      continue;
    }
    if (most <= 0) throw tooManyPoints();
    const circle = circleOf(drawn, notes);
    if (circle !== null && isFilled(drawn) && reach(circle, drawn.matrix) <= DOT * largest) {
      most--;
      const points = through(drawn.matrix, [circle.centre]);
      yield { points, kind: "dot", colour: fill.colour, closed: false, dot: null };
      continue;
    }
    const subpaths = circle === null ? subpathsOf(drawn, notes, paths, most) : [ring(circle)];
    if (subpaths.length === 0) continue;
    if (isFilled(drawn) && subpaths.some((subpath) => isPage(drawn, subpath))) paperColours.push(fill.colour);
    const kind = kindOf(drawn, subpaths, largest);
    if (kind === null) {
      notes.count(...OUTLINES);
      continue;
    }
    const colour = isStroked(drawn) ? stroke.colour : fill.colour;
    const likely = kind === "likely dot" || kind === "likely outline";
    const isOne = likely && isDot(drawn, subpaths, largest);
    const dot = isOne ? centreOf(subpaths[0]!.points, drawn.matrix) : null;
    const dotted = subpaths.length >= LEAST_DOTS && subpaths.every(({ points }) => points.length === 1);
    for (const { points: own, closed } of subpaths) {
      most -= own.length;
      const points = through(drawn.matrix, own);
      const decidedKind = dotted ? "paper" : (ofPaper(points, drawn.page) ?? kind);
      yield { points, kind: decidedKind, colour, closed, dot };
    }
  }
}

/** Whether a subpath is a rectangle around the whole page. */
function isPage({ matrix, page }: Drawn, { points }: Subpath): boolean {
  return points.length === 5 && ofPaper(through(matrix, points), page) === "paper";
}

/** What a shape's strokes are; null for an outline, which is not ink. */
function kindOf(drawn: Drawn, subpaths: readonly Subpath[], largest: number): Kind | null {
  const { fill, stroke } = drawn.style;
  const outline = subpaths.every(isClosed);
  // A closed line that is filled in its own colour is a blob: programs draw pens with pressure so.
  const blob = outline && isFilled(drawn) && fill.colour === stroke.colour;
  if (isStroked(drawn) && !blob) return "ink";
  if (drawn.element.attributes.has(LINE_OF_PEN) && !outline) return "ink";
  if (fill.declared && isDot(drawn, subpaths, largest)) return "likely dot";
  const { name } = drawn.element;
  if (fill.declared || stroke.declared || name === "circle" || name === "ellipse" || name === "rect")
    return null;
  return outline ? "likely outline" : "bare";
}

/** "rule" or "paper" for a line that spans the page; null for any other, or where the page's size is not known. */
function ofPaper(points: readonly Pair[], page: readonly [number, number]): Kind | null {
  if ((points.length !== 2 && points.length !== 5) || page.includes(0)) return null;
  const [left, top, right, bottom] = bounds(points);
  const [width, height] = [right - left, bottom - top];
  const [across, down] = [width >= ACROSS * page[0], height >= ACROSS * page[1]];
  if (points.length === 2) {
    const straight = Math.min(width, height) <= STRAIGHT * Math.max(width, height);
    return straight && (width > height ? across : down) ? "rule" : null;
  }
  const corners = points.every(([x, y]) => (x === left || x === right) && (y === top || y === bottom));
  return corners && same(points[0]!, points[4]!) && across && down ? "paper" : null;
}

/** Whether an outline is small and round. */
function isDot(drawn: Drawn, subpaths: readonly Subpath[], largest: number): boolean {
  if (!isRound(subpaths)) return false;
  const [left, top, right, bottom] = bounds(through(drawn.matrix, subpaths[0]!.points));
  return Math.max(right - left, bottom - top) <= ROUND * largest;
}

function isRound(subpaths: readonly Subpath[]): boolean {
  const { points } = subpaths[0]!;
  const [left, top, right, bottom] = bounds(points);
  const [width, height] = [right - left, bottom - top];
  const least = Math.min(width, height);
  if (subpaths.length > 1 || least <= 0 || Math.max(width, height) > ROUND_ASPECT * least) return false;
  let doubled = 0;
  points.forEach(([x, y], k) => {
    const [nextX, nextY] = points[(k + 1) % points.length]!;
    doubled += x * nextY - nextX * y;
  });
  return Math.abs(doubled) / 2 >= ROUND_AREA * width * height;
}

/** Whether a subpath ends where it began, as outlines do; a dot does not. */
function isClosed({ points, closed }: Subpath): boolean {
  if (points.length === 1) return false;
  if (closed) return true;
  const [left, top, right, bottom] = bounds(points);
  return distance(points[0]!, points.at(-1)!) <= 1e-3 * Math.max(right - left, bottom - top);
}

/**
 * The strokes without those in the colour of the paper, unless nothing else is drawn.
 *
 * Where no paper is drawn, it is taken to be white, but only if fewer than half of the strokes are white.
 */
function seen(strokes: readonly Stroke[], paperColours: readonly string[], notes: Notes): readonly Stroke[] {
  const colours = paperColours.length > 0 ? paperColours : ["#ffffff"];
  const left = strokes.filter(({ colour }) => !colours.includes(colour));
  const unseen = strokes.length - left.length;
  if (left.length === 0 || (paperColours.length === 0 && 2 * unseen >= strokes.length)) return strokes;
  const rest = "left out, and what they cover is read; give ink another colour";
  notes.count("line", ` in the colour of the paper: ${rest}`, unseen);
  return left;
}

/** The strokes that are ink, seen together. */
function decided(strokes: readonly Stroke[], notes: Notes): Pick<Stroke, "points" | "closed">[] {
  const kinds = new Set(strokes.map(({ kind }) => kind));
  const paper: readonly Kind[] = ["rule", "paper"];
  const leftOut = new Set<Kind>();
  if (!kinds.has("ink")) leftOut.add("likely dot");
  if (!kinds.has("bare")) leftOut.add("likely outline");
  if ([...kinds].some((kind) => !leftOut.has(kind) && !paper.includes(kind))) {
    leftOut.add("paper");
    if (strokes.filter(({ kind }) => kind === "rule").length >= LEAST_RULES) leftOut.add("rule");
  }
  const edges = strokes.filter(({ kind, closed }) => kind === "ink" && closed);
  const stroked = new Set(edges.map(({ points }) => points.join(" ")));
  const drawn = new Set<string>();
  const kept: Pick<Stroke, "points" | "closed">[] = [];
  for (const { points, kind, closed, dot } of strokes) {
    const line = points.length > 1 ? points.join(" ") : "";
    const asDot = dot !== null && kinds.has("ink") && (leftOut.has(kind) || kind === "likely dot");
    // A small round outline among strokes is a dot; if its edge is stroked too, that line is the ink.
    if (asDot ? stroked.has(line) : leftOut.has(kind)) {
      notes.count(...(paper.includes(kind) ? OF_THE_PAPER : OUTLINES));
    } else if (asDot) kept.push({ points: [dot], closed: false });
    else if (drawn.has(line)) notes.count("line", " drawn again in the same place: read once");
    else {
      if (line !== "") drawn.add(line);
      kept.push({ points, closed });
    }
  }
  return kept;
}

/** Strokes of points: one that begins where the one before it ended, or nearer than `touching`, goes on with it. */
function joined(strokes: readonly Pick<Stroke, "points" | "closed">[], touching: number): Pair[][] {
  const result: Pair[][] = [];
  let before: Pick<Stroke, "points" | "closed"> | null = null;
  for (const stroke of strokes) {
    const goesOn =
      before !== null &&
      !before.closed &&
      before.points.length > 1 &&
      stroke.points.length > 1 &&
      distance(before.points.at(-1)!, stroke.points[0]!) <= touching;
    if (goesOn) for (const point of stroke.points.slice(1)) result.at(-1)!.push(point);
    else result.push([...stroke.points]);
    before = stroke;
  }
  return result;
}

function distance([x0, y0]: Pair, [x1, y1]: Pair): number {
  return Math.max(Math.abs(x0 - x1), Math.abs(y0 - y1));
}

/** A stroke; if it is so small that float32 sees one place, its first point, which is noted. */
function toldApart(points: readonly Pair[], notes: Notes): readonly Pair[] {
  const [[x0, y0]] = points as readonly [Pair];
  const [x, y] = [Math.fround(x0), Math.fround(y0)];
  if (points.length === 1 || points.some((p) => Math.fround(p[0]) !== x || Math.fround(p[1]) !== y)) {
    return points;
  }
  notes.count("stroke", " too small for float32: read as a dot; enlarge the drawing");
  return points.slice(0, 1);
}

function centreOf(points: readonly Pair[], matrix: Matrix): Pair {
  const [left, top, right, bottom] = bounds(points);
  return through(matrix, [[(left + right) / 2, (top + bottom) / 2]])[0]!;
}
