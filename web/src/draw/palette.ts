/**
 * Diverging palettes: from one colour through a middle to another, in steps that look equal. They are equal in OKLab
 * (Ottosson 2020).
 */

import type { Theme } from "./redraw.ts";

/** Colours of the ends, the middle, and between them. */
type Anchors = Readonly<Record<Theme, readonly string[]>>;

/** Cells: orange below the middle, blue above it. All common kinds of colour vision tell them apart. */
const CELLS: Anchors = {
  light: ["#742207", "#d96c1c", "#e8e1d1", "#4f93c9", "#0f3468"],
  dark: ["#ffe0bb", "#e58234", "#2f3745", "#4a92dc", "#d3e8ff"],
};

/** An odd number: the middle has a colour of its own. */
export const LEVELS = 255;

export interface DivergingPalette {
  readonly css: readonly string[];
  /** The same as pixels of an ImageData. */
  readonly pixels: Uint32Array;
}

const known = new Map<Theme, DivergingPalette>();

/** The palette of the cells, from the lowest to the highest. */
export function divergingPalette(theme: Theme): DivergingPalette {
  const made = known.get(theme) ?? palette(theme);
  known.set(theme, made);
  return made;
}

function palette(theme: Theme): DivergingPalette {
  const colours = Array.from({ length: LEVELS }, (_, level) =>
    css(between(CELLS[theme], level / (LEVELS - 1))),
  );
  // An ImageData has red first in memory.
  const bytes = new Uint8Array(4 * LEVELS);
  colours.forEach((colour, level) => {
    bytes.set([...parse(colour).map((value) => Math.round(255 * value)), 255], 4 * level);
  });
  return { css: colours, pixels: new Uint32Array(bytes.buffer) };
}

/** The colour at a share, 0 to 1, of the way through some colours: sRGB in 0 to 1. */
export function between(anchors: readonly string[], share: number): Triple {
  const at = share * (anchors.length - 1);
  const k = Math.min(Math.floor(at), anchors.length - 2);
  const [from, to] = [toOklab(parse(anchors[k]!)), toOklab(parse(anchors[k + 1]!))];
  return fromOklab(from.map((value, i) => value + (to[i]! - value) * (at - k)) as unknown as Triple);
}

export type Triple = readonly [number, number, number];

/** As a style sheet writes it. */
export function css(srgb: Triple): string {
  return `#${srgb
    .map((value) =>
      Math.round(255 * value)
        .toString(16)
        .padStart(2, "0"),
    )
    .join("")}`;
}

/** sRGB in 0 to 1 of `#rrggbb`. */
export function parse(text: string): Triple {
  const part = (k: number): number => Number.parseInt(text.slice(k, k + 2), 16) / 255;
  return [part(1), part(3), part(5)];
}

function toOklab(srgb: Triple): Triple {
  const [r, g, b] = srgb.map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)) as [
    number,
    number,
    number,
  ];
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

function fromOklab([lightness, a, b]: Triple): Triple {
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const linear = [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ];
  const srgb = linear.map((value) => {
    const c = Math.max(value, 0);
    return Math.min(c <= 0.0031308 ? 12.92 * c : 1.055 * c ** (1 / 2.4) - 0.055, 1);
  });
  return srgb as unknown as Triple;
}

/** Paints colours from left to right on a bar that is as wide as there are colours. */
export function paintBar(el: HTMLCanvasElement, colours: readonly string[]): void {
  el.width = colours.length;
  el.height = 1;
  const context = el.getContext("2d");
  if (context === null) return;
  colours.forEach((colour, x) => {
    context.fillStyle = colour;
    context.fillRect(x, 0, 1, 1);
  });
}
