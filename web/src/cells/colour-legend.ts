/** The scale of colours: a bar, linear in the values, with its two ends and its middle, and a sentence. */

import { canvas } from "../draw/canvas.ts";
import { divergingPalette } from "./palette.ts";
import type { ColourScale } from "./scale.ts";

export interface LegendData {
  readonly scale: ColourScale;
  /** Below the bar: its left end, middle and right end. */
  readonly ticks: readonly [string, string, string];
  /** What lies beyond. */
  readonly text: string;
}

export interface Legend {
  update(data: LegendData): void;
  destroy(): void;
}

const PIXELS = 256;

export function colourLegend(el: HTMLElement, initial: LegendData): Legend {
  const bar = document.createElement("div");
  const ticks = Array.from({ length: 3 }, () => document.createElement("span"));
  const text = document.createElement("p");
  bar.className = "legend-bar";
  const picture = canvas(bar);
  bar.append(...ticks);
  el.append(bar, text);
  const scheme = window.matchMedia("(prefers-color-scheme: dark)");
  let data = initial;

  const draw = (): void => {
    const { css } = divergingPalette(scheme.matches ? "dark" : "light");
    picture.width = PIXELS;
    picture.height = 1;
    const context = picture.getContext("2d");
    if (context === null) return;
    for (let x = 0; x < PIXELS; x++) {
      context.fillStyle = css[data.scale.levelOf((2 * (x + 0.5)) / PIXELS - 1)]!;
      context.fillRect(x, 0, 1, 1);
    }
    ticks.forEach((tick, k) => {
      tick.textContent = data.ticks[k]!;
    });
    text.textContent = data.text;
  };
  scheme.addEventListener("change", draw);
  draw();

  return {
    update(next) {
      const same = next.scale === data.scale && next.text === data.text;
      data = next;
      if (!same) draw();
    },
    destroy() {
      scheme.removeEventListener("change", draw);
      el.replaceChildren();
    },
  };
}
