/** What one sees of the learning: the same seed before and after, and the surprise after each pass. */

import { computed, effect, type ReadonlySignal } from "@preact/signals-core";
import { canvasView } from "../../draw/canvas.ts";
import { colours } from "../../draw/colour.ts";
import { make } from "../../draw/element.ts";
import { type At, circle, segment, through } from "../../draw/marks.ts";
import type { Pass } from "../../engine/hand/learn.ts";
import type { Continuation } from "../../ink/stroke.ts";
import { PlacedSample } from "../../views/placed-sample.ts";

/** Client pixels in a sheet unit. */
const ZOOM = 0.8;
/** Client pixels around the curve. */
const ROOM = 12;
const DOT = 3;
/** The scale of the plot reaches at least so far, in nats a point: less is not worth showing as a change. */
const LEAST_RANGE = 0.02;

/** A sample in a row of its own. */
export function sampleView(
  el: HTMLElement,
  label: string,
  sample: ReadonlySignal<Continuation | null>,
  colour: "ink" | "model-ink",
): void {
  const picture = make("div", "teach-sample");
  el.append(make("div", "teach-row", make("span", "row-label", label), picture));
  canvasView(picture, sample, (context, continuation, { width, height }) => {
    const placed = new PlacedSample(continuation, { left: 0, top: 0, width, height }, ZOOM, ZOOM);
    context.save();
    context.translate(placed.left, placed.top);
    context.scale(placed.zoom, placed.zoom);
    context.fillStyle = colours(el, colour)[colour];
    for (const run of placed.runs) {
      context.beginPath();
      placed.trace(run, run.end, context);
      context.fill();
    }
    context.restore();
  });
}

/** The score after each pass; the dashed line is the score before. */
export function plotView(el: HTMLElement, passes: ReadonlySignal<readonly Pass[]>): void {
  const [label, picture] = [make("span", "row-label"), make("div", "teach-curve")];
  el.append(make("div", "teach-plot", label, picture));
  effect(() => {
    // A kept hand has no passes. The plot keeps its room, so that the controls below stay where they are.
    label.textContent = passes.value.length > 0 ? "Surprise after each pass" : "Surprise: drawn as it learns";
  });
  canvasView(
    picture,
    computed(() => (passes.value.length === 0 ? null : passes.value)),
    (context, shown, { width, height }) => {
      const css = colours(el, "future", "muted");
      const places = placesOf(shown, width, height);
      context.strokeStyle = css.muted;
      context.lineWidth = 1;
      context.setLineDash([4, 4]);
      const [, before] = places[0]!;
      segment(context, [ROOM, before], [width - ROOM, before]);
      context.setLineDash([]);
      context.strokeStyle = css.future;
      context.fillStyle = css.future;
      context.lineWidth = 2;
      through(context, places);
      context.stroke();
      for (const at of places) {
        circle(context, at, DOT);
        context.fill();
      }
    },
  );
}

/** Where the score of each pass lies: the passes to come have their room already. */
export function placesOf(
  passes: readonly Pick<Pass, "number" | "of" | "scored">[],
  width: number,
  height: number,
): At[] {
  const scores = passes.map(({ scored }) => scored);
  const [least, greatest] = [Math.min(...scores), Math.max(...scores)];
  const range = Math.max(greatest - least, LEAST_RANGE);
  return passes.map(({ number, of, scored }) => [
    ROOM + (number / of) * (width - 2 * ROOM),
    ROOM + ((greatest - scored) / range) * (height - 2 * ROOM),
  ]);
}
