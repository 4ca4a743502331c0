/** What the page says: above the paper, below it, and to screen readers. */

import { effect } from "@preact/signals-core";
import { element } from "../frame/controls.ts";

/** Says something to screen readers. */
export function announce(text: string): void {
  element("announcement", HTMLElement).textContent = text;
}

/** The line above the paper: what is wrong, "" where nothing is, or else what is usually said there. */
export function showStatus(wrong: () => string, usual: () => string): void {
  const status = element("status", HTMLElement);
  effect(() => {
    const problem = wrong();
    status.classList.toggle("error", problem !== "");
    status.textContent = problem || usual();
  });
}

/** How the paper is moved, said while some of the ink is out of view. */
export function showHint(needed: () => boolean): void {
  const way = window.matchMedia("(pointer: coarse)").matches
    ? "Two fingers move the paper."
    : "Shift and arrow keys, or a sideways scroll, move the paper.";
  effect(() => {
    element("hint", HTMLElement).textContent = needed() ? way : "";
  });
}
