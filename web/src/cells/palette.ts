/** The diverging scale of colours of the cells: orange below the middle, blue above it, in equal steps for the eye. */

import type { Theme } from "../draw/colour.ts";
import { css, fromOklab, parse, type Triple, toOklab } from "../draw/oklab.ts";

/** An odd number: the middle has a colour of its own. */
export const LEVELS = 255;

/** From the lowest to the highest. Blue and orange are told apart by all common kinds of colour vision. */
const ANCHORS: Readonly<Record<Theme, readonly string[]>> = {
  light: ["#742207", "#d96c1c", "#e8e1d1", "#4f93c9", "#0f3468"],
  dark: ["#ffe0bb", "#e58234", "#2f3745", "#4a92dc", "#d3e8ff"],
};

export interface DivergingPalette {
  readonly css: readonly string[];
  /** The same as pixels of an ImageData. */
  readonly pixels: Uint32Array;
}

const known = new Map<Theme, DivergingPalette>();

export function divergingPalette(theme: Theme): DivergingPalette {
  const made = known.get(theme) ?? palette(theme);
  known.set(theme, made);
  return made;
}

function palette(theme: Theme): DivergingPalette {
  const anchors = ANCHORS[theme].map((text) => toOklab(parse(text)));
  const colours = Array.from({ length: LEVELS }, (_, level) => css(between(anchors, level / (LEVELS - 1))));
  // An ImageData has red first in memory.
  const bytes = new Uint8Array(4 * LEVELS);
  colours.forEach((colour, level) => {
    bytes.set([...parse(colour).map((value) => Math.round(255 * value)), 255], 4 * level);
  });
  return { css: colours, pixels: new Uint32Array(bytes.buffer) };
}

function between(anchors: readonly Triple[], share: number): Triple {
  const at = share * (anchors.length - 1);
  const k = Math.min(Math.floor(at), anchors.length - 2);
  const [from, to] = [anchors[k]!, anchors[k + 1]!];
  return fromOklab(from.map((value, i) => value + (to[i]! - value) * (at - k)) as unknown as Triple);
}
