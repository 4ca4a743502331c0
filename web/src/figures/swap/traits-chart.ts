/**
 * A row for each trait: where it lies after the receiver, with the donor's cells in it, and after the donor; and a mark
 * for each choice of random cells.
 */

import { effect, type ReadonlySignal } from "@preact/signals-core";
import { make } from "../../draw/element.ts";
import type { TraitRow } from "./traits.ts";

export function traitsChart(el: HTMLElement, rows: ReadonlySignal<readonly TraitRow[]>): void {
  const list = make("ul", "swap-traits");
  el.append(key(), list);
  effect(() => list.replaceChildren(...rows.value.map(item)));
}

/** What the marks mean. */
function key(): HTMLElement {
  const words: [string, string][] = [
    ["receiver", "receiver as it was"],
    ["both", "with what is taken"],
    ["donor", "donor"],
    ["draw", "at random"],
  ];
  const entries = words.map(([mark, word]) => {
    const sign = make("span", "swap-plot swap-sign", make("span", mark));
    sign.ariaHidden = "true";
    return make("span", "", sign, word);
  });
  return make("div", "swap-key", ...entries);
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
  const el = make("span", "swap-plot");
  el.ariaHidden = "true";
  const known = [receiver, both, donor, ...random].filter(Number.isFinite);
  const [least, greatest] = [Math.min(...known), Math.max(...known)];
  const at = (value: number): number => {
    const share = (value - least) / (greatest - least || 1);
    return 100 * (donor < receiver ? 1 - share : share);
  };
  const mark = (name: string, from: number, to = from): void => {
    if (!Number.isFinite(from) || !Number.isFinite(to)) return;
    const made = make("span", name);
    made.style.setProperty("--from", `${Math.min(at(from), at(to))}%`);
    made.style.setProperty("--to", `${Math.max(at(from), at(to))}%`);
    el.append(made);
  };
  mark("way", receiver, donor);
  mark("moved", receiver, both);
  for (const value of random) mark("draw", value);
  mark("receiver", receiver);
  mark("donor", donor);
  mark("both", both);
  return el;
}
