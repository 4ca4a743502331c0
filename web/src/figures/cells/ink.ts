/** The ink of the figure of cells: alone, or on a paper that is written on. */

import { effect } from "@preact/signals-core";
import { writingPaper } from "../../views/writing-paper.ts";
import { type InkByCell, type InkByCellData, inkByCell } from "./ink-by-cell.ts";
import type { CellsWiring } from "./wiring.ts";

interface Shown {
  readonly onPaper: boolean;
  readonly view: InkByCell;
  destroy(): void;
}

export class CellsInk {
  readonly #wiring: CellsWiring;
  readonly #onLook: (row: number) => void;
  #shown: Shown | null = null;

  constructor(wiring: CellsWiring, onLook: (row: number) => void) {
    this.#wiring = wiring;
    this.#onLook = onLook;
  }

  /** changed: points from there on are not what they were. */
  update(data: InkByCellData, changed: number): void {
    const onPaper = this.#wiring.frame.state.ink.peek() === "yours";
    if (this.#shown?.onPaper !== onPaper) {
      this.#shown?.destroy();
      this.#shown = onPaper ? this.#onPaper(data) : this.#alone(data);
    }
    this.#shown.view.update(data, changed);
  }

  /** Where sheet units lie in the element, in client pixels. */
  placing() {
    if (this.#shown === null) throw new Error("no ink is shown");
    return this.#shown.view.placing();
  }

  destroy(): void {
    this.#shown?.destroy();
    this.#shown = null;
  }

  #alone(data: InkByCellData): Shown {
    const view = inkByCell(this.#wiring.parts.ink, data, { onLook: this.#onLook, paper: null });
    return { onPaper: false, view, destroy: () => view.destroy() };
  }

  /** The reader's own sheet, as in the first figure, under the colours. */
  #onPaper(data: InkByCellData): Shown {
    const { frame, parts, isExample } = this.#wiring;
    const el = document.createElement("div");
    el.className = "paper";
    parts.ink.append(el);
    const label = "Paper to write on, coloured by cells";
    const below = writingPaper(el, this.#wiring, { label, still: frame.still });
    const { surface, toSheet } = below;
    const dispose = effect(() => {
      el.classList.toggle("example", isExample.value);
    });
    const view = inkByCell(el, data, { onLook: this.#onLook, paper: { surface, toSheet } });
    return {
      onPaper: true,
      view,
      destroy() {
        dispose();
        view.destroy();
        below.destroy();
        el.remove();
      },
    };
  }
}
