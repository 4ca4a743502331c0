/** The field of futures as a figure of the page: its controls. The rest is loaded when the reader comes near. */

import { batch, computed, effect, signal } from "@preact/signals-core";
import type { PathSource } from "../../engine/source.ts";
import { next } from "../../frame/control.ts";
import { twoDigits } from "../../frame/controls.ts";
import { tellInk } from "../../frame/facts.ts";
import { figure, type Shared } from "../../frame/figure.ts";
import { listenToFiles } from "../../frame/files.ts";
import type { Desk } from "../../views/writing-paper.ts";
import { controls as table } from "./controls.ts";
import { detailsBelow } from "./wiring.ts";
import "../../futures/field.css";
import "./field.css";

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

const FIRST = "1";
/** What the text calls those that are not samples. */
const INK_WORDS: Readonly<Record<string, string>> = {
  yours: "what you have written",
  line: "a straight line",
  opened: "the ink that you have opened",
};

export function fieldFigure(shared: Shared, desk: Desk) {
  const frame = figure("field", table, shared);
  const { controls, state } = frame;
  const opened = signal<PathSource | null>(null);
  const shown = computed(() => {
    if (state.ink.value === "auto") return desk.isExample.value ? FIRST : "yours";
    return state.ink.value;
  });
  const choose = (name: string): void =>
    batch(() => {
      state.forks.value = "";
      state.step.value = -1;
      state.ink.value = name;
    });
  controls.el.prepend(controls.menu("ink", "Ink", INKS, "", shown, choose).parentElement!);
  const whole = (noun: string) => (value: number) => `${value} ${noun}`;
  controls.slider("count", "Futures", whole("a step"), "How many futures are drawn at every step");
  controls.slider("steps", "Reach", whole("points"), "How far each of them goes");
  controls.slider("variation", "Variation", twoDigits, "How far it strays from what is likely");
  controls.quiet("Other futures", () => next(state.seed, table.seed));
  /** Looks along another ink. */
  const open = (source: PathSource): void =>
    batch(() => {
      opened.value = source;
      choose("opened");
    });
  listenToFiles(frame, open, "anywhere");
  effect(() => tellInk("field", INK_WORDS[shown.value] ?? "a line that the model wrote"));
  const details = detailsBelow(frame);
  frame.say("The field of futures");
  frame.start(
    async () => new (await import("./live.ts")).LiveField({ frame, opened, shown, details, ...desk }),
  );
  return {
    open,
    /** Shows the futures along the reader's writing. */
    openYours: () => choose("auto"),
  };
}
