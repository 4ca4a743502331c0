/** The controls of the page, bound to signals: those that index.html has, and those that figures make. */

import { effect, type Signal } from "@preact/signals-core";
import type { NumberControl } from "./control.ts";

/** The element with an id; a page without it is a mistake in index.html. */
export function element<T extends HTMLElement>(id: string, type: new () => T): T {
  const found = document.getElementById(id);
  if (!(found instanceof type)) throw new Error(`index.html has no ${type.name} #${id}`);
  return found;
}

/** A button that index.html has. */
export function button(id: string, press: () => void): HTMLButtonElement {
  const found = element(id, HTMLButtonElement);
  found.addEventListener("click", press);
  return found;
}

/** A field of text follows a signal, and the reader's typing changes it. */
export function bindText(field: HTMLInputElement | HTMLTextAreaElement, text: Signal<string>): void {
  field.addEventListener("input", () => {
    text.value = field.value;
  });
  effect(() => {
    if (field.value !== text.value) field.value = text.value;
  });
}

/** The text of a slider's value. */
export type ValueText = (value: number) => string;

/** A value with two digits after the point. */
export const twoDigits: ValueText = (value) => value.toFixed(2);

/** The slider of the variation, as several figures have it. */
export const VARIATION = [
  "variation",
  "Variation",
  twoDigits,
  "How far the model strays from the most likely movements",
] as const;

/** Binds the slider that index.html has by this id, and its output. */
export function slider(id: string, control: NumberControl, value: Signal<number>, text: ValueText): void {
  bindSlider(element(id, HTMLInputElement), element(`${id}-value`, HTMLOutputElement), control, value, text);
}

/**
 * A range input and the text of its value follow a signal, and the reader's hand changes it.
 *
 * Its label is the element around it. That alone names the output, which comes first, so the input is named by the
 * label's first words.
 */
export function bindSlider(
  input: HTMLInputElement,
  output: HTMLOutputElement,
  { least, greatest, step }: NumberControl,
  signal: Signal<number>,
  text: ValueText,
): void {
  const label = input.closest("label");
  const words = label?.querySelector("span");
  if (!label || !words)
    throw new Error(`the slider ${input.id} needs a label around it that begins with a span`);
  label.htmlFor = input.id;
  words.id = `${input.id}-label`;
  input.setAttribute("aria-labelledby", words.id);
  Object.assign(input, { min: String(least), max: String(greatest), step: String(step) });
  input.addEventListener("input", () => {
    signal.value = input.valueAsNumber;
  });
  effect(() => {
    const value = signal.value;
    input.value = String(value);
    output.value = text(value);
    input.setAttribute("aria-valuetext", text(value));
    input.style.setProperty("--filled", `${(100 * (value - least)) / (greatest - least)}%`);
  });
}
