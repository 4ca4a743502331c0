/** What can be told of samples, a number for each (spec/interventions.md): the twin of src/pentrace/measure/measures.py. */

/** Names in the order of the table. */
export const MEASURES = [
  "pen lifts",
  "advance",
  "drift",
  "direction spread",
  "step length",
  "turn",
  "stroke length",
  "stroke height",
  "straightness",
  "slant",
  "collapse",
] as const;
export type SampleMeasure = (typeof MEASURES)[number];
export type Measure = SampleMeasure | "surprise";

/** A movement within so much of the vertical tells the slant. */
const STEEP = Math.PI / 4;
const DEGREES = 180 / Math.PI;

export interface Strokes {
  readonly path: number[];
  readonly height: number[];
  readonly chord: number[];
  readonly points: number[];
}

/** Each measure of one sample [n, 3] in model units; NaN where it has nothing of the kind. */
export function measured(sample: Float32Array): Record<SampleMeasure, number> {
  const n = sample.length / 3;
  let [lifts, x, y] = [0, 0, 0];
  let [downX, downY, path, written] = [0, 0, 0, 0];
  for (let k = 0; k < n; k++) {
    const [dx, dy] = [sample[3 * k]!, sample[3 * k + 1]!];
    x += dx;
    y += dy;
    lifts += Number(sample[3 * k + 2]! > 0.5);
    if (!isWritten(sample, k)) continue;
    downX += dx;
    downY += dy;
    path += Math.hypot(dx, dy);
    written++;
  }
  const strokes = strokesOf(sample);
  return {
    "pen lifts": (100 * lifts) / n,
    advance: x / n,
    drift: y / n,
    "direction spread": 1 - Math.hypot(downX, downY) / path,
    "step length": path / written,
    turn: turn(sample),
    "stroke length": mean(strokes.path),
    "stroke height": mean(strokes.height),
    straightness: mean(strokes.chord.map((chord, k) => chord / strokes.path[k]!)),
    slant: slant(sample),
    collapse: collapses(sample, strokes) ? 100 : 0,
  };
}

/** The mean of the values that are finite; NaN where none is. */
export function mean(values: readonly number[]): number {
  const known = values.filter(Number.isFinite);
  return known.reduce((sum, value) => sum + value, 0) / known.length;
}

/** Standard error of the mean of the finite values; NaN if there are fewer than two. */
export function standardError(values: readonly number[]): number {
  const finite = values.filter(Number.isFinite);
  if (finite.length < 2) return Number.NaN;
  const middle = mean(finite);
  const squares = finite.reduce((sum, each) => sum + (each - middle) ** 2, 0);
  return Math.sqrt(squares / (finite.length - 1) / finite.length);
}

/** A step is written unless the pen was lifted before it. */
function isWritten(sample: Float32Array, k: number): boolean {
  return k === 0 || !(sample[3 * k - 1]! > 0.5);
}

/** Pen-down runs; the sample's first point, its origin, is written too. */
function strokesOf(sample: Float32Array): Strokes {
  const strokes: Strokes = { path: [], height: [], chord: [], points: [] };
  let [x, y] = [0, 0];
  let from = { x, y, path: 0, top: 0, bottom: 0, points: 1 };
  const close = (): void => {
    strokes.path.push(from.path);
    strokes.height.push(from.bottom - from.top);
    strokes.chord.push(Math.hypot(x - from.x, y - from.y));
    strokes.points.push(from.points);
  };
  for (let k = 0; k < sample.length / 3; k++) {
    const begins = !isWritten(sample, k);
    if (begins) close();
    x += sample[3 * k]!;
    y += sample[3 * k + 1]!;
    if (begins) from = { x, y, path: 0, top: y, bottom: y, points: 0 };
    else from.path += Math.hypot(sample[3 * k]!, sample[3 * k + 1]!);
    from.top = Math.min(from.top, y);
    from.bottom = Math.max(from.bottom, y);
    from.points++;
  }
  close();
  return strokes;
}

/** Mean signed angle, in degrees, between written steps that follow one another. */
function turn(sample: Float32Array): number {
  let [sum, count] = [0, 0];
  const moves = (k: number): boolean =>
    isWritten(sample, k) && Math.hypot(sample[3 * k]!, sample[3 * k + 1]!) > 0;
  for (let k = 1; k < sample.length / 3; k++) {
    if (!moves(k - 1) || !moves(k)) continue;
    const [ax, ay] = [sample[3 * k - 3]!, sample[3 * k - 2]!];
    const [bx, by] = [sample[3 * k]!, sample[3 * k + 1]!];
    sum += Math.atan2(ax * by - ay * bx, ax * bx + ay * by);
    count++;
  }
  return (DEGREES * sum) / count;
}

/** Mean lean of steep movements, weighted by length: the axial mean, by doubled angles, in degrees. */
function slant(sample: Float32Array): number {
  let [cosine, sine, weights] = [0, 0, 0];
  for (let k = 0; k < sample.length / 3; k++) {
    const [dx, dy] = [sample[3 * k]!, sample[3 * k + 1]!];
    const lean = Math.atan2(dy <= 0 ? dx : -dx, Math.abs(dy));
    if (!isWritten(sample, k) || Math.abs(lean) >= STEEP) continue;
    const weight = Math.hypot(dx, dy);
    cosine += weight * Math.cos(2 * lean);
    sine += weight * Math.sin(2 * lean);
    weights += weight;
  }
  return weights > 0 ? (DEGREES * Math.atan2(sine, cosine)) / 2 : Number.NaN;
}

/** Signs that a sample is no longer writing; `collapse` in src/pentrace/measure/samples.py has the same list. */
const WINDOW = 150;
const NARROW = 5;
const STRAIGHT = 0.97;
const FAR = 45;
const DOTS = 10;
const DOT_POINTS = 3;

/** A straight line, ten dots in a row, or a scribble on one spot. */
function collapses(sample: Float32Array, strokes: Strokes): boolean {
  const line = strokes.path.some((path, k) => path > FAR && strokes.chord[k]! > STRAIGHT * path);
  return line || dots(strokes) || scribble(sample);
}

function dots({ points }: Strokes): boolean {
  let row = 0;
  for (const count of points) {
    row = count <= DOT_POINTS ? row + 1 : 0;
    if (row === DOTS) return true;
  }
  return false;
}

/** Whether the points of any window stay within a narrow strip. */
function scribble(sample: Float32Array): boolean {
  const x: number[] = [];
  for (let k = 0; k < sample.length / 3; k++) x.push((x.at(-1) ?? 0) + sample[3 * k]!);
  for (let begin = 0; begin + WINDOW <= x.length; begin++) {
    const window = x.slice(begin, begin + WINDOW);
    if (Math.max(...window) - Math.min(...window) < NARROW) return true;
  }
  return false;
}
