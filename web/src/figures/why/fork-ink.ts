/** An ink with a disc at each of its forks, in the colour and the size of what one cell votes there. */

import { computed, type ReadonlySignal } from "@preact/signals-core";
import { canvasView } from "../../draw/canvas.ts";
import { colours } from "../../draw/colour.ts";
import type { Drawing } from "../../draw/drawing.ts";
import { asSlider, stepOf } from "../../draw/element.ts";
import { circle, disc } from "../../draw/marks.ts";
import { divergingPalette } from "../../draw/palette.ts";
import { fitted, type Placing, toSheet, within } from "../../draw/placing.ts";
import { type Size, sizeOf, theme } from "../../draw/redraw.ts";
import { type InkPath, nearestPoint, penDownRuns } from "../../ink/path.ts";
import { X_HEIGHT } from "../../ink/stroke.ts";

export interface ForkInkData {
  readonly path: InkPath;
  readonly forks: readonly { readonly step: number; readonly vote: number }[];
  readonly step: number;
}

export interface ForkInkOptions {
  /** Another step is chosen. */
  onStep(step: number): void;
  /** From fork to fork. */
  onFork(by: number): void;
}

const ROOM = 22;
const GREATEST_X = 56;
/** Client pixels: of the discs, the smallest and the largest; how near a pointer has to be to a fork, and to the ink. */
const [LEAST, MOST] = [3, 8];
const [NEAR_FORK, NEAR_INK] = [20, 48];

export function forkInk(
  el: HTMLElement,
  data: ReadonlySignal<ForkInkData | null>,
  { onStep, onFork }: ForkInkOptions,
): void {
  const size = sizeOf(el);
  const placing = computed(() => data.value && placed(data.value.path, size.value));
  canvasView(el, data, (context, now, box) => draw(context, now, placed(now.path, box), el));
  asSlider(el, "Step of the ink");
  el.addEventListener("click", (event) => {
    const [now, place] = [data.value, placing.value];
    if (now === null || place === null) return;
    const step = stepAt(now, place, within(el, event));
    if (step !== null) onStep(step);
  });
  el.addEventListener("keydown", (event) => {
    const now = data.value;
    if (now === null) return;
    const { length } = now.path;
    const by = stepOf(event, { ArrowRight: 1, ArrowLeft: -1, Home: -length, End: length });
    if (by === undefined) return;
    if (event.shiftKey) onFork(Math.sign(by));
    else onStep(Math.min(Math.max(now.step + by, 1), length));
  });
}

function placed({ x, y }: InkPath, { width, height }: Size): Placing {
  return fitted({ x, y }, width, height, { room: ROOM, least: 0.01, most: GREATEST_X / X_HEIGHT });
}

/** A fork near a place, else the point of the ink nearest to it; null where none is near. */
function stepAt({ path, forks }: ForkInkData, place: Placing, at: { x: number; y: number }): number | null {
  const { x, y } = toSheet(place, at.x, at.y);
  const along = (axis: Float64Array): Float64Array => Float64Array.from(forks, ({ step }) => axis[step]!);
  const mark = nearestPoint({ x: along(path.x), y: along(path.y) }, x, y);
  if (mark.distance * place.zoom < NEAR_FORK) return forks[mark.row]!.step;
  const { row, distance } = nearestPoint(path, x, y);
  return distance * place.zoom < NEAR_INK && row > 0 ? row : null;
}

function draw(
  context: Drawing,
  { path, forks, step }: ForkInkData,
  { zoom, left, top }: Placing,
  el: HTMLElement,
): void {
  const css = colours(el, "ink", "muted", "paper");
  const at = (p: number): [number, number] => [path.x[p]! * zoom + left, path.y[p]! * zoom + top];
  context.lineCap = context.lineJoin = "round";
  const stroke = (from: number, to: number): void => {
    context.beginPath();
    for (const { begin, end } of penDownRuns(path.lifted, path.length + 1)) {
      for (let p = Math.max(begin, from); p < Math.min(end, to); p++) {
        if (p === Math.max(begin, from)) context.moveTo(...at(p));
        context.lineTo(...at(p));
      }
    }
    context.stroke();
  };
  context.strokeStyle = css.ink;
  context.lineWidth = Math.max(1.25, Math.min(2.5 * zoom, 3));
  context.globalAlpha = 0.32;
  stroke(step, path.length + 1);
  context.globalAlpha = 0.9;
  stroke(0, step + 1);
  context.globalAlpha = 1;
  const palette = divergingPalette(theme().value).css;
  const most = forks.reduce((all, { vote }) => Math.max(all, Math.abs(vote)), 1e-6);
  for (const { step: row, vote } of forks) {
    const share = vote / most;
    const fill = palette[Math.round((share * 0.5 + 0.5) * (palette.length - 1))]!;
    const radius = LEAST + (MOST - LEAST) * Math.sqrt(Math.abs(share));
    disc(context, at(row), radius, { fill, rim: css.muted, width: 1 });
  }
  // A ring around the step that is looked at, which shows what lies below it.
  context.strokeStyle = css.ink;
  context.lineWidth = 2;
  circle(context, at(step), MOST + 4);
  context.stroke();
}
