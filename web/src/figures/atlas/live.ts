/** The atlas at work: from the cell or the feature that is chosen to tables, and to moments in ink. */

import { createModel, effect } from "@preact/signals-core";
import { attention } from "./attention.ts";
import { moments } from "./moments.ts";
import { tables } from "./tables.ts";
import type { AtlasWiring } from "./wiring.ts";

export const LiveAtlas = createModel((wiring: AtlasWiring) => {
  const looked = attention(wiring);
  tables(wiring, looked);
  // Without an atlas there is nothing to show but the reason.
  effect(() => {
    wiring.frame.el.classList.toggle("without-atlas", looked.problem.value !== "");
  });
  const { change } = wiring.parts;
  effect(() => {
    change.disabled = looked.cells.value.length === 0;
  });
  effect(() => {
    const take = (): void => {
      wiring.changed.value = looked.cells.peek();
    };
    // Before the button goes to the other figure.
    change.addEventListener("click", take, { capture: true });
    return () => change.removeEventListener("click", take, { capture: true });
  });
  return { python: moments(wiring, looked) };
});
