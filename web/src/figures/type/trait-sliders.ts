/** Sliders that turn the traits of a hand up or down, behind a line that says what is changed. */

import { batch, effect, type ReadonlySignal } from "@preact/signals-core";
import { make, makeButton } from "../../draw/element.ts";
import type { Amounts } from "../../engine/traits.ts";
import type { Frame } from "../../frame/figure.ts";
import { type controls, TRAITS } from "./controls.ts";

/** What each slider is called, and what it does. */
const WORDS: Readonly<Record<keyof Amounts, readonly [string, string]>> = {
  slant: ["Slant", "Further to the left or to the right"],
  size: ["Size", "Smaller or larger"],
  width: ["Width", "Narrower or wider letters"],
  spacing: ["Spacing", "Less or more room between words"],
  joins: ["Joins", "The pen is lifted more often or less often"],
  pace: ["Pace", "A slower or a faster pen"],
};

/** knows: whether they can be changed. amounts: what is changed. */
export function traitSliders(
  frame: Frame<typeof controls>,
  knows: ReadonlySignal<boolean>,
  amounts: ReadonlySignal<Amounts | null>,
): HTMLElement {
  const summary = make("summary");
  const hint = make(
    "p",
    "type-hint",
    "1 is about as much as two people differ. Beyond 1, letters can become hard to read.",
  );
  hint.id = "type-traits-hint";
  const sliders = make("div", "type-sliders");
  sliders.role = "group";
  sliders.ariaLabel = "Traits of the hand";
  sliders.setAttribute("aria-describedby", hint.id);
  for (const name of TRAITS) {
    const [label, title] = WORDS[name];
    sliders.append(frame.controls.slider(name, label, amountText, title).closest("label")!);
  }
  const back = makeButton(
    () =>
      batch(() => {
        for (const name of TRAITS) frame.state[name].value = 0;
      }),
    "",
    "As it is",
  );
  back.id = "type-as-it-is";
  back.title = "The hand without these changes";
  const known = make("div", "", sliders, make("div", "type-traits-foot", hint, make("div", "quiet", back)));
  const unknown = make(
    "p",
    "type-hint",
    "The traits of a hand can be changed only with the model that comes with pentrace, and this is another one.",
  );
  effect(() => {
    known.hidden = !knows.value;
    unknown.hidden = knows.value;
    back.disabled = amounts.value === null;
    summary.textContent = summaryText(amounts.value);
  });
  return make("details", "type-traits", summary, known, unknown);
}

function summaryText(amounts: Amounts | null): string {
  const said = Object.entries(amounts ?? {}).map(([name, amount]) => `${name}\u00a0${amountText(amount)}`);
  return said.length === 0 ? "Change this hand" : `Change this hand: ${said.join(", ")}`;
}

/** With its sign, and a true minus sign. */
function amountText(amount: number): string {
  return amount > 0 ? `+${amount}` : String(amount).replace("-", "\u2212");
}
