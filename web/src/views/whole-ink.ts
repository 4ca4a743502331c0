/** All of an ink at once, folded into rows: laid over the paper for a look, and for going to a place. */

import type { Place } from "../draw/camera.ts";
import { canvasView } from "../draw/canvas-view.ts";
import { colour } from "../draw/colour.ts";
import { outline } from "../ink/outline.ts";
import type { Stroke } from "../ink/stroke.ts";
import { corner, type Folded, fold } from "./fold.ts";

export interface WholeInkData {
  readonly ink: readonly Stroke[];
  /** Whether the model's ink has a colour of its own. */
  readonly marked: boolean;
}

export interface WholeInkOptions {
  /** Client pixels that stay free at the top. */
  readonly top: number;
  /** The reader chose a place, in sheet units. */
  onChoose(place: Place): void;
}

export interface WholeInk {
  update(data: WholeInkData): void;
  destroy(): void;
}

/** Pixels in a sheet unit at most. */
const GREATEST = 1;

export function wholeInk(el: HTMLElement, initial: WholeInkData, options: WholeInkOptions): WholeInk {
  let data = initial;
  let folded: Folded = { zoom: 1, height: 1, rows: [] };
  const over = document.createElement("div");
  over.className = "whole-ink";
  el.append(over);
  const side = (): number => Number.parseFloat(getComputedStyle(el).paddingLeft);

  const view = canvasView(over, (context, width, height) => {
    folded = fold(data.ink, width - 2 * side(), height - options.top - side() / 2, GREATEST);
    const density = context.getTransform().a;
    const [own, model] = [colour(el, "--ink"), colour(el, "--model-ink")];
    folded.rows.forEach(({ first, last }, k) => {
      const { x, y } = corner(folded, k);
      const scale = folded.zoom * density;
      const [left, top] = [side() * density - x * scale, options.top * density - y * scale];
      context.setTransform(scale, 0, 0, scale, left, top);
      for (const stroke of data.ink.slice(first, last)) {
        const path = new Path2D();
        // Small ink needs a broader nib to be seen.
        outline(stroke, path, Math.max(1, 0.5 / folded.zoom));
        context.fillStyle = data.marked && stroke.writer === "model" ? model : own;
        context.fill(path);
      }
    });
  });

  over.addEventListener("click", (event) => {
    if (folded.rows.length === 0) return;
    const box = over.getBoundingClientRect();
    const down = event.clientY - box.top - options.top;
    const row = Math.min(Math.max(Math.floor(down / folded.height), 0), folded.rows.length - 1);
    const { x } = corner(folded, row);
    const at = x + (event.clientX - box.left - side()) / folded.zoom;
    options.onChoose({ x: Math.max(at, 0), y: folded.rows[row]!.middle });
  });

  return {
    update(next) {
      data = next;
      view.wake();
    },
    destroy() {
      view.destroy();
      over.remove();
    },
  };
}
