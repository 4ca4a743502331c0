/** The legend of a field of futures. */

import { Palette } from "./scale.ts";

/** The scale of colours, and what a circle is. */
export function legend(): HTMLElement {
  const el = document.createElement("p");
  el.className = "field-legend";
  const bar = document.createElement("canvas");
  const scheme = window.matchMedia("(prefers-color-scheme: dark)");
  const paint = (): void => {
    const { css } = new Palette(scheme.matches ? "dark" : "light");
    bar.width = css.length;
    bar.height = 1;
    const context = bar.getContext("2d");
    css.forEach((each, k) => {
      if (context === null) return;
      context.fillStyle = each;
      context.fillRect(k, 0, 1, 1);
    });
  };
  scheme.addEventListener("change", paint);
  paint();
  bar.ariaHidden = "true";
  const circle = document.createElement("span");
  circle.className = "circle";
  circle.ariaHidden = "true";
  el.append("left of the ink", bar, "right", circle, "the pen may lift");
  return el;
}
