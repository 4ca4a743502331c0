/** Diverging palettes: from one colour through a middle to another, in steps that look equal. */

import { css, fromOklab, parse, type Triple, toOklab } from "./oklab.ts";
import type { Theme } from "./redraw.ts";

/** Colours of the ends, the middle, and what lies between. */
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
