/**
 * Ink that looks like ink: a smooth curve through the points, as wide as a nib that presses harder when it is slow.
 *
 * Everything is in sheet units. A stroke becomes closed polygons that all turn the same way, so that one non-zero
 * fill paints their union once, whatever its opacity.
 */

import { X_HEIGHT } from "./stroke.ts";

/** What a polygon is written to: a Path2D, or text. */
export interface PathSink {
  moveTo(x: number, y: number): void;
  lineTo(x: number, y: number): void;
  closePath(): void;
}

/** Points [n] of one stroke; time in milliseconds. */
export interface Trail {
  readonly x: readonly number[];
  readonly y: readonly number[];
  readonly time: readonly number[];
  readonly pressure: readonly number[] | null;
}

interface Curve {
  readonly x: number[];
  readonly y: number[];
  readonly width: number[];
}

/** Width of the nib at the usual speed. */
export const NIB = X_HEIGHT * 0.088;
const DOT_RADIUS = NIB * 0.72;
/** Usual speed of a hand: an x-height in 70 ms. */
const USUAL_SPEED = X_HEIGHT / 70;
const THINNEST = 0.55;
const WIDEST = 1.35;
/** Samples of the curve lie about so far apart. */
const SAMPLE = 1.4;
/** A turn (radians) from one sample to the next that is a corner: the outline is cut there and rounded. */
const CORNER = 0.7;
const CAP_STEPS = 6;

/** Writes the outline of a stroke, at `nib` times the usual width. */
export function outline(trail: Trail, sink: PathSink, nib = 1): void {
  const n = trail.x.length;
  if (n === 0) return;
  const curve = smooth(trail, nib);
  if (curve.x.length < 2) {
    circle(sink, trail.x[0]!, trail.y[0]!, DOT_RADIUS * nib);
    return;
  }
  const corners = findCorners(curve);
  for (let k = 0; k + 1 < corners.length; k++) band(curve, corners[k]!, corners[k + 1]!, sink);
}

/** The curve through the points, sampled, with the width at each sample. */
function smooth(trail: Trail, nib: number): Curve {
  const { x, y, kept } = steadied(trail);
  const width = widths(trail, kept, nib);
  const n = x.length;
  const curve: Curve = { x: [x[0]!], y: [y[0]!], width: [width[0]!] };
  for (let k = 0; k + 1 < n; k++) {
    const { chord, from, to } = segment(x, y, k);
    const samples = Math.min(Math.max(Math.ceil(chord / SAMPLE), 1), 64);
    for (let s = 1; s <= samples; s++) {
      const u = s / samples;
      curve.x.push(hermite(x[k]!, x[k + 1]!, from.x, to.x, u));
      curve.y.push(hermite(y[k]!, y[k + 1]!, from.y, to.y, u));
      curve.width.push(width[k]! + (width[k + 1]! - width[k]!) * u);
    }
  }
  return curve;
}

/** The `d` of an SVG path, a smooth curve through all points of a trail: a cubic Bézier for each chord. */
export function smoothLine({ x, y }: Pick<Trail, "x" | "y">, digits: (value: number) => string): string {
  const point = (px: number, py: number): string => `${digits(px)},${digits(py)}`;
  const begin = `M${point(x[0]!, y[0]!)}`;
  if (x.length === 1) return `${begin}h0`;
  const curves = x.slice(1).map((nx, k) => {
    const ny = y[k + 1]!;
    const { from, to } = segment(x, y, k);
    const control = point(x[k]! + from.x / 3, y[k]! + from.y / 3);
    return `C${control} ${point(nx - to.x / 3, ny - to.y / 3)} ${point(nx, ny)}`;
  });
  return begin + curves.join("");
}

interface Tangent {
  readonly x: number;
  readonly y: number;
}

/**
 * The chord from point k to the next, and the tangents at both, scaled to it: Catmull-Rom with chordal spacing, which
 * never overshoots.
 */
function segment(
  x: readonly number[],
  y: readonly number[],
  k: number,
): { chord: number; from: Tangent; to: Tangent } {
  const apart = (a: number, b: number): number => Math.hypot(x[b]! - x[a]!, y[b]! - y[a]!);
  const chord = apart(k, k + 1);
  const tangent = (a: number, b: number, c: number): Tangent => {
    const span = apart(a, b) + apart(b, c);
    if (span === 0) return { x: 0, y: 0 };
    return { x: ((x[c]! - x[a]!) / span) * chord, y: ((y[c]! - y[a]!) / span) * chord };
  };
  const from = tangent(Math.max(k - 1, 0), k, k + 1);
  return { chord, from, to: tangent(k, k + 1, Math.min(k + 2, x.length - 1)) };
}

function hermite(p: number, q: number, m: number, n: number, u: number): number {
  const u2 = u * u;
  const u3 = u2 * u;
  return (2 * u3 - 3 * u2 + 1) * p + (u3 - 2 * u2 + u) * m + (3 * u2 - 2 * u3) * q + (u3 - u2) * n;
}

