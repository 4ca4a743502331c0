/** Marks of the drawings of a step. */

import type { Drawing } from "../../draw/drawing.ts";
import { type At, circle, through } from "../../draw/marks.ts";

/** The colours of the style sheet that the drawings use. */
export const NAMES = ["ink", "muted", "rule", "paper", "future", "cell-low", "cell-high"] as const;
export type Colours = Readonly<Record<(typeof NAMES)[number], string>>;

const FAMILY = '"Source Serif", Georgia, serif';

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

interface TextLook {
  readonly size: number;
  readonly fill: string;
  readonly align?: CanvasTextAlign;
  readonly opacity?: number;
}

export function text(on: Drawing, x: number, y: number, words: string, look: TextLook): void {
  const { size, fill, align = "center", opacity = 1 } = look;
  if (opacity === 0) return;
  on.font = `${size}px ${FAMILY}`;
  on.textAlign = align;
  on.fillStyle = fill;
  on.globalAlpha = opacity;
  on.fillText(words, x, y);
}

interface LineLook {
  readonly stroke: string;
  readonly width: number;
  readonly opacity?: number;
  readonly dashes?: number[];
}

/** A line through points. */
export function line(on: Drawing, points: readonly At[], look: LineLook): void {
  const { stroke, width, opacity = 1, dashes = [] } = look;
  if (points.length < 2 || opacity === 0) return;
  through(on, points);
  on.strokeStyle = stroke;
  on.lineWidth = width;
  on.lineCap = "round";
  on.lineJoin = "round";
  on.setLineDash(dashes);
  on.globalAlpha = opacity;
  on.stroke();
}

interface DiscLook {
  readonly fill?: string;
  readonly stroke?: string;
  readonly width?: number;
  readonly opacity?: number;
}

export function disc(on: Drawing, at: At, radius: number, look: DiscLook): void {
  const { fill, stroke, width = 0, opacity = 1 } = look;
  if (opacity === 0) return;
  circle(on, at, radius);
  on.globalAlpha = opacity;
  if (fill !== undefined) {
    on.fillStyle = fill;
    on.fill();
  }
  if (stroke === undefined) return;
  on.strokeStyle = stroke;
  on.lineWidth = width;
  on.setLineDash([]);
  on.stroke();
}

/** Part of a circle from the top, clockwise for a positive share of it. */
export function arc(on: Drawing, [x, y]: At, radius: number, share: number, look: LineLook): void {
  const sides = 48;
  const steps = Math.max(Math.ceil(Math.abs(share) * sides), 1);
  const points = Array.from({ length: steps + 1 }, (_, k): At => {
    const angle = ((share * k) / steps) * 2 * Math.PI;
    return [x + radius * Math.sin(angle), y - radius * Math.cos(angle)];
  });
  line(on, points, look);
}
