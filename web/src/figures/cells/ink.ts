/** The ink of the figure of cells: alone, or on a paper that is written on. */

import { effect } from "@preact/signals-core";
import { listenToTouch } from "../../frame/keys.ts";
import { listenToPen } from "../../ink/pointer.ts";
import { paper } from "../../views/paper.ts";
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
    const { frame, parts, sheet, ink, isExample, writing } = this.#wiring;
    const el = document.createElement("div");
    el.className = "paper";
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
    const { surface, toSheet } = below;
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
      pan: below.pan,
    });
    const dispose = effect(() => {
      el.classList.toggle("example", isExample.value);
      below.update(now());
    });
    const view = inkByCell(el, data, { onLook: this.#onLook, paper: { surface, toSheet } });
    return {
      onPaper: true,
      view,
      destroy() {
        dispose();
        stop();
        view.destroy();
        below.destroy();
        el.remove();
      },
    };
  }
}
