/** The legend of a colour scale: a bar, linear in the values, with its two ends and its middle, and a sentence. */

import { effect, type ReadonlySignal } from "@preact/signals-core";
import { canvas } from "../draw/canvas.ts";
import { make } from "../draw/element.ts";
import { divergingPalette, paintBar } from "../draw/palette.ts";
import { theme } from "../draw/redraw.ts";
import type { ColourScale } from "./scale.ts";

export interface LegendData {
  readonly scale: ColourScale;
  /** Below the bar: its left end, middle and right end. */
  readonly ticks: readonly [string, string, string];
  /** How values beyond the ends are shown. */
  readonly text: string;
}

const PIXELS = 256;

export function colourLegend(el: HTMLElement, data: ReadonlySignal<LegendData | null>): void {
  const bar = make("div", "legend-bar");
  const ticks = Array.from({ length: 3 }, () => make("span"));
  const text = make("p");
  const picture = canvas(bar);
  bar.append(...ticks);
  el.append(bar, text);
  effect(() => {
    const now = data.value;
    if (now === null) return;
    paintBar(picture, barColours(now.scale, PIXELS, divergingPalette(theme().value).css));
    ticks.forEach((tick, k) => {
      tick.textContent = now.ticks[k]!;
    });
    text.textContent = now.text;
  });
}

/** The colours of a bar from the lowest value to the highest. */
export function barColours(scale: ColourScale, count: number, css: readonly string[]): string[] {
  return Array.from({ length: count }, (_, x) => css[scale.levelOf((2 * (x + 0.5)) / count - 1)]!);
}
