/** The colours of the style sheet. */

/** Colours by their names, as an element has them: `ink` for `--ink`. */
export function colours<Name extends string>(el: HTMLElement, ...names: Name[]): Record<Name, string> {
  const style = getComputedStyle(el);
  const entries = names.map((name) => [name, resolved(style.getPropertyValue(`--${name}`).trim())]);
  return Object.fromEntries(entries) as Record<Name, string>;
}

/** A colour of the reader's own system as the numbers that a canvas needs. */
function resolved(colour: string): string {
  if (colour.startsWith("#")) return colour;
  const probe = document.createElement("span");
  probe.style.color = colour;
  document.body.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}
