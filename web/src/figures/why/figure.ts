/** Votes at a fork as a figure of the page: its controls and places. The rest is loaded when the reader comes near. */

import { effect } from "@preact/signals-core";
import { counted } from "../../draw/words.ts";
import { next } from "../../frame/control.ts";
import { tellInk } from "../../frame/facts.ts";
import { figure, type Shared } from "../../frame/figure.ts";
import type { Desk } from "../../views/writing-paper.ts";
import { controls as table } from "./controls.ts";
import { partsOf, type WhyWiring } from "./wiring.ts";
import "./why.css";

export function whyFigure(shared: Shared, desk: Desk): void {
  const frame = figure("why", table, shared);
  const { controls, state, chosen } = frame;
  const forks: WhyWiring["forks"] = { by: () => {} };
  controls.button("Next fork", () => forks.by(1), {
    main: true,
    title: "To the next step with two ways on (Shift and the right arrow key, with the ink in focus)",
  });
  controls.button("Previous fork", () => forks.by(-1), {
    title: "To the step before with two ways on (Shift and the left arrow key, with the ink in focus)",
  });
  const silent = controls.slider(
    "silent",
    "Silence the top",
    (value) => counted(value, "cell"),
    "How many of the cells that vote most for it show nothing",
  );
  controls.menu(
    "side",
    "Voting for",
    [
      ["likelier", "the likelier way"],
      ["other", "the other way"],
    ],
    "For which way the silent cells vote",
  );
  controls.menu(
    "sum",
    "Add up",
    [
      ["odds", "weights"],
      ["density", "weights and widths"],
    ],
    "Weights make the log-odds of both ways. With the widths, votes make the density in the middle of each",
  );
  // Either cells are silent or an input is away.
  silent.addEventListener("input", () => {
    state.without.value = "";
  });
  controls.quiet("Other random cells", () => next(state.seed, table.seed), {
    title: "Compares with other cells, drawn at random",
  });
  effect(() => {
    const yours = desk.said.value === null ? "what you have written" : "the text that you opened";
    tellInk("why", chosen.yours.value ? yours : "the ink that you looked at");
  });
  const parts = partsOf(frame);
  frame.say("Votes at a fork");
  frame.start(async () => new (await import("./live.ts")).LiveWhy({ frame, parts, forks, ...desk }));
}
