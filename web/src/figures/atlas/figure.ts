/** The atlas as a figure of the page: its controls and its places. The pictures, and the worker, come when it is near. */

import { effect } from "@preact/signals-core";
import { type Frame, figure, type Shared } from "../../frame/figure.ts";
import { controls as table } from "./controls.ts";
import type { AtlasParts, AtlasWiring } from "./wiring.ts";

export function atlasFigure(shared: Shared, changed: AtlasWiring["changed"]): void {
  const frame = figure("atlas", table, shared);
  const { controls, state, still } = frame;
  const goTo = (id: string): void =>
    document.getElementById(id)?.scrollIntoView({ behavior: still ? "auto" : "smooth", block: "start" });
  controls.button("See it over time", () => goTo("cells"), {
    title: "Go to the picture of all cells, where the chosen ones are marked",
  });
  const change = controls.button("Change it", () => goTo("change"), {
    title: "Take the chosen cells to the figure in which cells are changed",
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
    "What is compared when moments like a span are looked for",
  );
  effect(() => {
    by.disabled = state.show.value !== "similar";
  });
  const parts = { ...partsOf(frame), change };
  filterField(frame, parts.features);
  frame.say("The atlas of the cells");
  frame.start(async () => (await import("./live.ts")).startAtlas({ frame, parts, changed }));
}

/** Narrows the table of features down. */
function filterField({ state }: Frame<typeof table>, el: HTMLElement): void {
  const input = document.createElement("input");
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
  el.append(input);
}

function partsOf({ el, view }: Frame<typeof table>): Omit<AtlasParts, "change"> {
  const [ink, moments] = [make("atlas-ink"), make("atlas-moments")];
  view.append(ink, moments);
  const legend = make("cells-legend atlas-legend column");
  const below = make("column atlas-details");
  const [findings, features, cells, follows, clusters] = [
    "findings",
    "features",
    "cells",
    "follows",
    "clusters",
  ].map((name) => make(`atlas-${name}`)) as [HTMLElement, HTMLElement, HTMLElement, HTMLElement, HTMLElement];
  below.append(findings, features, cells, follows, clusters);
  const stage = el.querySelector(".stage")!;
  stage.append(legend);
  stage.after(below);
  return { ink, moments, legend, findings, features, cells, follows, clusters };
}

function make(names: string): HTMLElement {
  const made = document.createElement("div");
  made.className = names;
  return made;
}
