/** What each input adds to the gates of the step, and what is predicted without it. One can be taken away. */

import { effect, type ReadonlySignal } from "@preact/signals-core";
import { make, makeButton } from "../../draw/element.ts";
import { oneStop } from "../../draw/one-stop.ts";
import type { InputRow } from "./task.ts";
import { inputName, percent } from "./words.ts";

export interface InputsData {
  readonly rows: readonly InputRow[];
  /** The input that is away; empty for none. */
  readonly without: string;
}

/** Inputs, forgets, candidate, output: in the order of the engine. */
const GATES = ["input gate", "forget gate", "candidate", "output gate"];
const HEADS = ["Input", "To i f g o", "Without it"];

/** onTake: an input is taken away, or with "" given back. */
export function inputTable(
  el: HTMLElement,
  data: ReadonlySignal<InputsData | null>,
  onTake: (name: string) => void,
): void {
  const body = make("tbody");
  const heads = HEADS.map((text) => Object.assign(make("th", "", text), { scope: "col" }));
  heads[1]!.title = `How strong it is in the ${GATES.join(", ")}: root mean square over all cells`;
  const caption = make("caption", "unseen", "What enters the gates of this step");
  el.append(
    make("h3", "", "What enters the gates"),
    make("table", "", caption, make("thead", "", make("tr", "", ...heads)), body),
  );
  oneStop(body);
  let rows: readonly InputRow[] = [];
  effect(() => {
    const now = data.value;
    if (now === null) return;
    if (now.rows !== rows) {
      rows = now.rows;
      const most = Math.max(...rows.flatMap(({ strength }) => strength));
      body.replaceChildren(
        ...rows.map((row) => line(row, most, () => onTake(row.name === data.value?.without ? "" : row.name))),
      );
    }
    for (const button of body.querySelectorAll("button")) {
      button.ariaPressed = String(button.dataset.input === now.without);
    }
  });
}

function line({ name, character, strength, without }: InputRow, most: number, take: () => void): HTMLElement {
  const words = inputName(name, character);
  const head = Object.assign(make("th", "", words[0]!.toUpperCase() + words.slice(1)), { scope: "row" });
  const bars = make("span", "input-bars");
  bars.role = "img";
  bars.ariaLabel = strength.map((value, gate) => `${GATES[gate]} ${value.toFixed(2)}`).join(", ");
  bars.title = bars.ariaLabel;
  for (const value of strength) {
    const bar = make("span", "input-bar");
    bar.style.height = `${(100 * value) / (most || 1)}%`;
    bars.append(bar);
  }
  const away = make("div", "input-away");
  if (without !== null) {
    const [before, after] = without.share;
    const button = makeButton(take, "choice", "Take away");
    button.dataset.input = name;
    button.ariaLabel = `Take away ${words}`;
    const divergence = Math.max(without.divergence, 0).toFixed(2);
    away.append(make("span", "", `${divergence} nats; ${percent(before)} → ${percent(after)}`), button);
  }
  return make("tr", "", head, make("td", "", bars), make("td", "", away));
}
