/** Cells over time as a figure of the page: its controls. The rest is loaded when the reader comes near. */

import { batch, computed, effect } from "@preact/signals-core";
import { scrollTo } from "../../draw/element.ts";
import type { PathSource } from "../../engine/source.ts";
import { next } from "../../frame/control.ts";
import { tellInk } from "../../frame/facts.ts";
import { type Frame, figure, type Shared } from "../../frame/figure.ts";
import { listenToFiles } from "../../frame/files.ts";
import { type Desk, sheetButtons } from "../../views/writing-paper.ts";
import { controls as table } from "./controls.ts";
import { ZOOM } from "./span.ts";
import { type CellsWiring, partsOf } from "./wiring.ts";
import { QUANTITIES } from "./words.ts";
import "../../cells/legend.css";
import "./cells.css";

/** What the text calls the inks. */
const INK_WORDS: Readonly<Record<string, string>> = {
  sample: "a line that the model wrote",
  yours: "what you have written",
  opened: "an ink that was opened",
};

export function cellsFigure(shared: Shared, desk: Desk) {
  const frame = figure("cells", table, shared);
  frame.stage.classList.remove("headroom");
  const { controls, state, chosen } = frame;
  const zoom: CellsWiring["zoom"] = { by: () => {} };
  const shown = computed(() => {
    if (state.ink.value === "auto") return desk.isExample.value ? "sample" : "yours";
    return state.ink.value;
  });
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
      scrollTo(frame.view, frame.still, "nearest");
    },
    { main: true, title: "Write on the line in this figure, and watch the cells" },
  );
  const yours = computed(() => shown.value === "yours");
  sheetButtons(controls, desk, yours);
  const another = controls.button("Another sample", () =>
    batch(() => {
      next(state.seed, table.seed);
      show("sample");
    }),
  );
  another.title = "Let the model write something else";
  const inks = controls.menu(
    "ink",
    "Ink",
    [
      ["sample", "A sample"],
      ["yours", "Your writing"],
      ["opened", "An opened ink"],
    ],
    "",
    shown,
  );
  inks.addEventListener("change", () => show(inks.value));
  const length = controls.slider("length", "Length", (value) => `${value} steps`, "How long the sample is");
  controls.menu("what", "Shown", QUANTITIES, "Which number of each cell is shown");
  const order = controls.menu("order", "Order", [["", "As in the model"]], "Which cell is beside which");
  controls.menu(
    "limits",
    "Colours up to",
    [
      ["own", "Each cell’s own"],
      ["robust", "95 % of values"],
      ["full", "The extremes"],
    ],
    "From which value on the colours are strongest",
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
    chosen.yours.value = yours.value;
    tellInk("cells", INK_WORDS[shown.value]!);
    write.disabled = yours.value;
    length.disabled = shown.value !== "sample";
    whole.disabled = state.span.value === 0;
  });
  // An opened ink is shown at once. A sample that the controls can name is shown as a sample, so that a link keeps it.
  effect(() => {
    const source = chosen.opened.value;
    if (source === null) return;
    batch(() => {
      state.from.value = 0;
      state.span.value = 0;
      state.ink.value = takeSample(source, state) ? "sample" : "opened";
    });
  });
  effect(() => {
    const { seed, length, variation } = state;
    const sample = { seed: seed.value, steps: length.value, variation: variation.value };
    const opened = shown.value === "opened" ? chosen.opened.value : null;
    chosen.source.value = opened ?? { kind: "sample", ...sample };
  });
  frame.say("Cells over time");
  const parts = { ...partsOf(frame), order };
  frame.start(async () => new (await import("./live.ts")).LiveCells({ frame, parts, shown, zoom, ...desk }));
  return {
    /** Reads the cells along another ink. */
    open,
    /** Reads them along what the reader has written. */
    openYours: (): void => show("auto"),
  };
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
