/** The colours of the style sheet. */

/** Colours by their names, as an element has them: `ink` for `--ink`. */
export function colours<Name extends string>(el: HTMLElement, ...names: Name[]): Record<Name, string> {
  const style = getComputedStyle(el);
  const entries = names.map((name) => [name, style.getPropertyValue(`--${name}`).trim()]);
  return Object.fromEntries(entries) as Record<Name, string>;
}
