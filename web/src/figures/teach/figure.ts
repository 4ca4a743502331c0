/** Teaching it a hand as a figure of the page: its controls. The rest is loaded when the reader comes near. */

import { signal } from "@preact/signals-core";
import { make } from "../../draw/element.ts";
import { figure, type Shared } from "../../frame/figure.ts";
import { chooseFile } from "../../frame/files.ts";
import { controls as table } from "./controls.ts";
import { keptHands } from "./kept.ts";
import type { Parts, TeachWiring, Working } from "./wiring.ts";
import "./teach.css";

export function teachFigure(shared: Shared, open: TeachWiring["open"]): void {
  const frame = figure("teach", table, shared);
  frame.stage.classList.add("headroom");
  // What has been learned has a place from the beginning only where there is something.
  void keptHands().then(({ length }) => {
    if (length > 0) frame.view.classList.add("teach-open");
  });
  const { controls, state } = frame;
  const at = signal<Working | null>(null);
  const go = (by: number) => (): void => {
    state.line.value = Math.min(Math.max(state.line.value + by, table.line.least), table.line.greatest);
  };
  const before = controls.button("Previous line", go(-1));
  const next = controls.button("Next line", go(1));
  const learn = controls.button("Learn", () => at.value?.learn(), {
    main: true,
    title: "Learns from all lines that are written",
  });
  learn.classList.add("steady");
  const undo = controls.button("Undo", () => at.value?.undo());
  const again = controls.button("Write again", () => at.value?.again(), { title: "Empties this line" });
  const wear = make("input");
  wear.type = "checkbox";
  wear.role = "switch";
  wear.id = "teach-wear";
  wear.addEventListener("change", () => at.value?.wear(wear.checked));
  controls.field("switch", "All figures of this page write with it", wear, make("span", "", "My hand"));
  const share = controls.slider(
    "share",
    "Share of your hand",
    (value) => `${Math.round(100 * value)} %`,
    "0 % is the plain model; more than 100 % exaggerates your hand",
  );
  const load = controls.quiet("Open hand", () => {}, {
    title: "Open a file that ends in .hand.safetensors",
  });
  chooseFile(load, { label: "Hand file", accept: ".safetensors" }, (file) => at.value?.load(file));
  const forget = controls.quiet("Delete hand", () => at.value?.forget(), {
    title: "This browser keeps it no more",
    ask: "Delete it?",
  });
  const forgetLines = controls.quiet("Delete lines", () => at.value?.forgetLines(), {
    title: "This browser no longer keeps the lines of the card",
    ask: "Delete them?",
  });
  const keepInk = make("input");
  keepInk.type = "checkbox";
  keepInk.role = "switch";
  keepInk.id = "teach-keep-ink";
  controls.field(
    "switch",
    "The next hand that is learned holds the lines that it was learned from",
    keepInk,
    make("span", "", "Keep lines in hand"),
  );
  const save = controls.download("Hand", () => at.value?.save(), {
    title: "Download the learned hand",
  });
  const saveText = controls.download("Hand for text", () => at.value?.saveText(), {
    title: "Download what the model of the typed text learned, for pentrace write --text",
  });
  const problem = make("p", "problem");
  problem.role = "alert";
  controls.el.after(problem);
  const parts: Parts = {
    ...{ before, next, undo, again, learn, wear, share, keepInk },
    ...{ save, saveText, load, forget, forgetLines, problem },
  };
  for (const part of Object.values(parts)) if ("disabled" in part) part.disabled = true;
  frame.say("Copy the line with a pen, a finger or the mouse.");
  frame.start(async () => {
    const [{ LiveTeach }, kept] = await Promise.all([import("./live.ts"), keptHands()]);
    return new LiveTeach({ frame, open, parts, at, kept });
  });
}
