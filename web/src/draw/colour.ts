/** The colour scheme, and the colours of the style sheet. */

export function colour(el: HTMLElement, name: string): string {
  return getComputedStyle(el).getPropertyValue(name).trim();
}

export type Theme = "light" | "dark";
