/** The cells that learning has changed most: a bar each, which leads to the cell among all cells. */

import { effect, type ReadonlySignal } from "@preact/signals-core";
import { make } from "../../draw/element.ts";
import { oneStop } from "../../draw/one-stop.ts";

/** Cells that are shown. */
const SHOWN = 6;

/** changes: root mean square of the change of each cell's hidden state; null while nothing is learned. */
export function cellsView(
  el: HTMLElement,
  changes: ReadonlySignal<Float32Array | null>,
  look: (cell: number) => void,
): void {
  const list = make("div", "teach-bars");
  list.role = "group";
  list.ariaLabel = "Cells that change most";
  const part = make("div", "teach-cells", make("span", "row-label", "Cells that change most"), list);
  el.append(part);
  const buttons = Array.from({ length: SHOWN }, () => {
    const bar = make("span", "teach-bar");
    const words = make("span", "", "Cell");
    const button = make("button", "teach-cell", words, bar);
    button.type = "button";
    return { button, words, bar };
  });
  list.append(...buttons.map(({ button }) => button));
  oneStop(list);
  effect(() => {
    const most = changes.value === null ? [] : mostChanged(changes.value, SHOWN);
    // It keeps its room, so that the controls below stay where they are.
    part.classList.toggle("teach-none", most.length === 0);
    buttons.forEach(({ button, words, bar }, k) => {
      const found = most[k];
      button.disabled = found === undefined;
      if (found === undefined) return;
      const { cell, change } = found;
      words.textContent = `Cell ${cell}: ${change.toFixed(2)}`;
      bar.style.width = `${(100 * change) / most[0]!.change}%`;
      button.title =
        "How much its hidden state changes on your last line (root mean square); shows it among all cells";
      button.onclick = () => look(cell);
    });
  });
}

/** The cells that change most, the first of equals first. */
export function mostChanged(changes: ArrayLike<number>, count: number) {
  const all = Array.from(changes, (change, cell) => ({ cell, change }));
  return all
    .filter(({ change }) => change > 0)
    .sort((a, b) => b.change - a.change)
    .slice(0, count);
}
