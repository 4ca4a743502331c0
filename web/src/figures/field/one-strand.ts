/** A single future, before all of them are shown: where it begins, and its movements in their order. */

import { effect, type ReadonlySignal, signal, untracked } from "@preact/signals-core";
import { canvasView } from "../../draw/canvas.ts";
import { colours } from "../../draw/colour.ts";
import type { Drawing } from "../../draw/drawing.ts";
import { type At, disc, movements } from "../../draw/marks.ts";
import type { Size } from "../../draw/redraw.ts";
import type { Field } from "../../futures/field.ts";
import { strideOf } from "../../futures/plan.ts";
import { extent } from "../../ink/path.ts";

/** Where a strand goes on the sheet: its beginning, then each of its points. */
export interface Strand {
  readonly x: readonly number[];
  readonly y: readonly number[];
  /** Whether the pen lifts at each point. */
  readonly lifted: readonly boolean[];
}

interface Shown {
  readonly field: Field;
  readonly row: number;
  readonly strand: Strand;
}

/** Client pixels of the ink, the strand and its points. */
const [INK, LINE, DOT] = [4.5, 2.5, 4];
/** A strand is at most so high and wide, in parts of the drawing. */
const [HIGH, WIDE] = [0.6, 0.4];
const MOST_ZOOM = 5;
/** Numbers nearer to each other than so many pixels would not be read. */
const APART = 14;
/** Ink before and after it that is drawn, points. */
const AROUND = 260;

export function oneStrand(el: HTMLElement, field: ReadonlySignal<Field | null>): void {
  const shown = signal<Shown | null>(null);
  effect(() => {
    const now = field.value;
    now?.pieces.value;
    if (now === null || untracked(() => shown.value?.field === now)) return;
    shown.value = farthest(now);
  });
  el.role = "img";
  effect(() => {
    const points = shown.value?.strand.x.length;
    el.ariaLabel = points === undefined ? "One strand" : `An ink, and one strand of ${points - 1} movements`;
  });
  canvasView(el, shown, (context, now, size) => {
    const { fontFamily } = getComputedStyle(el);
    draw(context, now, size, { ...colours(el, "ink", "future", "paper"), fontFamily });
  });
}

/**
 * Of the rows that are drawn first, once all of them are there: the strand that goes farthest from the ink, with the pen
 * on the paper all the way. null where there is none, or not yet.
 */
export function farthest(field: Field): Shown | null {
  const { path, known, draws } = field;
  const stride = strideOf(known.length);
  let best: Shown | null = null;
  let most = 0;
  // There has to be ink before it.
  const first = Math.max(Math.ceil((3 * draws.steps) / stride), 1) * stride;
  for (let row = first; row + draws.steps <= path.length; row += stride) {
    if (known[row] === 0) return null;
    if (path.lifted.subarray(Math.max(row - draws.steps, 0), row + draws.steps + 1).includes(1)) continue;
    for (let future = 0; future < known[row]!; future++) {
      const strand = strandAt(field, row, future)!;
      const far = Math.hypot(
        strand.x.at(-1)! - path.x[row + draws.steps]!,
        strand.y.at(-1)! - path.y[row + draws.steps]!,
      );
      if (far <= most || strand.lifted.includes(true)) continue;
      best = { field, row, strand };
      most = far;
    }
  }
  return best;
}

/** A future of a row; null as long as it is not there. */
function strandAt({ path, rows, known, draws }: Field, row: number, future: number): Strand | null {
  const futures = rows[row];
  if (futures == null || known[row]! <= future) return null;
  const strand = { x: [path.x[row]!], y: [path.y[row]!], lifted: [path.lifted[row] === 1] };
  for (let k = 0; k < draws.steps; k++) {
    const at = 3 * (future * draws.steps + k);
    strand.x.push(strand.x[k]! + futures[at]! / path.scale);
    strand.y.push(strand.y[k]! + futures[at + 1]! / path.scale);
    strand.lifted.push(futures[at + 2] === 1);
  }
  return strand;
}

type Css = Record<"ink" | "future" | "paper" | "fontFamily", string>;

function draw(context: Drawing, { field, row, strand }: Shown, { width, height }: Size, css: Css): void {
  const { path } = field;
  const [left, right] = extent(strand.x);
  const [top, bottom] = extent(strand.y);
  const zoom = Math.min(
    (HIGH * height) / Math.max(bottom - top, 1),
    (WIDE * width) / Math.max(right - left, 1),
    MOST_ZOOM,
  );
  const x = (value: number): number => width / 2 + (value - (left + right) / 2) * zoom;
  const y = (value: number): number => height / 2 + (value - (top + bottom) / 2) * zoom;
  context.lineCap = context.lineJoin = "round";

  const own = (p: number): At => [x(path.x[p]!), y(path.y[p]!)];
  const places = strand.x.map((_, p): At => [x(strand.x[p]!), y(strand.y[p]!)]);
  context.strokeStyle = css.ink;
  context.lineWidth = INK;
  context.globalAlpha = 0.14;
  movements(context, path.lifted, [row, Math.min(row + AROUND, path.length)], own);
  context.globalAlpha = 1;
  movements(context, path.lifted, [Math.max(row - AROUND, 0), row], own);
  context.strokeStyle = css.future;
  context.lineWidth = LINE;
  movements(context, strand.lifted.map(Number), [0, places.length - 1], (p) => places[p]!);
  places.forEach((at, p) => {
    disc(context, at, DOT, { fill: css.paper, rim: p === 0 ? css.ink : css.future, width: 2 });
  });
  number(context, places, css);
}

/** Beside each point, on the outer side of the way. */
function number(context: Drawing, places: readonly At[], css: Css): void {
  context.font = `13px ${css.fontFamily}`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillStyle = css.future;
  let last = { left: Number.NEGATIVE_INFINITY, top: 0 };
  for (let p = 1; p < places.length; p++) {
    const [ax, ay] = places[p - 1]!;
    const [bx, by] = places[Math.min(p + 1, places.length - 1)]!;
    const length = Math.hypot(bx - ax, by - ay) || 1;
    const [x, y] = places[p]!;
    const [left, top] = [x + ((by - ay) / length) * 16, y - ((bx - ax) / length) * 16];
    if (Math.hypot(left - last.left, top - last.top) < APART) continue;
    context.fillText(String(p), left, top);
    last = { left, top };
  }
}
