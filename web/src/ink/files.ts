/** Ink as files: JSON keeps everything (spec/ink.md), SVG is a drawing of one smooth line a stroke. */

import { NIB, smoothLine } from "./outline.ts";
import { extent } from "./path.ts";
import { type Stroke, UNIT_MM, USUAL_PRESSURE } from "./stroke.ts";

/** A document of spec/ink.md. The ink has at least one stroke; `settings` are kept as its controls. */
export function inkToJson(
  ink: readonly Stroke[],
  settings: Readonly<Record<string, unknown>>,
  seed: number,
): string {
  const pressed = ink.some(({ pressure }) => pressure !== null);
  const strokes = ink.map(({ x, y, time, pressure }) =>
    pressed ? { x, y, time, pressure: pressure ?? x.map(() => USUAL_PRESSURE) } : { x, y, time },
  );
  const open = !ink.at(-1)!.lifted;
  const head = { format: "pentrace-ink", format_version: 1, scale: null };
  return `${JSON.stringify({ ...head, strokes, open, controls: settings, seed: String(seed) })}\n`;
}

/** Colours of a drawing; `paper` is null where it has no background. */
export interface InkColours {
  readonly hand: string;
  readonly model: string;
  readonly paper: string | null;
}

/** A drawing in sheet units, as large as on paper. The ink has at least one stroke. */
export function inkToSvg(ink: readonly Stroke[], colours: InkColours): string {
  const [left, right] = extent(ink.flatMap(({ x }) => x));
  const [top, bottom] = extent(ink.flatMap(({ y }) => y));
  const margin = 6 * NIB;
  const [width, height] = [right - left + 2 * margin, bottom - top + 2 * margin];
  const box = [left - margin, top - margin, width, height].map(short);
  const paths = ink.map((stroke) => {
    const own = colours[stroke.writer] === colours.hand ? "" : ` stroke="${colours[stroke.writer]}"`;
    return `<path d="${smoothLine(stroke, short)}"${own}/>`;
  });
  const [x, y, w, h] = box;
  const paper =
    colours.paper === null
      ? ""
      : `<rect x="${x}" y="${y}" width="${w}" height="${h}" fill="${colours.paper}"/>\n`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${box.join(" ")}" width="${short(width * UNIT_MM)}mm" height="${short(height * UNIT_MM)}mm">
${paper}<g fill="none" stroke="${colours.hand}" stroke-width="${short(NIB)}" stroke-linecap="round" stroke-linejoin="round">
${paths.join("\n")}
</g>
</svg>
`;
}

function short(value: number): string {
  return String(Math.round(value * 1000) / 1000 + 0);
}
