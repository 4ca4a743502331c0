/** Small plots along a line: a mark for each value, which the style sheet draws, and the key of the marks. */

import { make } from "../draw/element.ts";

/** A mark at a value, or over a stretch of them. */
export type Mark = readonly [name: string, from: number, to?: number];

/** at: where a value lies, in per cent of the plot. Marks whose values are not known are left out. */
export function plotOf(names: string, at: (value: number) => number, marks: readonly Mark[]): HTMLElement {
  const el = make("span", names);
  el.ariaHidden = "true";
  for (const [name, from, to = from] of marks) {
    if (!Number.isFinite(from) || !Number.isFinite(to)) continue;
    const mark = make("span", name);
    const ends = [at(from), at(to)];
    mark.style.setProperty("--from", `${Math.min(...ends)}%`);
    mark.style.setProperty("--to", `${Math.max(...ends)}%`);
    el.append(mark);
  }
  return el;
}

/** What the marks of a plot mean. */
export function plotKey(
  names: string,
  plot: string,
  words: readonly (readonly [string, string])[],
): HTMLElement {
  const entries = words.map(([mark, word]) => {
    const sign = make("span", `${plot} key-sign`, make("span", mark));
    sign.ariaHidden = "true";
    return make("li", "", sign, word);
  });
  return make("ul", `key ${names}`, ...entries);
}
