/** SVG path data, as pentrace/ink/formats/_path.py: curves flattened to points. */

import { endOf, matchAt } from "./lengths.ts";
import { MAX_POINTS, tooManyPoints } from "./notes.ts";

export type Pair = readonly [number, number];

/** Points that the pen draws without a lift; closed where they end at their first point by the path's own word. */
export interface Subpath {
  points: Pair[];
  closed: boolean;
}

/** Largest distance between a curve and its chords, as a part of its control polygon: so no unit is needed. */
const FLATNESS = 0.002;
/** Largest number that is read: beyond it, areas and lengths of curves overflow. */
export const MAX_NUMBER = 1e30;
export const MAX_NUMBER_TEXT = "1e+30";

const BLANK = /[ \t\n\f\r]*/y;
const NUMBER = /[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?/y;
const ARGUMENTS: Readonly<Record<string, number>> = { M: 2, L: 2, H: 1, V: 1, C: 6, S: 4, Q: 4, T: 2, A: 7 };
const COMMANDS = "MmLlHhVvCcSsQqTtAaZz";

/**
 * The subpaths that path data draws, and what stopped it where it is broken.
 *
 * What comes before an error is drawn, as SVG asks; a move that nothing follows draws nothing.
 */
export function flatten(data: string, most = MAX_POINTS): { subpaths: Subpath[]; error: string | null } {
  const pen = new Pen(most);
  const error = data.trim() === "none" ? null : stoppedBy(() => read(data, pen));
  return { subpaths: pen.subpaths(), error };
}

/** The points of a `points` attribute, and what stopped them where they are broken. */
export function readPoints(text: string, most = MAX_POINTS): { points: Pair[]; error: string | null } {
  const scanner = new Scanner(text);
  const points: Pair[] = [];
  const error = stoppedBy(() => {
    while (!scanner.atEnd()) {
      if (points.length >= most) throw tooManyPoints();
      points.push([scanner.number(points.length === 0), scanner.number()]);
    }
  });
  return { points, error };
}

/** What is wrong with path data, and where. */
class BrokenPathError extends Error {}

function stoppedBy(draw: () => void): string | null {
  try {
    draw();
    return null;
  } catch (error) {
    if (error instanceof BrokenPathError) return error.message;
    throw error;
  }
}

/** Reads numbers and flags one after the other; they need no separator where none is ambiguous. */
class Scanner {
  at = 0;
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  atEnd(): boolean {
    this.at = endOf(BLANK, this.#text, this.at);
    return this.at === this.#text.length;
  }

  get letter(): string {
    return this.#text[this.at]!;
  }

  /** The next number; one that is not the first may have a comma before it. */
  number(first = false): number {
    const at = this.#afterComma(first);
    const match = matchAt(NUMBER, this.#text, at);
    if (match === null) throw this.broken("a number");
    const value = Number(match[0]);
    if (!(Math.abs(value) <= MAX_NUMBER)) {
      this.at = at;
      throw this.broken(`a number of at most ${MAX_NUMBER_TEXT}`);
    }
    this.at = at + match[0].length;
    return value;
  }

  /** Whether a number or a comma follows, so more arguments of the same command. */
  another(): boolean {
    const at = endOf(BLANK, this.#text, this.at);
    return this.#text[at] === "," || matchAt(NUMBER, this.#text, at) !== null;
  }

  flag(): boolean {
    const at = this.#afterComma(false);
    const character = this.#text[at];
    if (character !== "0" && character !== "1") throw this.broken("a flag, 0 or 1");
    this.at = at + 1;
    return character === "1";
  }

  broken(expected: string): BrokenPathError {
    this.at = endOf(BLANK, this.#text, this.at);
    const rest = this.#text
      .slice(this.at, this.at + 20)
      .trim()
      .replace(/\s+/g, " ");
    const found = rest === "" ? "the end" : `'${rest}'`;
    return new BrokenPathError(`at character ${this.at + 1}: expected ${expected}, found ${found}`);
  }

  #afterComma(first: boolean): number {
    const at = endOf(BLANK, this.#text, this.at);
    return !first && this.#text[at] === "," ? endOf(BLANK, this.#text, at + 1) : at;
  }
}

/** Draws path data. Throws BrokenPathError at the first error. */
function read(data: string, pen: Pen): void {
  const scanner = new Scanner(data);
  while (!scanner.atEnd()) {
    const letter = scanner.letter;
    if (!COMMANDS.includes(letter)) throw scanner.broken("a command, one of M L H V C S Q T A Z");
    const name = letter.toUpperCase();
    if (!pen.moved && name !== "M") throw scanner.broken("M before all other commands");
    scanner.at++;
    if (name === "Z") {
      pen.close();
      continue;
    }
    const relative = letter !== name;
    pen.draw(name, relative, readArguments(scanner, name, true));
    while (scanner.another()) {
      pen.draw(name === "M" ? "L" : name, relative, readArguments(scanner, name, false));
    }
  }
}

function readArguments(scanner: Scanner, name: string, first: boolean): number[] {
  if (name !== "A") {
    return Array.from({ length: ARGUMENTS[name]! }, (_, k) => scanner.number(first && k === 0));
  }
  const values = [scanner.number(first), scanner.number(), scanner.number()];
  values.push(Number(scanner.flag()), Number(scanner.flag()));
  values.push(scanner.number(), scanner.number());
  return values;
}

/** Knows where it is, where the subpath began and the last control point. */
class Pen {
  moved = false;
  readonly #most: number;
  readonly #drawn: Subpath[] = [];
  #here: Pair = [0, 0];
  #begin: Pair = [0, 0];
  #control: Pair | null = null;
  #last = "";
  #count = 0;
  /** Null until something is drawn from where the pen was moved to. */
  #open: Subpath | null = null;

  constructor(most: number) {
    this.#most = most;
  }

  /** What has been drawn; a subpath of one place is one point. */
  subpaths(): Subpath[] {
    for (const { points } of this.#drawn) {
      const [first] = points;
      if (points.every((point) => same(point, first!))) points.length = 1;
    }
    return this.#drawn;
  }

  close(): void {
    if (this.#last === "Z") return;
    this.#line(this.#begin);
    this.#open!.closed = true;
    this.#open = null;
    this.#last = "Z";
    this.#control = null;
  }

  draw(name: string, relative: boolean, values: readonly number[]): void {
    const [x, y] = relative ? this.#here : [0, 0];
    let control: Pair | null = null;
    if (name === "M") {
      this.#here = [values[0]! + x, values[1]! + y];
      this.#begin = this.#here;
      this.#open = null;
      this.moved = true;
    } else if (name === "L") this.#line([values[0]! + x, values[1]! + y]);
    else if (name === "H") this.#line([values[0]! + x, this.#here[1]]);
    else if (name === "V") this.#line([this.#here[0], values[0]! + y]);
    else if (name === "A") this.#arc(values, [values[5]! + x, values[6]! + y]);
    else {
      const pairs: Pair[] = [];
      for (let k = 0; k < values.length; k += 2) pairs.push([values[k]! + x, values[k + 1]! + y]);
      if (name === "S" || name === "T") pairs.unshift(this.#reflected(name === "S" ? "CS" : "QT"));
      control = pairs.at(-2)!;
      this.#curve([this.#here, ...pairs]);
    }
    this.#control = control;
    this.#last = name;
  }

  /** The last control point mirrored at the current point, if the last command was of the same family. */
  #reflected(family: string): Pair {
    if (this.#control === null || !family.includes(this.#last)) return this.#here;
    return [2 * this.#here[0] - this.#control[0], 2 * this.#here[1] - this.#control[1]];
  }

  #line(end: Pair): void {
    if (this.#open === null || !same(end, this.#here)) this.#add([end]);
  }

  #curve(p: readonly Pair[]): void {
    const n = pieces(p);
    const points: Pair[] = [];
    for (let k = 1; k < n; k++) points.push(bezier(p, k / n));
    this.#add([...points, p.at(-1)!]);
  }

  #arc(values: readonly number[], end: Pair): void {
    const inside = chords(this.#here, end, values);
    if (inside.length > 0) this.#add([...inside, end]);
    else this.#line(end);
  }

  /** Draws to each of the points. */
  #add(points: readonly Pair[]): void {
    if (this.#open === null) {
      this.#open = { points: [this.#here], closed: false };
      this.#drawn.push(this.#open);
      this.#count++;
    }
    this.#count += points.length;
    if (this.#count > this.#most) throw tooManyPoints();
    this.#open.points.push(...points);
    this.#here = points.at(-1)!;
  }
}

export function same(a: Pair, b: Pair): boolean {
  return a[0] === b[0] && a[1] === b[1];
}

/** Chords that a Bezier curve of control points [3 or 4] needs: they stay within FLATNESS of its polygon. */
function pieces(p: readonly Pair[]): number {
  const degree = p.length - 1;
  const steps = p.slice(1).map(([x, y], k): Pair => [x - p[k]![0], y - p[k]![1]]);
  const total = steps.reduce((sum, [x, y]) => sum + hypotenuse(x, y), 0);
  const bend = Math.max(...steps.slice(1).map(([x, y], k) => hypotenuse(x - steps[k]![0], y - steps[k]![1])));
  if (total === 0) return 1;
  // a chord over 1/n of the parameter is off by at most max|B''| / (8 n^2)
  const n = Math.ceil(Math.sqrt((degree * (degree - 1) * bend) / (8 * FLATNESS * total)));
  return Math.min(Math.max(n, 1), 64);
}

function bezier(p: readonly Pair[], t: number): Pair {
  const s = 1 - t;
  const [p0, p1, p2, p3] = p as readonly [Pair, Pair, Pair, Pair?];
  if (p3 === undefined) {
    const [a, b, c] = [s * s, 2 * s * t, t * t];
    return [a * p0[0] + b * p1[0] + c * p2[0], a * p0[1] + b * p1[1] + c * p2[1]];
  }
  const [a, b, c, d] = [s * s * s, 3 * s * s * t, 3 * s * t * t, t * t * t];
  return [a * p0[0] + b * p1[0] + c * p2[0] + d * p3[0], a * p0[1] + b * p1[1] + c * p2[1] + d * p3[1]];
}

/** Not Math.hypot, which rounds differently in browsers. */
function hypotenuse(x: number, y: number): number {
  return Math.sqrt(x * x + y * y);
}

/**
 * The ends of all chords but the last of an elliptical arc (SVG 2, appendix B.2.4); none of a straight line.
 *
 * values: the arguments of an A command. A chord spans at most a sixteenth of a half turn.
 */
function chords(start: Pair, end: Pair, values: readonly number[]): Pair[] {
  const chord = hypotenuse(end[0] - start[0], end[1] - start[1]);
  let [rx, ry] = [Math.abs(values[0]!), Math.abs(values[1]!)];
  if (Math.min(chord, rx, ry) <= 1e-9 * Math.max(rx, ry)) return [];
  // In units of the chord, so that nothing can overflow; radii too small to reach are enlarged below.
  const grow = Math.max(1, (1e-3 * chord) / Math.max(rx, ry)) / chord;
  [rx, ry] = [rx * grow, ry * grow];
  const phi = ((values[2]! % 360) * Math.PI) / 180;
  const [cos, sin] = [Math.cos(phi), Math.sin(phi)];
  const halfX = (start[0] - end[0]) / chord / 2;
  const halfY = (start[1] - end[1]) / chord / 2;
  const [u, v] = [cos * halfX + sin * halfY, -sin * halfX + cos * halfY];
  const reach = Math.sqrt(Math.max(1, (u / rx) ** 2 + (v / ry) ** 2));
  [rx, ry] = [rx * reach, ry * reach];
  const across = (rx * v) ** 2 + (ry * u) ** 2;
  const size = Math.sqrt(Math.max(0, (rx * ry) ** 2 - across) / across);
  const root = values[3] === values[4] ? -size : size;
  const [cu, cv] = [(root * rx * v) / ry, (-root * ry * u) / rx];
  const first = Math.atan2((v - cv) / ry, (u - cu) / rx);
  let angle = Math.atan2((-v - cv) / ry, (-u - cu) / rx) - first;
  if (values[4] === 1 && angle < 0) angle += 2 * Math.PI;
  else if (values[4] !== 1 && angle > 0) angle -= 2 * Math.PI;
  const x = (cos * cu - sin * cv) * chord + (start[0] + end[0]) / 2;
  const y = (sin * cu + cos * cv) * chord + (start[1] + end[1]) / 2;
  [rx, ry] = [rx * chord, ry * chord];
  const [ax, ay, bx, by] = [cos * rx, sin * rx, -sin * ry, cos * ry];
  const n = Math.max(1, Math.ceil(Math.abs(angle) / (Math.PI / 16) - 1e-9));
  return Array.from({ length: n - 1 }, (_, k): Pair => {
    const turned = first + angle * ((k + 1) / n);
    const [cosine, sine] = [Math.cos(turned), Math.sin(turned)];
    return [x + ax * cosine + bx * sine, y + ay * cosine + by * sine];
  });
}
