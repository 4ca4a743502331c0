/** What the figure has once it starts. */

import { make } from "../../draw/element.ts";
import type { Frame } from "../../frame/figure.ts";
import type { Desk } from "../../views/writing-paper.ts";
import type { controls } from "./controls.ts";

export interface WhyWiring extends Desk {
  readonly frame: Frame<typeof controls>;
  readonly parts: ReturnType<typeof partsOf>;
  /** Goes to the next fork, or with -1 to the one before. */
  readonly forks: { by(count: number): void };
}

/** On the paper the ink and what comes next; below the controls what decides it. */
export function partsOf({ view, controls: row }: Frame<typeof controls>) {
  const parts = {
    /** The ink and its forks; then what comes next, as it is and with a change. */
    ink: make("div", "why-ink"),
    now: make("div", "why-way"),
    changed: make("div", "why-way"),
    /** Cells by their votes, and the sum; then the votes of all cells as squares, and what is known of one of them. */
    list: make("div", "why-list"),
    grid: make("div", "why-grid"),
    cell: make("div", "facts why-cell"),
    /** What silence does, by the number of cells. */
    curve: make("div", "why-curve"),
    told: make("p", "why-told"),
    inputs: make("div", "why-inputs"),
  };
  view.append(parts.ink, parts.now, parts.changed);
  const all = make("div", "why-all", make("h3", "", "All cells"), parts.grid, parts.cell);
  const silence = make("div", "why-silence", make("h3", "", "Silent cells"), parts.curve, parts.told);
  row.el.after(make("div", "why-details", parts.list, all, silence, parts.inputs));
  return parts;
}
