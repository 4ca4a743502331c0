/** A group of buttons that is one stop of the Tab key: arrow keys move within it, Home and End to its ends. */

import { stepOf } from "./element.ts";
import { whenEnded } from "./redraw.ts";

/** Client pixels by which buttons of one row may differ in height. */
const LEVEL = 4;

/** buttons: which of the group's elements; they may change at any time. */
export function oneStop(group: HTMLElement, buttons = "button"): void {
  const items = (): HTMLElement[] => [...group.querySelectorAll<HTMLElement>(`:is(${buttons}):enabled`)];
  const stopAt = (stop: HTMLElement | undefined): void => {
    for (const item of items()) item.tabIndex = item === stop ? 0 : -1;
  };
  const settle = (): void => {
    const all = items();
    const stops = all.filter((item) => item.tabIndex === 0);
    const chosen = all.find((item) => item.ariaPressed === "true" || item.ariaCurrent === "true");
    if (stops.length !== 1) stopAt(chosen ?? all[0]);
  };
  const observer = new MutationObserver(settle);
  observer.observe(group, { childList: true, subtree: true, attributeFilter: ["disabled"] });
  whenEnded(() => observer.disconnect());
  settle();
  group.addEventListener("focusin", ({ target }) => {
    if (target instanceof HTMLElement && target.matches(buttons)) stopAt(target);
  });
  group.addEventListener("keydown", (event) => {
    const all = items();
    const at = all.indexOf(event.target as HTMLElement);
    if (at < 0) return;
    const top = (item: HTMLElement): number => item.getBoundingClientRect().top;
    const wide = all.filter((item) => Math.abs(top(item) - top(all[0]!)) < LEVEL).length;
    const by = stepOf(event, {
      ArrowLeft: -1,
      ArrowRight: 1,
      ArrowUp: -wide,
      ArrowDown: wide,
      Home: -at,
      End: all.length - 1 - at,
    });
    if (by !== undefined) all[at + by]?.focus();
  });
}
