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
    const { css } = divergingPalette(theme().value);
    const level = (x: number): number => now.scale.levelOf((2 * (x + 0.5)) / PIXELS - 1);
    paintBar(
      picture,
      Array.from({ length: PIXELS }, (_, x) => css[level(x)]!),
    );
    ticks.forEach((tick, k) => {
      tick.textContent = now.ticks[k]!;
    });
    text.textContent = now.text;
  });
}
