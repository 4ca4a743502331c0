/** The row of controls below a figure: made here, bound to the figure's part of the state. */

import { effect, type ReadonlySignal, type Signal } from "@preact/signals-core";
import { make, makeButton, makeProblem, makeSwitch } from "../draw/element.ts";
import { into } from "../draw/redraw.ts";
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
  /** For what cannot be undone: what the first press asks. A second one soon after does it. */
  readonly ask?: string;
}

/** How long a button asks. */
const ASKING_MS = 4000;

export interface TextOptions {
  readonly title: string;
  readonly placeholder: string;
  /** What the field holds. */
  shown(): string;
  /** Takes a text over; or says what is wrong with it. */
  read(text: string): string;
}

export class ControlRow<Table extends Controls> {
  readonly el = make("div", "controls row");
  readonly #figure: string;
  readonly #table: Table;
  readonly #signals: StateOf<Table>;
  readonly #actions = make("div", "actions");
  readonly #quiet = make("div", "actions quiet");
  /** The files that the reader can have. */
  readonly downloads = make("fieldset", "actions quiet downloads", make("span", "", "Download"));

  /** figure: its name, which the ids of its controls begin with. */
  constructor(figure: string, table: Table, signals: StateOf<Table>) {
    this.#figure = figure;
    this.#table = table;
    this.#signals = signals;
    this.downloads.ariaLabel = "Download";
    this.el.append(this.#actions, this.#quiet, this.downloads);
  }

  slider(name: NameOf<Table, number>, label: string, text: ValueText, title = ""): HTMLInputElement {
    const input = make("input");
    const output = make("output");
    input.type = "range";
    input.id = `${this.#figure}-${name}`;
    output.htmlFor.add(input.id);
    this.field("slider", title, make("span", "", label), output, input);
    const control = this.#table[name] as unknown as NumberControl;
    bindSlider(input, output, control, this.#signals[name] as Signal<number>, text);
    return input;
  }

  /** A button that switches between two states; its label says what a press will do. */
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

  /** A switch that is on or off. suits: what it is until the reader says (`maybe`). */
  check(
    name: NameOf<Table, boolean> | NameOf<Table, boolean | null>,
    label: string,
    title = "",
    suits?: ReadonlySignal<boolean>,
  ): HTMLInputElement {
    const signal = this.#signals[name] as Signal<boolean | null>;
    const input = this.switch(name, label, into(signal), title);
    effect(() => {
      input.checked = signal.value ?? suits?.value ?? false;
    });
    return input;
  }

  /** A switch of something that is no control of the figure. */
  switch(name: string, label: string, turn: (on: boolean) => void, title = ""): HTMLInputElement {
    const input = makeSwitch(`${this.#figure}-${name}`, turn);
    this.field("switch", title, input, make("span", "", label));
    return input;
  }

  /**
   * A choice by name: values and their labels. shown: what is chosen, where the control may leave it open; choose: takes
   * what the reader chooses.
   */
  menu(
    name: NameOf<Table, string>,
    label: string,
    options: readonly (readonly [string, string])[],
    title = "",
    shown: ReadonlySignal<string> = this.#signals[name] as Signal<string>,
    choose: (value: string) => void = into(this.#signals[name] as Signal<string>),
  ): HTMLSelectElement {
    const select = make("select", "", ...options.map(([value, text]) => new Option(text, value)));
    select.id = `${this.#figure}-${name}`;
    select.addEventListener("change", () => choose(select.value));
    effect(() => {
      select.value = shown.value;
    });
    this.field("menu", title, make("span", "", label), select);
    return select;
  }

  /** A text that is typed. What is wrong with it is said below the controls until it is mended. */
  text(name: string, label: string, { title, placeholder, shown, read }: TextOptions): HTMLInputElement {
    const [input, problem] = [make("input"), makeProblem()];
    input.id = `${this.#figure}-${name}`;
    input.autocomplete = "off";
    input.spellcheck = false;
    input.placeholder = placeholder;
    problem.id = `${input.id}-problem`;
    input.setAttribute("aria-describedby", problem.id);
    const say = (wrong: string): void => {
      problem.textContent = wrong;
      input.ariaInvalid = String(wrong !== "");
    };
    input.addEventListener("change", () => say(read(input.value.trim())));
    effect(() => {
      input.value = shown();
      say("");
    });
    this.field("menu", title, label, input);
    this.el.after(problem);
    return input;
  }

  button(label: string, press: () => void, options: ButtonOptions = {}): HTMLButtonElement {
    return this.#button(this.#actions, label, press, options);
  }

  /** One of those at the end of the row. */
  quiet(label: string, press: () => void, options: ButtonOptions = {}): HTMLButtonElement {
    return this.#button(this.#quiet, label, press, options);
  }

  /** One of the files that the reader can have. "Copy as Python", which is none, stays last. */
  download(label: string, press: () => void, options: ButtonOptions = {}): HTMLButtonElement {
    const el = this.#button(this.downloads, label, press, options);
    const python = this.downloads.querySelector(".python");
    if (python !== null) this.downloads.append(python);
    return el;
  }

  /** A labelled control of another kind, before the quiet buttons. */
  field(names: string, title: string, ...content: (string | Node)[]): void {
    const el = make("label", names, ...content);
    el.title = title;
    this.el.insertBefore(el, this.#quiet);
  }

  #button(
    to: HTMLElement,
    label: string,
    press: () => void,
    { title = "", main = false, ask }: ButtonOptions,
  ): HTMLButtonElement {
    const el = makeButton(
      () => (ask === undefined ? press() : asked(el, ask, press)),
      main ? "main" : "",
      label,
    );
    el.id = `${this.#figure}-${label.toLowerCase().replaceAll(" ", "-")}`;
    el.title = title;
    to.append(el);
    return el;
  }
}

/** Asks by the button's own label; does it when it is pressed while it asks. */
function asked(el: HTMLButtonElement, question: string, press: () => void): void {
  const usual = el.textContent;
  const answer = new AbortController();
  const rest = (): void => {
    answer.abort();
    window.clearTimeout(timer);
    el.textContent = usual;
  };
  const timer = window.setTimeout(rest, ASKING_MS);
  el.textContent = question;
  const again = (event: Event): void => {
    // Before the button's own listener, which would ask again.
    event.stopImmediatePropagation();
    rest();
    press();
  };
  el.addEventListener("click", again, { capture: true, signal: answer.signal });
  el.addEventListener("blur", rest, { signal: answer.signal });
}
