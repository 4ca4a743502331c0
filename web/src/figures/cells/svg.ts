/** The figure of cells as it is shown, as an SVG document in client pixels. */

import { barColours } from "../../cells/colour-legend.ts";
import { inkStrokes } from "../../cells/svg.ts";
import { colours } from "../../draw/colour.ts";
import { divergingPalette } from "../../draw/palette.ts";
import type { Placing } from "../../draw/placing.ts";
import { theme } from "../../draw/redraw.ts";
import { FONT, svgDocument, tenths } from "../../draw/svg.ts";
import type { Heatmap } from "./cell-heatmap.ts";
import type { Seen } from "./seen.ts";
import { cellsName, ticksOf } from "./words.ts";

export interface ShownCells extends Seen {
  readonly heatmap: Heatmap;
  readonly placing: Placing;
  /** The sentence of the legend. */
  readonly clipping: string;
}

/** Height of the legend, and its bar. */
const LEGEND = 64;
const BAR = 160;
const MARK = 10;

/** view: the element that has the ink above the heatmap. */
export function cellsSvg(view: HTMLElement, shown: ShownCells): string {
  const { heatmap, placing, ink, row } = shown;
  const { ink: inkColour, paper, muted } = colours(view, "ink", "paper", "muted");
  const { css } = divergingPalette(theme().value);
  const { clientWidth: width, clientHeight: tall } = heatmap.surface;
  const top = placing.height;
  const { path } = ink;
  const [x, y] = [path.x[row]! * placing.zoom + placing.left, path.y[row]! * placing.zoom + placing.top];
  return svgDocument({ width, height: top + tall + LEGEND }, paper, [
    `<svg width="${width}" height="${top}">${inkStrokes(ink, placing, css)}`,
    `<circle cx="${tenths(x)}" cy="${tenths(y)}" r="5" fill="${paper}" stroke="${inkColour}" stroke-width="1.75"/></svg>`,
    `<image y="${top}" width="${width}" height="${tall}" preserveAspectRatio="none" href="${heatmap.picture()}"/>`,
    `<g fill="${inkColour}">${marks(shown, top, width, tall)}</g>`,
    `<g ${FONT} font-size="13" fill="${muted}">${legend(shown, css, top + tall)}</g>`,
  ]);
}

/** The step that is looked at, and the rows of the chosen cells. */
function marks(
  { matrix, order, span, chosen, row }: ShownCells,
  top: number,
  width: number,
  tall: number,
): string {
  const step = ((row + 0.5 - span.from) * width) / span.length;
  const line = `<rect x="${tenths(step - 0.5)}" y="${top}" width="1" height="${tall}" opacity="0.55"/>`;
  const each = tall / matrix.cells;
  const rows = chosen.map((cell) => {
    const box = `y="${tenths(top + order.rows[cell]! * each)}" width="${MARK}" height="${tenths(Math.max(each, 1))}"`;
    return `<rect ${box}/><rect x="${width - MARK}" ${box}/>`;
  });
  return line + rows.join("");
}

function legend({ scale, chosen, clipping }: ShownCells, css: readonly string[], top: number): string {
  const bar = barColours(scale, BAR, css).map(
    (colour, x) => `<rect x="${16 + x}" y="${top + 14}" width="1.5" height="8" fill="${colour}"/>`,
  );
  const anchors = ["start", "middle", "end"];
  const ticks = ticksOf(scale).map(
    (text, k) => `<text x="${16 + (k * BAR) / 2}" y="${top + 40}" text-anchor="${anchors[k]}">${text}</text>`,
  );
  const words = `The ink is coloured by ${cellsName(chosen).toLowerCase()}. ${clipping}`;
  return `${bar.join("")}${ticks.join("")}<text x="${16 + BAR + 24}" y="${top + 24}">${words}</text>`;
}
