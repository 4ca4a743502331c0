/** The sample wall as a figure of the page: its controls. The rest is loaded when the reader comes near. */

import { VARIATION } from "../../frame/controls.ts";
import { figure, type Shared } from "../../frame/figure.ts";
import { type Desk, namePrimed } from "../../views/writing-paper.ts";
import { controls as table } from "./controls.ts";
import type { WallWiring } from "./wiring.ts";
import "./wall.css";

const MOST_SEED = 9999;

export function wallFigure(shared: Shared, desk: Desk, open: WallWiring["open"]): void {
  const frame = figure("wall", table, shared);
  const { controls, state } = frame;
  controls.toggle("playing", { on: "Pause", off: "Play" });
  controls.button("New seed", () => {
    state.seed.value = anotherSeed(state.seed.value);
    if (!shared.still) state.playing.value = true;
  });
  const written = (value: number): string => `${value} steps`;
  const step = controls.slider("step", "Written", written, "How far each sample is written");
  step.addEventListener("input", () => {
    state.playing.value = false;
  });
  controls.slider(...VARIATION);
  controls.slider("speed", "Speed", (value) => `${value} ×`, "Times the usual speed of a pen");
  namePrimed(controls.check("primed", "In your hand"), desk);
  frame.say("24 samples");
  frame.start(async () => new (await import("./live.ts")).LiveWall({ frame, open, ...desk }));
}

/** Small enough to read out to somebody. */
function anotherSeed(seed: number): number {
  const drawn = 1 + Math.floor(Math.random() * MOST_SEED);
  return drawn === seed ? (drawn % MOST_SEED) + 1 : drawn;
}
