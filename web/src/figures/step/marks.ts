/** Marks of the drawings of a step, as SVG. */

import { escaped, tenths } from "../../draw/svg.ts";

/** The colours of the style sheet that the drawings use. */
export const NAMES = ["ink", "muted", "rule", "paper", "future", "cell-low", "cell-high"] as const;
export type Colours = Readonly<Record<(typeof NAMES)[number], string>>;

/** How much of a stage is there when the drawing is at `at`: 0 to 1, eased. */
export function reveal(at: number, stage: number): number {
  const share = Math.min(Math.max(at - stage + 1, 0), 1);
  return share * share * (3 - 2 * share);
}

export function mix(from: number, to: number, share: number): number {
  return from + (to - from) * share;
}

/** The colour of a value: that of the cells, by its sign. */
export function signed(value: number, css: Colours): string {
  return value < 0 ? css["cell-low"] : css["cell-high"];
}

export interface TextLook {
  readonly size: number;
  readonly fill: string;
  readonly anchor?: "start" | "middle" | "end";
  readonly opacity?: number;
}

export function text(x: number, y: number, words: string, look: TextLook): string {
  const { size, fill, anchor = "middle", opacity = 1 } = look;
  if (opacity === 0) return "";
  return `<text x="${tenths(x)}" y="${tenths(y)}" font-size="${size}" text-anchor="${anchor}" fill="${fill}" opacity="${hundredths(opacity)}">${escaped(words)}</text>`;
}

export interface LineLook {
  readonly stroke: string;
  readonly width: number;
  readonly opacity?: number;
  readonly dashes?: string;
}

/** A line through points. */
export function line(points: readonly (readonly [number, number])[], look: LineLook): string {
  const { stroke, width, opacity = 1, dashes } = look;
  if (points.length < 2 || opacity === 0) return "";
  const d = points.map(([x, y], k) => `${k === 0 ? "M" : "L"}${tenths(x)} ${tenths(y)}`).join("");
  const dashed = dashes === undefined ? "" : ` stroke-dasharray="${dashes}"`;
  return `<path d="${d}" fill="none" stroke="${stroke}" stroke-width="${width}" stroke-linecap="round" stroke-linejoin="round" opacity="${hundredths(opacity)}"${dashed}/>`;
}

export interface DiscLook {
  readonly fill: string;
  readonly stroke?: string;
  readonly width?: number;
  readonly opacity?: number;
}

export function disc(x: number, y: number, radius: number, look: DiscLook): string {
  const { fill, stroke = "none", width = 0, opacity = 1 } = look;
  if (opacity === 0) return "";
  return `<circle cx="${tenths(x)}" cy="${tenths(y)}" r="${tenths(radius)}" fill="${fill}" stroke="${stroke}" stroke-width="${width}" opacity="${hundredths(opacity)}"/>`;
}

/** Part of a circle from the top, clockwise for a positive share of it. */
export function arc(x: number, y: number, radius: number, share: number, look: LineLook): string {
  const sides = 48;
  const steps = Math.max(Math.ceil(Math.abs(share) * sides), 1);
  const points = Array.from({ length: steps + 1 }, (_, k): [number, number] => {
    const angle = ((share * k) / steps) * 2 * Math.PI;
    return [x + radius * Math.sin(angle), y - radius * Math.cos(angle)];
  });
  return line(points, look);
}

export function hundredths(value: number): number {
  return Math.round(100 * value) / 100;
}
