/** The ink of the figure of cells: alone, or on a paper that is written on. */

import { computed, createModel, effect, type ReadonlySignal, untracked } from "@preact/signals-core";
import { make } from "../../draw/element.ts";
import type { Placing } from "../../draw/placing.ts";
import { whenEnded } from "../../draw/redraw.ts";
import { listenToTouch } from "../../frame/keys.ts";
import { listenToPen } from "../../ink/pointer.ts";
import { paper } from "../../views/paper.ts";
import { inkByCell, type PaperBelow } from "./ink-by-cell.ts";
import type { Seen } from "./seen.ts";
import type { CellsWiring } from "./wiring.ts";

/** placing: where the ink lies now, in client pixels. */
export function cellsInk(
  wiring: CellsWiring,
  seen: ReadonlySignal<Seen | null>,
  growing: ReadonlySignal<boolean>,
  onLook: (row: number) => void,
): { placing(): Placing | null } {
  const { frame, parts } = wiring;
  const onPaper = computed(() => frame.state.ink.value === "yours");
  let placing: ReadonlySignal<Placing | null> | null = null;
  const Shown = createModel((written: boolean) => {
    const el = written ? make("div", "paper") : parts.ink;
    const below = written ? paperIn(el, wiring) : null;
    placing = inkByCell(el, seen, { onLook, growing, paper: below });
    whenEnded(() => parts.ink.replaceChildren());
    return {};
  });
  effect(() => {
    const written = onPaper.value;
    const shown = untracked(() => new Shown(written));
    return () => shown[Symbol.dispose]();
  });
  return { placing: () => placing?.value ?? null };
}

/** The reader's own sheet, as in the first figure, under the colours. */
function paperIn(el: HTMLElement, { frame, parts, sheet, ink, isExample, writing }: CellsWiring): PaperBelow {
  parts.ink.append(el);
  const now = () => ({
    ink: ink.value,
    faint: isExample.value,
    writing: writing.value,
    futures: null,
    shown: 0,
    playing: false,
  });
  const below = paper(el, now(), { still: frame.still, onTurn: () => {} });
  const { surface, toSheet, pan } = below;
  surface.tabIndex = 0;
  surface.role = "application";
  surface.ariaLabel = "Paper to write on, coloured by cells";
  listenToTouch(surface);
  const stop = listenToPen(surface, {
    toSheet,
    down: (point) => sheet.penDown(point),
    move: (points) => sheet.penMove(points),
    up: () => sheet.penUp(),
    discard: () => sheet.discard(),
    pan,
  });
  effect(() => {
    el.classList.toggle("example", isExample.value);
    below.update(now());
  });
  whenEnded(() => {
    stop();
    below.destroy();
  });
  return { surface, toSheet };
}
