/** The legend of a field of futures. */

import { effect } from "@preact/signals-core";
import { make } from "../draw/element.ts";
import { paintBar } from "../draw/palette.ts";
import { theme } from "../draw/redraw.ts";
import { veerPalette } from "./scale.ts";

/** The colour scale, and what a circle means. */
export function legend(): HTMLElement {
  const bar = make("canvas");
  const circle = make("span", "circle");
  bar.ariaHidden = circle.ariaHidden = "true";
  effect(() => paintBar(bar, veerPalette(theme().value)));
  const lift = make("span", "lift", circle, "the pen may lift");
  return make("p", "field-legend", "left of the ink", bar, "right", lift);
}
