/** Cells over time as a figure of the page: its controls. The pictures, and the worker, come when it is near. */

import { batch, effect } from "@preact/signals-core";
import type { PathSource } from "../../engine/source.ts";
import { type Frame, figure, type Shared } from "../../frame/figure.ts";
import { listenToFiles } from "../../frame/files.ts";
import { controls as table } from "./controls.ts";
import type { CellsWiring, Parts } from "./wiring.ts";
import { QUANTITIES } from "./words.ts";

export interface CellsFigure {
  /** Reads the cells along another ink. */
  open(source: PathSource): void;
  /** Reads them along what the reader has written. */
  openYours(): void;
}

const ZOOM = 1.6;

export function cellsFigure(
  shared: Shared,
  wiring: Pick<CellsWiring, "sheet" | "ink" | "isExample" | "writing">,
): CellsFigure {
  const frame = figure("cells", table, shared);
  const { controls, state, chosen } = frame;
  const zoom: CellsWiring["zoom"] = { by: () => {} };
  const show = (ink: string): void =>
    batch(() => {
      state.ink.value = ink;
      state.step.value = -1;
      state.from.value = 0;
      state.span.value = 0;
    });
  const write = controls.button(
    "Write yourself",
    () => {
      show("yours");
      frame.view.scrollIntoView({ behavior: frame.still ? "auto" : "smooth", block: "nearest" });
    },
    { main: true, title: "Write on the line in this figure and watch the cells" },
  );
  const undo = controls.button("Undo", () => wiring.sheet.undo());
  const clear = controls.button("Clear", () => wiring.sheet.clear());
  const another = controls.button("Another sample", () =>
    batch(() => {
      state.seed.value = (state.seed.value + 1) % (table.seed.greatest + 1);
      show("sample");
    }),
  );
  another.title = "Let the model write something else";
  const inks = controls.menu("ink", "Ink", [
    ["sample", "A sample"],
    ["yours", "Your writing"],
    ["opened", "An opened ink"],
  ]);
  inks.addEventListener("change", () => show(inks.value));
  const length = controls.slider("length", "Length", (value) => `${value} steps`, "How long the sample is");
  controls.menu("what", "Shown", QUANTITIES, "Which of the numbers in a cell");
  const order = controls.menu(
    "order",
    "Order",
    [["", "As in the model"]],
    "Which cell is shown beside which",
  );
  controls.menu(
    "limits",
    "Colours up to",
    [
      ["robust", "95 % of values"],
      ["full", "The extremes"],
      ["own", "Each cell’s own"],
    ],
    "Which values have the strongest colours",
  );
  controls.menu("scale", "Scale", [
    ["linear", "Linear"],
    ["log", "Logarithmic"],
  ]);
  controls.quiet("Zoom in", () => zoom.by(ZOOM), { title: "Fewer steps, wider apart (+)" });
  controls.quiet("Zoom out", () => zoom.by(1 / ZOOM), { title: "More steps (−)" });
  const whole = controls.quiet("Whole ink", () => zoom.by(0), { title: "All steps (0)" });
  const open = (source: PathSource): void =>
    batch(() => {
      state.step.value = -1;
      chosen.opened.value = source;
    });
  listenToFiles(frame, open, "here");
  effect(() => {
    const yours = state.ink.value === "yours";
    write.disabled = yours;
    undo.disabled = !yours || wiring.isExample.value;
    clear.disabled = undo.disabled;
    length.disabled = state.ink.value !== "sample";
    whole.disabled = state.span.value === 0;
  });
  // Whoever opens an ink wants it shown; the step may be theirs, too. A sample is one of the menu's, and so a link.
  effect(() => {
    const source = chosen.opened.value;
    if (source === null) return;
    batch(() => {
      state.from.value = 0;
      state.span.value = 0;
      state.ink.value = takeSample(source, state) ? "sample" : "opened";
    });
  });
  frame.say("Cells over time");
  const parts = { ...partsOf(frame), order };
  frame.start(async () => (await import("./live.ts")).startCells({ frame, parts, zoom, ...wiring }));
  return { open, openYours: () => show("yours") };
}

/** Takes the settings of a sample, where the controls have them; returns whether they do. */
function takeSample(source: PathSource, { seed, length, variation }: Frame<typeof table>["state"]): boolean {
  if (source.kind !== "sample") return false;
  const has = (name: "seed" | "length" | "variation", value: number): boolean =>
    table[name].parse(String(value)) === value;
  const known = has("seed", source.seed) && has("length", source.steps) && has("variation", source.variation);
  if (known) [seed.value, length.value, variation.value] = [source.seed, source.steps, source.variation];
  return known;
}

/** On the paper the ink, the heatmap and its legend; below the controls what is looked at. */
function partsOf({ el, view, controls }: Frame<typeof table>): Omit<Parts, "order"> {
  const [ink, map] = [make("cells-ink"), make("cells-map")];
  const legend = make("cells-legend column");
  const below = make("cells-details");
  const [picker, facts, track, multiples] = ["picker", "facts", "track", "multiples"].map((name) =>
    make(`cells-${name}`),
  ) as [HTMLElement, HTMLElement, HTMLElement, HTMLElement];
  view.append(ink, map);
  below.append(picker, facts, track, multiples);
  const stage = el.querySelector(".stage")!;
  stage.append(legend);
  controls.el.after(below);
  return { ink, map, legend, picker, facts, track, multiples };
}

function make(names: string): HTMLElement {
  const made = document.createElement("div");
  made.className = names;
  return made;
}
