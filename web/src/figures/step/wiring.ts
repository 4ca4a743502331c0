/** What the figure has once it starts. */

import type { Signal } from "@preact/signals-core";
import { make } from "../../draw/element.ts";
import type { Frame } from "../../frame/figure.ts";
import type { Desk } from "../../views/writing-paper.ts";
import type { controls } from "./controls.ts";
import { STAGES } from "./words.ts";

export interface StepWiring extends Desk {
  readonly frame: Frame<typeof controls>;
  readonly parts: Parts;
  /** The stage that is shown, 0 to STAGES.length - 1. */
  readonly stage: Signal<number>;
  /** Opens a movement of the reader's own: the number that have been read then. */
  choose(row: number): void;
  /** Shows a stage, and brings its card into sight. */
  go(stage: number): void;
}

export type Parts = ReturnType<typeof partsOf>;

/** The drawing, which stays in sight while the cards go by: one for each stage, with the numbers of this step. */
export function partsOf({ stage, view }: Frame<typeof controls>) {
  const [cell, cells, paper] = [
    make("div", "step-cell"),
    make("div", "step-cells"),
    make("div", "step-paper"),
  ];
  view.append(cell, cells, paper);
  const numbers = STAGES.map(() => make("p", "numbers"));
  const cards = STAGES.map(({ title, text }, k) =>
    make("li", "", make("div", "", make("h3", "", title), make("p", "", text), numbers[k]!)),
  );
  const scene = make("div", "step-scene");
  stage.before(scene);
  scene.append(stage, make("ol", "", ...cards));
  return { cell, cells, paper, cards, numbers };
}
