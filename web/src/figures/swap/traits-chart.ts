/**
 * A row for each trait: where it lies after the receiver, with the donor's cells in it, and after the donor; and a mark
 * for each choice of random cells.
 */

import { effect, type ReadonlySignal } from "@preact/signals-core";
import { make } from "../../draw/element.ts";
import { type Mark, plotKey, plotOf } from "../../views/mark-plot.ts";
import type { TraitRow } from "./traits.ts";

export function traitsChart(el: HTMLElement, rows: ReadonlySignal<readonly TraitRow[]>): void {
  const list = make("ul", "swap-traits");
  el.append(key(), list);
  effect(() => list.replaceChildren(...rows.value.map(item)));
}

/** What the marks mean. */
function key(): HTMLElement {
  return plotKey("swap-key", "swap-plot", [
    ["receiver", "receiver as it was"],
    ["both", "with what is taken"],
    ["donor", "donor"],
    ["draw", "at random"],
  ]);
}

function item(row: TraitRow): HTMLElement {
  const made = make(
    "li",
    row.beats ? "beats" : "",
    make("span", "", row.title),
    plot(row),
    make("span", "swap-share", row.share),
    make("span", "swap-detail", row.detail),
  );
  made.dataset.trait = row.trait;
  return made;
}

/** Each row has a scale of its own, on which the way from the receiver to the donor leads to the right. */
function plot({ receiver, both, donor, random }: TraitRow): HTMLElement {
  const known = [receiver, both, donor, ...random].filter(Number.isFinite);
  const [least, greatest] = [Math.min(...known), Math.max(...known)];
  const at = (value: number): number => {
    const share = (value - least) / (greatest - least || 1);
    return 100 * (donor < receiver ? 1 - share : share);
  };
  return plotOf("swap-plot", at, [
    ["way", receiver, donor],
    ["moved", receiver, both],
    ...random.map((value): Mark => ["draw", value]),
    ["receiver", receiver],
    ["donor", donor],
    ["both", both],
  ]);
}
