/** What it remembers, as a figure of the page: its controls. The rest is loaded when the reader comes near. */

import { batch, computed, effect } from "@preact/signals-core";
import { next } from "../../frame/control.ts";
import { tellInk } from "../../frame/facts.ts";
import { figure, type Shared } from "../../frame/figure.ts";
import type { Desk } from "../../views/writing-paper.ts";
import { controls as table } from "./controls.ts";
import { partsBelow } from "./wiring.ts";
import { CHANGE_LABELS } from "./words.ts";
import "./memory.css";

export function memoryFigure(shared: Shared, desk: Desk): void {
  const frame = figure("memory", table, shared);
  const { controls, state } = frame;
  const sample = computed(() => state.ink.value === "sample");
  /** Another ink has other strokes. */
  const forget = (): void => {
    state.step.value = -1;
    state.stroke.value = -1;
  };
  const change = controls.menu(
    "change",
    "The stroke is",
    Object.entries(CHANGE_LABELS),
    "What is done to a stroke before the ink is read again",
  );
  change.addEventListener("change", () =>
    frame.announce(`The stroke is ${CHANGE_LABELS[state.change.value]}.`),
  );
  const inks = controls.menu("ink", "Ink", [
    ["page", "The ink above"],
    ["sample", "A sample"],
  ]);
  inks.addEventListener("change", () => batch(forget));
  controls.button("Another future", () => next(state.future, table.future), {
    title: "Let another of the futures stand out, with the same random numbers above and below",
  });
  const another = controls.quiet("Another sample", () =>
    batch(() => {
      next(state.seed, table.seed);
      state.ink.value = "sample";
      forget();
    }),
  );
  another.title = "Let the model write something else";
  effect(() => {
    const own = desk.said.value === null ? "what you have written" : "the text that you opened";
    const page = desk.isExample.value ? "the example at the top" : own;
    tellInk("memory", sample.value ? "a line that the model wrote" : page);
  });
  const parts = partsBelow(frame);
  frame.say("What it remembers");
  frame.start(async () => new (await import("./live.ts")).LiveMemory({ frame, parts, sample, ...desk }));
}
