/** The field of futures as a figure of the page: its controls. The field and its workers come when it is near. */

import { batch, type Signal, signal } from "@preact/signals-core";
import type { PathSource } from "../../engine/source.ts";
import { figure, type Shared } from "../../frame/figure.ts";
import { listenToFiles } from "../../frame/files.ts";
import { controls as table } from "./controls.ts";
import type { Details, FieldWiring } from "./wiring.ts";

const INKS: readonly (readonly [string, string])[] = [
  ["1", "Sample one"],
  ["2", "Sample two"],
  ["3", "Sample three"],
  ["4", "Sample four"],
  ["5", "Sample five"],
  ["line", "A straight line"],
  ["yours", "Your writing"],
  ["opened", "An opened ink"],
];

export interface FieldFigure {
  /** Looks along another ink. */
  open(source: PathSource): void;
  /** Looks along what the reader has written. */
  openYours(): void;
}

export function fieldFigure(shared: Shared, wiring: Pick<FieldWiring, "ink" | "writing">): FieldFigure {
  const frame = figure("field", table, shared);
  const { controls, state, el } = frame;
  const opened = signal<PathSource | null>(null);
  const choose = (name: string): void =>
    batch(() => {
      state.forks.value = "";
      state.step.value = -1;
      state.ink.value = name;
    });
  controls.el.prepend(inkMenu(state.ink, choose));
  const whole = (noun: string) => (value: number) => `${value} ${noun}`;
  controls.slider("count", "Futures", whole("a step"), "How many futures are drawn at every step");
  controls.slider("steps", "Reach", whole("points"), "How far each of them goes");
  controls.slider(
    "variation",
    "Variation",
    (value) => value.toFixed(2),
    "How far it strays from what is likely",
  );
  controls.quiet("Other futures", () => {
    state.seed.value = (state.seed.value + 1) % (table.seed.greatest + 1);
  });
  const open = (source: PathSource): void =>
    batch(() => {
      opened.value = source;
      choose("opened");
    });
  listenToFiles(frame, open, "anywhere");
  const details = detailsBelow(el);
  frame.say("The field of futures");
  frame.start(async () => (await import("./live.ts")).startField({ frame, opened, details, ...wiring }));
  return { open, openYours: () => choose("yours") };
}

function inkMenu(ink: Signal<string>, choose: (name: string) => void): HTMLElement {
  const label = document.createElement("label");
  const menu = document.createElement("select");
  label.className = "menu";
  label.append("Ink", menu);
  menu.id = "field-ink";
  for (const [value, text] of INKS) menu.append(new Option(text, value));
  menu.addEventListener("change", () => choose(menu.value));
  ink.subscribe((value) => {
    menu.value = value;
  });
  return label;
}

/** The strip lies on the paper, below the field; the rest between the paper and the controls. */
function detailsBelow(el: HTMLElement): Details {
  const stage = el.querySelector(".stage")!;
  const below = make("div", "column field-details");
  const [strip, lens, facts, tried] = ["strip", "lens", "facts", "tried"].map((name) =>
    make("div", `field-${name}`),
  ) as [HTMLElement, HTMLElement, HTMLElement, HTMLElement];
  stage.append(strip);
  below.append(lens, facts, tried);
  stage.after(below);
  return { strip, lens, facts, tried };
}

function make(tag: string, names: string): HTMLElement {
  const made = document.createElement(tag);
  made.className = names;
  return made;
}
