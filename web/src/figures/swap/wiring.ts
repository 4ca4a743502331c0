/** What the figure has once it starts. */

import { make } from "../../draw/element.ts";
import type { Frame } from "../../frame/figure.ts";
import type { Desk } from "../../views/writing-paper.ts";
import type { controls } from "./controls.ts";

export interface SwapWiring extends Desk {
  readonly frame: Frame<typeof controls>;
  readonly parts: Parts;
}

/** What is filled in when the figure has started. menu: where cells can be chosen by name. */
type Parts = ReturnType<typeof partsOf> & {
  readonly menu: HTMLSelectElement;
  readonly see: HTMLButtonElement;
};

/** On the paper both inks and what is written on; below the controls what comes along. */
export function partsOf({ el, view }: Frame<typeof controls>) {
  const parts = {
    receiver: make("div", "swap-ink"),
    donor: make("div", "swap-ink"),
    samples: make("div", "swap-samples"),
    traits: make("div"),
    measured: make("div", "swap-measured"),
  };
  view.append(make("div", "swap-inks", parts.receiver, parts.donor), parts.samples);
  const details = make("div", "swap-details", parts.traits, parts.measured);
  el.querySelector("figcaption")!.before(details);
  return parts;
}
