/** Small plots along a line: a mark for each value, which the style sheet draws, and the key of the marks. */

import { make } from "../draw/element.ts";

export function plotOf(names: string): HTMLElement {
  const el = make("span", names);
  el.ariaHidden = "true";
  return el;
}

/** A mark at a value, or over a stretch of them, in per cent of the plot. */
export function plotMark(name: string, from: number, to: number): HTMLElement {
  const mark = make("span", name);
  mark.style.setProperty("--from", `${Math.min(from, to)}%`);
  mark.style.setProperty("--to", `${Math.max(from, to)}%`);
  return mark;
}

/** What the marks of a plot mean. */
export function plotKey(
  names: string,
  plot: string,
  words: readonly (readonly [string, string])[],
): HTMLElement {
  const entries = words.map(([mark, word]) => {
    const sign = plotOf(`${plot} key-sign`);
    sign.append(make("span", mark));
    return make("li", "", sign, word);
  });
  return make("ul", `key ${names}`, ...entries);
}
