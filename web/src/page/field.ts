/** The field of futures as a figure of the page: its controls. The field and its workers come when it is near. */

import { batch, type ReadonlySignal, type Signal, signal } from "@preact/signals-core";
import type { PathSource } from "../engine/field.ts";
import type { Stroke } from "../ink/stroke.ts";
import { type State, controls as table } from "../state.ts";
import { type Frame, figure, type Shared } from "./figure.ts";
import { listenToFiles } from "./files.ts";

export interface FieldWiring {
  readonly frame: Frame<"field">;
  /** What the reader has written; the page's example where that is nothing. */
  readonly ink: ReadonlySignal<readonly Stroke[]>;
  readonly writing: ReadonlySignal<boolean>;
  /** An ink that was dropped, or opened from another figure. */
  readonly opened: Signal<PathSource | null>;
  /** Where the step that is looked at is shown: the lens, its figures, what was tried. */
  readonly details: Details;
}

export interface Details {
  readonly strip: HTMLElement;
  readonly lens: HTMLElement;
  readonly facts: HTMLElement;
  readonly tried: HTMLElement;
}

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
  const frame = figure("field", shared);
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
    state.seed.value = (state.seed.value + 1) % (table["field.seed"].greatest + 1);
  });
  const open = (source: PathSource): void =>
    batch(() => {
      opened.value = source;
      choose("opened");
    });
  listenToFiles(frame, open, "anywhere");
  const details = detailsBelow(el);
  frame.say("The field of futures");
  frame.start(async () =>
    (await import("./field-live.ts")).startField({ frame, opened, details, ...wiring }),
  );
  return { open, openYours: () => choose("yours") };
}

function inkMenu(ink: State["field.ink"], choose: (name: string) => void): HTMLElement {
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
