/** All of an ink at once, folded into rows: laid over the paper for a look, and for going to a place. */

import type { ReadonlySignal } from "@preact/signals-core";
import type { Place } from "../draw/camera.ts";
import { canvasView } from "../draw/canvas.ts";
import { colours } from "../draw/colour.ts";
import { make } from "../draw/element.ts";
import { within } from "../draw/placing.ts";
import { whenEnded } from "../draw/redraw.ts";
import { outline } from "../ink/outline.ts";
import type { Stroke } from "../ink/stroke.ts";
import { corner, type Folded, fold } from "./fold.ts";

export interface WholeInkData {
  readonly ink: readonly Stroke[];
  /** Whether the model's ink has a colour of its own. */
  readonly marked: boolean;
}

/** Pixels in a sheet unit at most. */
const GREATEST = 1;

/** top: client pixels that stay free at the top; onChoose: takes a place that the reader chose, in sheet units. */
export function wholeInk(
  el: HTMLElement,
  data: ReadonlySignal<WholeInkData>,
  { top, onChoose }: { readonly top: number; onChoose(place: Place): void },
): void {
  const over = make("div", "whole-ink");
  el.append(over);
  whenEnded(() => over.remove());
  let folded: Folded = { zoom: 1, height: 1, rows: [] };
  const side = (): number => Number.parseFloat(getComputedStyle(el).paddingLeft);
  canvasView(over, data, (context, { ink, marked }, { width, height }) => {
    folded = fold(ink, width - 2 * side(), height - top - side() / 2, GREATEST);
    const css = colours(el, "ink", "model-ink");
    folded.rows.forEach(({ first, last }, k) => {
      const { x, y } = corner(folded, k);
      const { zoom } = folded;
      context.save();
      context.translate(side() - x * zoom, top - y * zoom);
      context.scale(zoom, zoom);
      for (const stroke of ink.slice(first, last)) {
        context.beginPath();
        // Small ink needs a broader nib to be seen.
        outline(stroke, context, Math.max(1, 0.5 / zoom));
        context.fillStyle = marked && stroke.writer === "model" ? css["model-ink"] : css.ink;
        context.fill();
      }
      context.restore();
    });
  });
  over.addEventListener("click", (event) => {
    if (folded.rows.length === 0) return;
    const at = within(over, event);
    const row = Math.min(Math.max(Math.floor((at.y - top) / folded.height), 0), folded.rows.length - 1);
    const x = corner(folded, row).x + (at.x - side()) / folded.zoom;
    const { top: upper, bottom } = folded.rows[row]!;
    onChoose({ x: Math.max(x, 0), y: (upper + bottom) / 2 });
  });
}