/** The points without repetitions, and without the tremor of a pixel grid where they lie close together. */
function steadied({ x, y }: Trail): { x: number[]; y: number[]; kept: number[] } {
  const kept: number[] = [];
  for (let k = 0; k < x.length; k++) {
    const last = kept.at(-1);
    if (last === undefined || x[k] !== x[last] || y[k] !== y[last]) kept.push(k);
  }
  const steady = (values: readonly number[]): number[] =>
    kept.map((k, at) => {
      const before = kept[at - 1];
      const after = kept[at + 1];
      if (before === undefined || after === undefined) return values[k]!;
      const reach =
        Math.hypot(x[k]! - x[before]!, y[k]! - y[before]!) + Math.hypot(x[after]! - x[k]!, y[after]! - y[k]!);
      const share = reach < 5 ? 0.5 : reach < 10 ? 0.25 : 0;
      return values[k]! * (1 - share) + ((values[before]! + values[after]!) / 2) * share;
    });
  return { x: steady(x), y: steady(y), kept };
}

/** Width at each kept point: pressure where it is known, else speed; evened out, thinner at both ends. */
function widths({ x, y, time, pressure }: Trail, kept: number[], nib: number): number[] {
  const n = kept.length;
  const raw = kept.map((k, at) => {
    if (pressure !== null) return THINNEST + (WIDEST - THINNEST) * Math.sqrt(pressure[k]!) * 1.1;
    const a = kept[Math.max(at - 1, 0)]!;
    const b = kept[Math.min(at + 1, n - 1)]!;
    const duration = Math.max(time[b]! - time[a]!, 1);
    const speed = Math.hypot(x[b]! - x[a]!, y[b]! - y[a]!) / duration / USUAL_SPEED;
    return Math.min(Math.max(1.5 - 0.5 * speed, THINNEST), WIDEST);
  });
  const evened = evenOut(raw);
  return evened.map((w, at) => w * NIB * nib * (at === 0 || at === n - 1 ? 0.78 : 1));
}

/** A low pass, forwards and backwards, so that nothing lags. */
function evenOut(values: number[]): number[] {
  const result = [...values];
  const share = 0.5;
  for (let k = 1; k < result.length; k++) result[k] = result[k - 1]! + (result[k]! - result[k - 1]!) * share;
  for (let k = result.length - 2; k >= 0; k--) {
    result[k] = result[k + 1]! + (result[k]! - result[k + 1]!) * share;
  }
  return result;
}

/** The samples where the outline is cut: both ends, and every sharp turn. */
function findCorners({ x, y }: Curve): number[] {
  const corners = [0];
  const last = x.length - 1;
  for (let k = 1; k < last; k++) {
    const ax = x[k]! - x[k - 1]!;
    const ay = y[k]! - y[k - 1]!;
    const bx = x[k + 1]! - x[k]!;
    const by = y[k + 1]! - y[k]!;
    if (Math.abs(Math.atan2(ax * by - ay * bx, ax * bx + ay * by)) > CORNER) corners.push(k);
  }
  corners.push(last);
  return corners;
}

/** One polygon around the samples from `first` to `last`, with round ends. */
function band({ x, y, width }: Curve, first: number, last: number, sink: PathSink): void {
  const direction = (k: number): number => {
    const a = Math.max(k - 1, first);
    const b = Math.min(k + 1, last);
    return Math.atan2(y[b]! - y[a]!, x[b]! - x[a]!);
  };
  const rim = (k: number, angle: number, start = false): void => {
    const r = width[k]! / 2;
    const px = x[k]! + r * Math.cos(angle);
    const py = y[k]! + r * Math.sin(angle);
    if (start) sink.moveTo(px, py);
    else sink.lineTo(px, py);
  };
  /** Half a circle around a sample, from an angle on. */
  const cap = (k: number, from: number): void => {
    for (let s = 0; s <= CAP_STEPS; s++) rim(k, from + (Math.PI * s) / CAP_STEPS);
  };
  const quarter = Math.PI / 2;
  rim(first, direction(first) - quarter, true);
  for (let k = first + 1; k < last; k++) rim(k, direction(k) - quarter);
  cap(last, direction(last) - quarter);
  for (let k = last - 1; k > first; k--) rim(k, direction(k) + quarter);
  cap(first, direction(first) + quarter);
  sink.closePath();
}

function circle(sink: PathSink, x: number, y: number, radius: number): void {
  const steps = 2 * CAP_STEPS;
  for (let s = 0; s < steps; s++) {
    const angle = (2 * Math.PI * s) / steps;
    const px = x + radius * Math.cos(angle);
    const py = y + radius * Math.sin(angle);
    if (s === 0) sink.moveTo(px, py);
    else sink.lineTo(px, py);
  }
  sink.closePath();
}
