/** The keys of the stairs. */

import type { ReadonlySignal } from "@preact/signals-core";
import type { Script } from "./script.ts";

export function listenToKeys(
  surface: HTMLElement,
  script: ReadonlySignal<Script | null>,
  point: ReadonlySignal<number | null>,
  goTo: (point: number) => void,
): void {
  surface.addEventListener("keydown", (event) => {
    if (script.value === null || point.value === null) return;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const at = Math.floor(point.value);
    const to = {
      ArrowLeft: at - 1,
      ArrowRight: at + 1,
      PageUp: letterFrom(script.value, at, -1),
      PageDown: letterFrom(script.value, at, 1),
      Home: 0,
      End: script.value.length - 1,
    }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    goTo(Math.min(Math.max(to, 0), script.value.length - 1));
  });
}

/** The first point of the next letter, or of the one before. */
export function letterFrom({ places, length }: Script, at: number, step: 1 | -1): number {
  let to = at;
  if (step > 0) {
    while (to < length && places[to] === places[at]) to++;
    return to;
  }
  while (to > 0 && places[to - 1] === places[at]) to--;
  if (to > 0) to--;
  while (to > 0 && places[to - 1] === places[to]) to--;
  return to;
}
