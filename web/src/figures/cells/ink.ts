/** The ink of the figure of cells: alone, or on a paper that is written on. */

import { computed, createModel, effect, type ReadonlySignal, untracked } from "@preact/signals-core";
import { make } from "../../draw/element.ts";
import type { Placing } from "../../draw/placing.ts";
import { whenEnded } from "../../draw/redraw.ts";
import { writingPaper } from "../../views/writing-paper.ts";
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
function paperIn(el: HTMLElement, wiring: CellsWiring): PaperBelow {
  const { frame, parts, isExample } = wiring;
  parts.ink.append(el);
  const label = "Paper to write on, coloured by cells";
  const { surface, toSheet, destroy } = writingPaper(el, wiring, { label, still: frame.still });
  effect(() => {
    el.classList.toggle("example", isExample.value);
  });
  whenEnded(destroy);
  return { surface, toSheet };
}
