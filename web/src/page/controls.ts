/** The controls of the page, bound to the state. */

import { effect } from "@preact/signals-core";
import { controls, type State } from "../state.ts";

/** The element with an id; a page without it is a mistake in index.html. */
export function element<T extends HTMLElement>(id: string, type: new () => T): T {
  const found = document.getElementById(id);
  if (!(found instanceof type)) throw new Error(`index.html has no ${type.name} #${id}`);
  return found;
}

export function button(id: string, press: () => void): HTMLButtonElement {
  const found = element(id, HTMLButtonElement);
  found.addEventListener("click", press);
  return found;
}

/** A slider and the text of its value. */
export function slider(state: State, name: "length" | "variation", text: (value: number) => string): void {
  const { least, greatest, step } = controls[name];
  const input = element(name, HTMLInputElement);
  const output = element(`${name}-value`, HTMLOutputElement);
  Object.assign(input, { min: String(least), max: String(greatest), step: String(step) });
  input.addEventListener("input", () => {
    state[name].value = input.valueAsNumber;
  });
  effect(() => {
    const value = state[name].value;
    input.value = String(value);
    output.value = text(value);
    input.setAttribute("aria-valuetext", text(value));
    input.style.setProperty("--filled", `${(100 * (value - least)) / (greatest - least)}%`);
  });
}
