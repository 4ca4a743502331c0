/** The atlas as a figure of the page: its controls and its places. The rest is loaded when the reader comes near. */

import { effect } from "@preact/signals-core";
import { tellInk } from "../../frame/facts.ts";
import { figure, type Shared } from "../../frame/figure.ts";
import type { Desk } from "../../views/writing-paper.ts";
import { controls as table } from "./controls.ts";
import { type AtlasWiring, partsOf } from "./wiring.ts";
import "../../cells/legend.css";
import "./atlas.css";

export function atlasFigure(shared: Shared, desk: Desk, changed: AtlasWiring["changed"]): void {
  const frame = figure("atlas", table, shared);
  const { controls, state } = frame;
  controls.button("See it over time", () => frame.goTo("cells"), {
    title: "Go to the picture of all cells, where the chosen ones are marked",
  });
  const change = controls.button("Change it", () => frame.goTo("change"), {
    title: "Go to the figure that changes cells, with the chosen ones",
  });
  controls.menu(
    "show",
    "Moments",
    [
      ["strongest", "where the cell is strongest"],
      ["highest", "where it is highest"],
      ["lowest", "where it is lowest"],
      ["similar", "like the span of the ink"],
    ],
    "Which pieces of ink are shown",
  );
  const by = controls.menu(
    "by",
    "Alike in",
    [
      ["all", "all cells"],
      ["chosen", "the chosen cells"],
    ],
    "Which cells are compared to find moments like a span",
  );
  effect(() => {
    by.disabled = state.show.value !== "similar";
  });
  const { yours } = frame.chosen;
  effect(() => tellInk("atlas", yours.value ? "what you have written" : "the ink that you looked at"));
  const parts = { ...partsOf(frame), change };
  frame.say("The atlas of the cells");
  frame.start(async () => new (await import("./live.ts")).LiveAtlas({ frame, parts, changed, ...desk }));
}
