/** A sample that writes itself in a place: its place, and the part of it that has been written. */

import { colours } from "../draw/colour.ts";
import { circle } from "../draw/marks.ts";
import { outline, type PathSink } from "../ink/outline.ts";
import { extent, type PenDown, penDownRuns, trailTo } from "../ink/path.ts";
import { PathText } from "../ink/path-text.ts";
import type { Continuation } from "../ink/stroke.ts";

/** Client pixels. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

interface Run extends PenDown {
  path: Path2D | null;
}

/** Client pixels in a sheet unit, by the cell's width. */
const LEAST_ZOOM = 0.46;
const GREATEST_ZOOM = 0.6;
const UNITS_IN_WIDTH = 430;
const PADDING_X = 14;
const PADDING_Y = 10;
/** Number of first points that give the sample's left end. */
const BEGINNING = 30;
/** Writing at this zoom is fine, so the nib is a little broader. */
const NIB = 1.12;
/** Radius of the pen's tip, client pixels. */
const TIP = 2.5;

export class PlacedSample {
  /** Points that fit the cell's width. */
  readonly length: number;
  readonly zoom: number;
  /** Where the sample's origin lies, client pixels. */
  readonly left: number;
  readonly top: number;
  readonly runs: readonly Run[];
  readonly #sample: Continuation;

  /** wanted: client pixels in a sheet unit where there is room for the sample's height; most: never more. */
  constructor(sample: Continuation, box: Box, wanted = zoomFor(box.width), most = Number.POSITIVE_INFINITY) {
    this.#sample = sample;
    const { points, lifts } = sample;
    const from = axis(points, 0, Math.min(BEGINNING, lifts.length))[0];
    const room = (box.width - 2 * PADDING_X) / wanted;
    let length = 0;
    while (length < lifts.length && points[2 * length]! - from <= room) length++;
    this.length = length;
    const [top, bottom] = axis(points, 1, length);
    const high = (box.height - 2 * PADDING_Y) / Math.max(bottom - top, 1);
    this.zoom = Math.min(wanted, high, most);
    this.left = box.left + PADDING_X - from * this.zoom;
    this.top = box.top + box.height / 2 - ((top + bottom) / 2) * this.zoom;
    this.runs = penDownRuns(lifts, length).map((run) => ({ ...run, path: null }));
  }

  /** Lets a context draw in sheet units. */
  enter(context: CanvasRenderingContext2D, density: number): void {
    const scale = this.zoom * density;
    context.setTransform(scale, 0, 0, scale, this.left * density, this.top * density);
  }

  /** The outline of a whole run, in sheet units; made once. */
  path(run: Run): Path2D {
    if (run.path === null) {
      run.path = new Path2D();
      this.trace(run, run.end, run.path);
    }
    return run.path;
  }

  /** Fills as much of a run as is written by point `count`, which need not be whole. */
  fillPart(context: CanvasRenderingContext2D, run: Run, count: number): void {
    const path = new Path2D();
    this.trace(run, count, path);
    context.fill(path);
  }

  /** Draws the pen at point `count`. */
  fillTip(context: CanvasRenderingContext2D, count: number): void {
    circle(context, this.#pen(count), TIP / this.zoom);
    context.fill();
  }

  /** What is written by point `count`, as an SVG path in client pixels. */
  svg(count: number, fill: string): string {
    const text = new PathText(this.zoom, this.left, this.top);
    for (const run of this.runs) if (run.begin < count) this.trace(run, Math.min(count, run.end), text);
    return `<path fill="${fill}" d="${text}"/>`;
  }

  /** Writes the outline of a run up to point `count`, which need not be whole. */
  trace(run: PenDown, count: number, sink: PathSink): void {
    const { points } = this.#sample;
    const trail = trailTo(run, count, (p) => ({ x: points[2 * p]!, y: points[2 * p + 1]! }));
    outline(trail, sink, NIB);
  }

  /** Where the pen is at point `count`, sheet units. */
  #pen(count: number): [number, number] {
    const { points } = this.#sample;
    const at = Math.min(Math.max(count - 1, 0), this.length - 1);
    const [before, part] = [Math.floor(at), at % 1];
    const after = Math.min(before + 1, this.length - 1);
    const between = (axis: 0 | 1): number =>
      points[2 * before + axis]! * (1 - part) + points[2 * after + axis]! * part;
    return [between(0), between(1)];
  }
}

function zoomFor(width: number): number {
  return Math.min(Math.max(width / UNITS_IN_WIDTH, LEAST_ZOOM), GREATEST_ZOOM);
}

/** Where an element lies in another, client pixels. */
export function boxIn(outer: HTMLElement, inner: HTMLElement): Box {
  const from = outer.getBoundingClientRect();
  const { left, top, width, height } = inner.getBoundingClientRect();
  return { left: left - from.left, top: top - from.top - outer.clientTop, width, height };
}

/** The colours of samples that write themselves. */
export function sampleColours(el: HTMLElement) {
  return colours(el, "ink", "future", "paper", "muted");
}

/** The least and greatest x (axis 0) or y (axis 1) of the first `length` points. */
function axis(points: Float32Array, axis: 0 | 1, length: number): [number, number] {
  return extent(Array.from({ length }, (_, k) => points[2 * k + axis]!));
}
