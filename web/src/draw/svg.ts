/** Writing SVG documents. */

/** Rounded to tenths of a pixel. */
export function tenths(value: number): number {
  return Math.round(10 * value) / 10;
}

export function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
