/** Putting one hand's state into another's as a figure of the page: its controls. The rest is loaded later. */

import { batch, effect } from "@preact/signals-core";
import { next } from "../../frame/control.ts";
import { VARIATION } from "../../frame/controls.ts";
import { tellInk } from "../../frame/facts.ts";
import { figure, type Shared } from "../../frame/figure.ts";
import type { Desk } from "../../views/writing-paper.ts";
import { controls as table } from "./controls.ts";
import { partsOf } from "./wiring.ts";
import "../../views/pairs.css";
import "./swap.css";

export function swapFigure(shared: Shared, desk: Desk): void {
  const frame = figure("swap", table, shared);
  const { controls, state } = frame;
  controls.button(
    "Swap the inks",
    () => {
      state.turned.value = !state.turned.value;
    },
    { main: true, title: "Donor and receiver change places" },
  );
  controls.button(
    "Another hand",
    () =>
      batch(() => {
        next(state.hand, table.hand);
        state.other.value = -1;
      }),
    { title: "The model writes another line, in another hand" },
  );
  const menu = controls.menu("cells", "Take", [], "What the receiver gets from the donor");
  const count = controls.slider("count", "Number", (value) => String(value), "How many cells are put in");
  controls.slider(...VARIATION);
  const ends = controls.quiet("Whole inks", () =>
    batch(() => {
      state.yours.value = -1;
      state.other.value = -1;
    }),
  );
  const others = controls.quiet("Other random cells", () => next(state.draw, table.draw));
  const see = controls.quiet("See these cells", () => {}, {
    title: "Go to the figure of cells, with the cells that are put in here",
  });
  controls.quiet("Other seeds", () => next(state.seed, table.seed));
  effect(() => {
    const kind = state.cells.value;
    count.parentElement!.hidden = kind !== "" && kind !== "random";
    others.disabled = kind !== "random";
    ends.disabled = state.yours.value < 0 && state.other.value < 0;
  });
  effect(() => {
    const alone = desk.said.value === null;
    const own = alone ? "what you have written" : "the text that you opened";
    tellInk("swap", desk.isExample.value ? "the example above" : own);
    ends.textContent = alone ? "Whole inks" : "First steps";
    ends.title = alone
      ? "Look at the states after all of both inks"
      : "Look at both states while enough of the text is left to write on";
    tellInk(
      "swap-other",
      alone ? "a line that the model wrote" : "the same text in another of the model’s hands",
    );
  });
  frame.say("One hand’s state put into another’s");
  const parts = { menu, see, ...partsOf(frame) };
  frame.start(async () => new (await import("./live.ts")).LiveSwap({ frame, parts, ...desk }));
}
