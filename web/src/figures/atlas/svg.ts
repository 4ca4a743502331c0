/** The figure of the atlas as it is shown, as an SVG document in client pixels. */

import type { ColouredInk } from "../../cells/ink-painter.ts";
import { inkStrokes } from "../../cells/svg.ts";
import { colours } from "../../draw/colour.ts";
import { divergingPalette } from "../../draw/palette.ts";
import type { Placing } from "../../draw/placing.ts";
import { theme } from "../../draw/redraw.ts";
import { FONT, svgDocument, tenths } from "../../draw/svg.ts";
import { boxIn } from "../../views/placed-sample.ts";
import type { MomentTile, TilePlacing } from "./moment-grid.ts";
import { BAND, type Marked, MOST_WIDTH, RING } from "./piece-painter.ts";

interface MarkedInk {
  readonly ink: ColouredInk;
  readonly mark: Marked | null;
}

export interface ShownAtlas {
  readonly ink: MarkedInk | null;
  readonly inkPlacing: Placing | null;
  readonly tiles: readonly MomentTile[];
  readonly placings: readonly TilePlacing[];
  /** The text below it. */
  readonly text: string;
}

/** Height of a line of text, and room about all of them; a width that no character is wider than on average. */
const LINE = 18;
const ROOM = 16;
const CHARACTER = 6.4;

/** view: the element that has the ink above the grid of moments. */
export function atlasSvg(view: HTMLElement, shown: ShownAtlas): string {
  const { ink, paper, muted } = colours(view, "ink", "paper", "muted");
  const { css } = divergingPalette(theme().value);
  const { clientWidth: width, clientHeight } = view;
  const lines = wrapped(shown.text, (width - 2 * ROOM) / CHARACTER);
  const at = (name: string) => boxIn(view, view.querySelector<HTMLElement>(name)!);
  const text = (words: string, x: number, y: number, anchor = "start"): string =>
    `<text x="${tenths(x)}" y="${tenths(y)}" text-anchor="${anchor}" fill="${muted}" ${FONT} font-size="13">${words}</text>`;
  const piece = ({ ink: strokes, mark }: MarkedInk, placing: Placing, x: number, y: number): string =>
    `<g transform="translate(${tenths(x)} ${tenths(y)})">${marked(strokes, mark, placing, ink, muted)}${inkStrokes(strokes, placing, css, MOST_WIDTH)}</g>`;
  const parts: string[] = [];
  if (shown.ink !== null && shown.inkPlacing !== null) {
    const { left, top } = at(".ink-span");
    parts.push(piece(shown.ink, shown.inkPlacing, left, top));
  }
  const corner = at(".moment-grid");
  shown.tiles.forEach((tile, k) => {
    const { left, top, placing } = shown.placings[k]!;
    const [x, y] = [corner.left + left, corner.top + top];
    parts.push(piece(tile, placing, x, y));
    parts.push(text(tile.label, x + placing.width / 2, y + placing.height + 15, "middle"));
  });
  lines.forEach((line, k) => {
    parts.push(text(line, ROOM, clientHeight + (k + 1) * LINE));
  });
  return svgDocument({ width, height: clientHeight + lines.length * LINE + ROOM }, paper, parts);
}

function marked(
  { path }: ColouredInk,
  mark: Marked | null,
  { zoom, left, top }: Placing,
  ring: string,
  band: string,
): string {
  if (mark === null) return "";
  const [xs, ys] = [path.x, path.y];
  const x = (p: number): number => tenths(xs[p]! * zoom + left);
  const y = (p: number): number => tenths(ys[p]! * zoom + top);
  const { first, last } = mark;
  if (first === last) {
    return `<circle cx="${x(first)}" cy="${y(first)}" r="${RING}" fill="none" stroke="${ring}" stroke-width="1.5"/>`;
  }
  const points = Array.from({ length: last - first + 1 }, (_, k) => `${x(first + k)} ${y(first + k)}`);
  return `<polyline points="${points.join(" ")}" fill="none" stroke="${band}" stroke-opacity="0.3" stroke-width="${BAND}" stroke-linecap="round" stroke-linejoin="round"/>`;
}

/** Lines of at most so many characters. */
function wrapped(text: string, most: number): string[] {
  const lines = [""];
  for (const word of text.split(" ")) {
    const longer = `${lines.at(-1)} ${word}`.trim();
    if (longer.length <= most) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}
