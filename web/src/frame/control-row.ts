/** The row of controls below a figure: made here, bound to the figure's part of the state. */

import { effect, type Signal } from "@preact/signals-core";
import type { Controls, NumberControl, StateOf } from "./control.ts";
import { bindSlider, type ValueText } from "./controls.ts";

/** Names of controls that hold a T. */
export type NameOf<Table extends Controls, T> = {
  [Name in keyof Table & string]: Signal<Table[Name]["initial"]> extends Signal<T> ? Name : never;
}[keyof Table & string];

export interface ButtonOptions {
  /** What it does, where its label does not say it all. */
  readonly title?: string;
  /** The one that matters most. */
  readonly main?: boolean;
}

export class ControlRow<Table extends Controls> {
  readonly el = group("controls row");
  readonly #figure: string;
  readonly #table: Table;
  readonly #signals: StateOf<Table>;
  readonly #actions = group("actions");
  readonly #quiet = group("actions quiet");

  /** figure: its name, which the ids of its controls begin with. */
  constructor(figure: string, table: Table, signals: StateOf<Table>) {
    this.#figure = figure;
    this.#table = table;
    this.#signals = signals;
    this.el.append(this.#actions, this.#quiet);
  }

  slider(name: NameOf<Table, number>, label: string, text: ValueText, title = ""): HTMLInputElement {
    const el = document.createElement("label");
    const input = document.createElement("input");
    const output = document.createElement("output");
    el.className = "slider";
    el.title = title;
    input.type = "range";
    input.id = `${this.#figure}-${name}`;
    output.htmlFor.add(input.id);
    el.append(word(label), output, input);
    this.el.insertBefore(el, this.#quiet);
    const control = this.#table[name] as unknown as NumberControl;
    bindSlider(input, output, control, this.#signals[name] as Signal<number>, text);
    return input;
  }

  /** A button that switches between two states and says what it would do next. */
  toggle(
    name: NameOf<Table, boolean>,
    labels: { readonly on: string; readonly off: string },
  ): HTMLButtonElement {
    const signal = this.#signals[name] as Signal<boolean>;
    const el = this.button(labels.on, () => {
      signal.value = !signal.value;
    });
    el.id = `${this.#figure}-${name}`;
    el.classList.add("steady");
    effect(() => {
      el.textContent = signal.value ? labels.on : labels.off;
    });
    return el;
  }

  /** A switch that is on or off. */
  check(name: NameOf<Table, boolean>, label: string, title = ""): HTMLInputElement {
    const signal = this.#signals[name] as Signal<boolean>;
    const el = document.createElement("label");
    const input = document.createElement("input");
    el.className = "switch";
    el.title = title;
    input.type = "checkbox";
    input.role = "switch";
    input.id = `${this.#figure}-${name}`;
    input.addEventListener("change", () => {
      signal.value = input.checked;
    });
    effect(() => {
      input.checked = signal.value;
    });
    el.append(input, word(label));
    this.el.insertBefore(el, this.#quiet);
    return input;
  }

  /** A choice by name: values and what they are called. */
  menu(
    name: NameOf<Table, string>,
    label: string,
    options: readonly (readonly [string, string])[],
    title = "",
  ): HTMLSelectElement {
    const signal = this.#signals[name] as Signal<string>;
    const el = document.createElement("label");
    const select = document.createElement("select");
    el.className = "menu";
    el.title = title;
    select.id = `${this.#figure}-${name}`;
    for (const [value, text] of options) select.append(new Option(text, value));
    select.addEventListener("change", () => {
      signal.value = select.value;
    });
    effect(() => {
      select.value = signal.value;
    });
    el.append(word(label), select);
    this.el.insertBefore(el, this.#quiet);
    return select;
  }

  button(label: string, press: () => void, options: ButtonOptions = {}): HTMLButtonElement {
    return this.#button(this.#actions, label, press, options);
  }

  /** One of those at the end of the row. */
  quiet(label: string, press: () => void, options: ButtonOptions = {}): HTMLButtonElement {
    return this.#button(this.#quiet, label, press, options);
  }

  #button(
    to: HTMLElement,
    label: string,
    press: () => void,
    { title, main }: ButtonOptions,
  ): HTMLButtonElement {
    const el = document.createElement("button");
    el.type = "button";
    el.id = `${this.#figure}-${label.toLowerCase().replaceAll(" ", "-")}`;
    el.textContent = label;
    el.title = title ?? "";
    el.classList.toggle("main", main ?? false);
    el.addEventListener("click", press);
    to.append(el);
    return el;
  }
}

function group(names: string): HTMLElement {
  const el = document.createElement("div");
  el.className = names;
  return el;
}

function word(text: string): HTMLElement {
  const el = document.createElement("span");
  el.textContent = text;
  return el;
}
