/** The figure of the atlas as it is shown, as an SVG document in client pixels. */

import type { ColouredInk } from "../../cells/ink-painter.ts";
import { divergingPalette } from "../../cells/palette.ts";
import { inkStrokes } from "../../cells/svg.ts";
import type { Placing } from "../../draw/canvas.ts";
import type { MomentTile } from "./moment-grid.ts";
import { type Marked, MOST_WIDTH } from "./piece-painter.ts";

export interface ShownAtlas {
  readonly ink: { readonly ink: ColouredInk; readonly mark: Marked | null; readonly label: string } | null;
  readonly inkPlacing: Placing | null;
  readonly tiles: readonly MomentTile[];
  readonly placings: readonly { readonly left: number; readonly top: number; readonly placing: Placing }[];
  /** What is said of it. */
  readonly text: string;
}

/** Height of a line of text, and room about all of them; the width of a character is a guess that is wide enough. */
const LINE = 18;
const ROOM = 16;
const CHARACTER = 6.4;
const FONT = 'font-family="Source Serif, Georgia, serif" font-size="13"';

/** view: the element that has the ink above the grid of moments. */
export function atlasSvg(view: HTMLElement, shown: ShownAtlas): string {
  const style = getComputedStyle(view);
  const [ink, paper, muted] = ["--ink", "--paper", "--muted"].map((name) =>
    style.getPropertyValue(name).trim(),
  ) as [string, string, string];
  const dark = window.matchMedia("(prefers-color-scheme: dark)").matches;
  const { css } = divergingPalette(dark ? "dark" : "light");
  const { clientWidth: width, clientHeight } = view;
  const said = wrapped(shown.text, (width - 2 * ROOM) / CHARACTER);
  const height = clientHeight + said.length * LINE + ROOM;
  const box = view.getBoundingClientRect();
  const at = (el: Element | null): { x: number; y: number } => {
    const inner = el?.getBoundingClientRect() ?? box;
    return { x: inner.left - box.left, y: inner.top - box.top };
  };
  const piece = (
    each: { ink: ColouredInk; mark: Marked | null },
    placing: Placing,
    x: number,
    y: number,
  ): string =>
    `<g transform="translate(${tenths(x)} ${tenths(y)})">${marked(each, placing, ink, muted)}${inkStrokes(each.ink, placing, css, MOST_WIDTH)}</g>`;
  const parts: string[] = [];
  if (shown.ink !== null && shown.inkPlacing !== null) {
    const { x, y } = at(view.querySelector(".ink-span"));
    parts.push(piece(shown.ink, shown.inkPlacing, x, y));
  }
  const corner = at(view.querySelector(".moment-grid"));
  shown.tiles.forEach((tile, k) => {
    const { left, top, placing } = shown.placings[k]!;
    const [x, y] = [corner.x + left, corner.y + top];
    parts.push(piece(tile, placing, x, y));
    const below = y + placing.height + 15;
    parts.push(
      `<text x="${tenths(x + placing.width / 2)}" y="${tenths(below)}" text-anchor="middle" fill="${muted}" ${FONT}>${tile.label}</text>`,
    );
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}">
<rect width="${width}" height="${height}" fill="${paper}"/>
${parts.join("\n")}
${said.map((line, k) => `<text x="${ROOM}" y="${clientHeight + (k + 1) * LINE}" fill="${muted}" ${FONT}>${line}</text>`).join("")}
</svg>
`;
}

function marked(
  { ink: { path }, mark }: { ink: ColouredInk; mark: Marked | null },
  { zoom, left, top }: Placing,
  ring: string,
  band: string,
): string {
  if (mark === null) return "";
  const point = (p: number): string =>
    `${tenths(path.x[p]! * zoom + left)} ${tenths(path.y[p]! * zoom + top)}`;
  if (mark.first === mark.last) {
    const [x, y] = point(mark.first).split(" ");
    return `<circle cx="${x}" cy="${y}" r="6" fill="none" stroke="${ring}" stroke-width="1.5"/>`;
  }
  const points = Array.from({ length: mark.last - mark.first + 1 }, (_, k) => point(mark.first + k));
  return `<polyline points="${points.join(" ")}" fill="none" stroke="${band}" stroke-opacity="0.3" stroke-width="16" stroke-linecap="round" stroke-linejoin="round"/>`;
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

function tenths(value: number): number {
  return Math.round(10 * value) / 10;
}
