/** Paints a piece of ink in the colours of cells, with the points marked that it is about. */

import { type ColouredInk, lineWidth, strokeByLevel } from "../../cells/ink-painter.ts";
import { colours } from "../../draw/colour.ts";
import type { Drawing } from "../../draw/drawing.ts";
import { circle, through } from "../../draw/marks.ts";
import { divergingPalette } from "../../draw/palette.ts";
import type { Placing } from "../../draw/placing.ts";
import { theme } from "../../draw/redraw.ts";
import type { Span } from "./similar.ts";

/** Levels that share one colour: small ink needs few. */
const STEP = 4;
/** Client pixels: a ring about one point, a band behind several. */
const RING = 6;
const BAND = 16;
/** Client pixels of the ink at most. */
const MOST_WIDTH = 4.5;

export function paintPiece(
  context: Drawing,
  el: HTMLElement,
  ink: ColouredInk,
  mark: Span | null,
  { zoom, left, top }: Placing,
): void {
  const css = colours(el, "muted", "ink");
  context.translate(left, top);
  context.scale(zoom, zoom);
  context.lineCap = context.lineJoin = "round";
  const several = mark !== null && mark.end > mark.begin + 1;
  if (several) band(context, ink, mark, zoom, css.muted);
  context.lineWidth = Math.min(lineWidth(zoom), MOST_WIDTH / zoom);
  strokeByLevel(context, ink, { css: divergingPalette(theme().peek()).css, step: STEP, zoom });
  if (mark === null || several) return;
  context.strokeStyle = css.ink;
  context.lineWidth = 1.5 / zoom;
  circle(context, [ink.path.x[mark.begin]!, ink.path.y[mark.begin]!], RING / zoom);
  context.stroke();
}

function band(
  context: Drawing,
  { path: { x, y } }: ColouredInk,
  { begin, end }: Span,
  zoom: number,
  css: string,
): void {
  context.globalAlpha = 0.3;
  context.strokeStyle = css;
  context.lineWidth = BAND / zoom;
  // The span is one stretch of time, so the band also follows the pen while it is lifted.
  through(
    context,
    Array.from(x.subarray(begin, end), (at, k) => [at, y[begin + k]!] as const),
  );
  context.stroke();
  context.globalAlpha = 1;
}
