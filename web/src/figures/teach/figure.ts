/** Teaching it a hand as a figure of the page. What is heavy is loaded when the reader comes near. */

import { signal } from "@preact/signals-core";
import { figure, type Shared } from "../../frame/figure.ts";
import { controls as table } from "./controls.ts";
import { keptHands } from "./kept.ts";
import { partsOf, type TeachWiring, type Working } from "./wiring.ts";
import "./teach.css";

export function teachFigure(shared: Shared, open: TeachWiring["open"]): void {
  const frame = figure("teach", table, shared);
  // What has been learned has a place from the beginning only where there is something.
  void keptHands().then(({ length }) => {
    if (length > 0) frame.view.classList.add("teach-open");
  });
  const at = signal<Working | null>(null);
  const parts = partsOf(frame, at);
  frame.say("Copy the line with a pen, a finger or the mouse.");
  frame.start(async () => {
    const [{ LiveTeach }, kept] = await Promise.all([import("./live.ts"), keptHands()]);
    return new LiveTeach({ frame, open, parts, at, kept });
  });
}
