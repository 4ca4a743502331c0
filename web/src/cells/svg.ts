/** Ink in the colours of cells, as SVG in client pixels. */

import type { Placing } from "../draw/placing.ts";
import { tenths } from "../draw/svg.ts";
import type { InkPath } from "../ink/path.ts";
import type { ColouredInk, Run } from "./ink-painter.ts";
import { lineWidth, RIM, RIM_WIDTH, runsOf } from "./ink-painter.ts";

/** An ink in its colours, as a group. */
export function inkStrokes(ink: ColouredInk, placing: Placing, css: readonly string[]): string {
  const width = tenths(lineWidth(placing.zoom) * placing.zoom);
  const runs = [...runsOf(ink, 0, ink.path.length + 1)];
  const rim = runs.map((run) => lineOf(ink.path, run, placing)).join("");
  const lines = runs
    .map((run) => `<path stroke="${css[run.level]}" d="${lineOf(ink.path, run, placing)}"/>`)
    .join("\n");
  return `<g fill="none" stroke-linecap="round" stroke-linejoin="round" stroke-width="${width}">
<path stroke="${RIM}" stroke-width="${tenths(width + 2 * RIM_WIDTH)}" d="${rim}"/>
${lines}
</g>`;
}

function lineOf({ x, y }: InkPath, { first, last }: Run, { zoom, left, top }: Placing): string {
  const at = (p: number): string => `${tenths(x[p]! * zoom + left)} ${tenths(y[p]! * zoom + top)}`;
  const points = Array.from({ length: last - first }, (_, k) => `L${at(first + k + 1)}`);
  // A dot is a line of no length.
  return `M${at(first)}${points.join("") || "h0"}`;
}
