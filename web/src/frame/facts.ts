/** Shows facts under a heading; returns them as one text, for a slider to say. */
export function tellFacts(
  el: HTMLElement,
  title: string,
  rows: readonly (readonly [string, string])[],
): string {
  const heading = document.createElement("h3");
  heading.textContent = title;
  const list = document.createElement("dl");
  for (const [term, text] of rows) {
    const [dt, dd] = [document.createElement("dt"), document.createElement("dd")];
    dt.textContent = term;
    dd.textContent = text;
    list.append(dt, dd);
  }
  el.replaceChildren(heading, list);
  return `${heading.textContent}. ${rows.map(([term, text]) => `${term}: ${text}`).join(". ")}.`;
}
