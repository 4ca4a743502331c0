import { make } from "../draw/element.ts";

/** Says in a figure's text which ink it shows. */
export function tellInk(figure: string, words: string): void {
  for (const said of document.querySelectorAll(`[data-ink="${figure}"]`)) said.textContent = words;
}

/** Shows facts under a heading; returns them as one text, for assistive technology. */
export function tellFacts(
  el: HTMLElement,
  title: string,
  rows: readonly (readonly [string, string])[],
): string {
  const items = rows.flatMap(([term, text]) => [make("dt", "", term), make("dd", "", text)]);
  el.replaceChildren(make("h3", "", title), make("dl", "", ...items));
  return `${title}. ${rows.map(([term, text]) => `${term}: ${text}`).join(". ")}.`;
}
