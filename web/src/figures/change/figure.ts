/** Changing cells as a figure of the page: its controls. The rest is loaded when the reader comes near. */

import { batch, computed, effect } from "@preact/signals-core";
import { cellsInWords, cellsOf } from "../../cells/words.ts";
import { make } from "../../draw/element.ts";
import { next } from "../../frame/control.ts";
import { VARIATION } from "../../frame/controls.ts";
import { tellInk } from "../../frame/facts.ts";
import { type Frame, figure, type Shared } from "../../frame/figure.ts";
import { type Desk, namePrimed } from "../../views/writing-paper.ts";
import { controls as table } from "./controls.ts";
import { partsOf } from "./wiring.ts";
import "../../futures/field.css";
import "../../views/pairs.css";
import "./change.css";

export function changeFigure(shared: Shared, desk: Desk): void {
  const frame = figure("change", table, shared);
  const { controls, state } = frame;
  const again = { write: () => {} };
  const random = controls.button(
    "Random cells instead",
    () =>
      batch(() => {
        state.random.value = state.random.value === 0 ? 1 : 0;
        again.write();
      }),
    { main: true, title: "The same change of as many cells chosen at random" },
  );
  random.id = "change-random";
  random.classList.add("steady");
  const others = controls.button("Other random cells", () => {
    state.random.value = (state.random.value % table.random.greatest) + 1;
  });
  controls.button("Write again", () => again.write());
  const menu = make("select", "", new Option("Cells by number", ""));
  menu.id = "change-menu";
  controls.field("menu", "Which cells are changed", "Cells", menu);
  cellsField(frame);
  const how = controls.menu("how", "Do", [
    ["clamp", "Hold at"],
    ["scale", "Multiply by"],
    ["shift", "Add"],
  ]);
  const of = controls.menu(
    "of",
    "To",
    [
      ["c", "the cell state (c)"],
      ["h", "the hidden state (h)"],
    ],
    "The cell state is what a cell keeps from step to step; the hidden state is its output, which the other cells see",
  );
  const plain = (value: number): string => String(value).replace("-", "\u2212");
  const sliders = {
    strength: controls.slider("strength", "Strength", (value) => `${Math.round(100 * value)} %`),
    clamp: controls.slider("clamp", "Value", plain, "Where the cells are held"),
    scale: controls.slider("scale", "Factor", plain, "What they are multiplied by after every step"),
    shift: controls.slider("shift", "Amount", plain, "What is added after every step"),
  };
  controls.slider(...VARIATION);
  const isWritten = computed(() => !desk.isExample.value);
  const primed = computed(() => state.primed.value ?? isWritten.value);
  const hand = "The samples continue what you have written above";
  namePrimed(controls.check("primed", "In your hand", hand, isWritten), desk);
  effect(() => {
    const yours = isWritten.value ? "what you have written" : "the example above";
    const on =
      desk.said.value === null ? `Both sides go on from ${yours}` : "Both sides write the opened text";
    tellInk("change", primed.value ? on : "Both sides begin a new line");
  });
  const see = controls.quiet("See these cells", () => {}, {
    title: "Go to the figure of cells, with the cells that are changed here",
  });
  const measure = controls.quiet("Measure it", () => {}, {
    title: "Write 200 samples with the change, and 200 for each of 19 random choices of cells",
  });
  controls.quiet("Other seeds", () => {
    next(state.seed, table.seed);
    again.write();
  });
  effect(() => {
    const own = state.cells.value.length > 0;
    const shown = own ? state.how.value : "strength";
    for (const [name, slider] of Object.entries(sliders)) slider.parentElement!.hidden = name !== shown;
    for (const choice of [how, of]) choice.disabled = !own;
    random.textContent = state.random.value === 0 ? "Random cells instead" : "Back to these cells";
    random.ariaPressed = String(state.random.value > 0);
    others.disabled = state.random.value === 0;
  });
  frame.say("Changing cells");
  const parts = { menu, how, of, see, measure, ...partsOf(frame) };
  frame.start(
    async () => new (await import("./live.ts")).LiveChange({ frame, parts, primed, again, ...desk }),
  );
}

/** Cells by number, such as 12,40-60. */
function cellsField({ controls, state }: Frame<typeof table>): void {
  controls.text("cells", "Numbers", {
    title: "Numbers and ranges of cells, such as 12,40-60",
    placeholder: "12,40-60",
    shown: () => cellsInWords(state.cells.value),
    read: (text) => {
      const cells = text === "" ? [] : cellsOf(text);
      if (cells === undefined) {
        return `Cells: expected numbers and ranges, such as 12,40-60, found “${text.slice(0, 40)}”.`;
      }
      state.cells.value = cells;
      return "";
    },
  });
}
