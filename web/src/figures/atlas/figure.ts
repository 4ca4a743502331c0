/** The atlas as a figure of the page: its controls and its places. The rest is loaded when the reader comes near. */

import { effect } from "@preact/signals-core";
import { make } from "../../draw/element.ts";
import { tellInk } from "../../frame/facts.ts";
import { type Frame, figure, type Shared } from "../../frame/figure.ts";
import type { Desk } from "../../views/writing-paper.ts";
import { controls as table } from "./controls.ts";
import type { AtlasParts, AtlasWiring } from "./wiring.ts";
import "../../cells/legend.css";
import "./atlas.css";

export function atlasFigure(shared: Shared, desk: Desk, changed: AtlasWiring["changed"]): void {
  const frame = figure("atlas", table, shared);
  frame.stage.classList.add("headroom");
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

/** The field that narrows down the table of features. */
function filterField({ state }: Frame<typeof table>): HTMLInputElement {
  const input = make("input");
  input.type = "search";
  input.id = "atlas-filter";
  input.placeholder = "Find: lift, direction, word…";
  input.ariaLabel = "Find features";
  input.addEventListener("input", () => {
    state.filter.value = input.value;
  });
  effect(() => {
    if (input.value !== state.filter.value) input.value = state.filter.value;
  });
  return input;
}

function partsOf(frame: Frame<typeof table>): Omit<AtlasParts, "change"> {
  const parts = {
    ink: make("div", "atlas-ink"),
    moments: make("div", "atlas-moments"),
    legend: make("div", "cells-legend atlas-legend column"),
    findings: make("div", "atlas-findings"),
    features: make("div", "atlas-features", filterField(frame)),
    cells: make("div", "atlas-cells"),
    follows: make("div", "atlas-follows"),
    clusters: make("div", "atlas-clusters"),
  };
  const { findings, features, cells, follows, clusters } = parts;
  frame.view.append(parts.ink, parts.moments);
  frame.stage.append(parts.legend);
  frame.stage.after(make("div", "column atlas-details", findings, features, cells, follows, clusters));
  return parts;
}
