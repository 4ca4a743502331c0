/** A whole field as an SVG document: the twin of src/pentrace/pictures/futures.py, in sheet units. */

import type { Theme } from "../draw/redraw.ts";
import { outline } from "../ink/outline.ts";
import { extent, trailsOf } from "../ink/path.ts";
import { PathText } from "../ink/path-text.ts";
import { X_HEIGHT } from "../ink/stroke.ts";
import { type Field, penDownMovements } from "./field.ts";
import { STRAND } from "./field-painter.ts";
import { LIFT_RADIUS, opacity, veerLevel, veerPalette, veers } from "./scale.ts";

/** Ink under strands is written with a finer nib. */
export const NIB = 0.55;

/** Units of the drawing in a sheet unit. */
const UNIT = 10;
const ROOM = 2 * X_HEIGHT;

export function fieldToSvg(field: Field, colours: { readonly ink: string; readonly theme: Theme }): string {
  const { path } = field;
  const [[left, right], [top, bottom]] = [extent(path.x), extent(path.y)];
  const box = [whole(left - ROOM), whole(top - ROOM)] as const;
  const size = [whole(right + ROOM) - box[0], whole(bottom + ROOM) - box[1]];
  const ink = new PathText(UNIT);
  for (const trail of trailsOf(path)) outline(trail, ink, NIB);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${[...box, ...size].join(" ")}" width="${size[0]! / 4}" height="${size[1]! / 4}">
${strands(field, colours.theme)}
<g fill="${colours.ink}" fill-opacity="0.1" stroke="${colours.ink}" stroke-opacity="0.5" stroke-width="4">
${circles(field)}
</g>
<path fill="${colours.ink}" d="${ink}"/>
</svg>
`;
}

/** Segments, in one path for each horizon, future and colour: within a path nothing is painted over itself. */
function strands(field: Field, theme: Theme): string {
  const { path, rows, known, count } = field;
  const { steps } = field.draws;
  const palette = veerPalette(theme);
  const groups = Array.from({ length: steps }, () => new Map<string, string[]>());
  rows.forEach((futures, row) => {
    if (futures === null) return;
    const turned = veers(path.offsets, row, futures.subarray(0, 3 * steps * known[row]!), steps);
    for (let f = 0; f < known[row]!; f++) {
      penDownMovements(field, futures, row, f, (k, fromX, fromY, toX, toY) => {
        const [x, y] = [whole(fromX), whole(fromY)];
        const name = `${f} ${veerLevel(turned[f * steps + k]!)}`;
        const parts = groups[k]!.get(name) ?? [];
        parts.push(`M${x} ${y}l${whole(toX) - x} ${whole(toY) - y}`);
        groups[k]!.set(name, parts);
      });
    }
  });
  const width = whole(STRAND / path.scale);
  return groups
    .map((group, k) => {
      const paths = [...group].map(
        ([name, parts]) => `<path stroke="${palette[Number(name.split(" ")[1])]}" d="${parts.join("")}"/>`,
      );
      const look = `stroke-width="${width}" stroke-linecap="round" stroke-opacity="${opacity(k + 1, steps, count).toFixed(4)}"`;
      return `<g fill="none" ${look}>\n${paths.join("\n")}\n</g>`;
    })
    .join("\n");
}

function circles({ path }: Field): string {
  return path.mixtures
    .slice(0, path.length)
    .map(({ lift }, p) => ({ p, radius: (LIFT_RADIUS / path.scale) * Math.sqrt(lift) }))
    .filter(({ radius }) => radius > 0.4)
    .map(
      ({ p, radius }) =>
        `<circle cx="${whole(path.x[p + 1]!)}" cy="${whole(path.y[p + 1]!)}" r="${whole(radius)}"/>`,
    )
    .join("");
}

function whole(value: number): number {
  return Math.round(value * UNIT);
}
