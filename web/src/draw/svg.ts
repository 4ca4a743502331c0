/** Writing SVG documents. */

import type { Size } from "./redraw.ts";

export const FONT = 'font-family="Source Serif, Georgia, serif"';

/** A document in client pixels, on paper. */
export function svgDocument({ width, height }: Size, paper: string, parts: readonly string[]): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}">
<rect width="${width}" height="${height}" fill="${paper}"/>
${parts.join("\n")}
</svg>
`;
}

/** Rounded to tenths of a pixel. */
export function tenths(value: number): number {
  return Math.round(10 * value) / 10;
}

export function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
