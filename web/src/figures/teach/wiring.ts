/** What the figure has once it starts. */

import type { ReadonlySignal, Signal } from "@preact/signals-core";
import { makeProblem } from "../../draw/element.ts";
import type { Offer, Open } from "../../frame/checkpoints.ts";
import type { Frame } from "../../frame/figure.ts";
import { chooseFile } from "../../frame/files.ts";
import type { Pool } from "../../worker/pool.ts";
import { controls as table } from "./controls.ts";
import type { HandFiles } from "./kept.ts";

/** What the page gives. */
export interface TeachPage extends Pick<Open, "base" | "worn"> {
  readonly offers: ReadonlySignal<readonly Offer[]>;
  /** Workers that learn, because the page's write meanwhile. */
  pool(): Pool;
}

export interface TeachWiring {
  readonly frame: Frame<typeof table>;
  readonly open: TeachPage;
  readonly parts: ReturnType<typeof partsOf>;
  /** What figure.ts gets from the running figure. */
  readonly at: Signal<Working | null>;
  /** The files of the hands that the browser keeps. */
  readonly kept: HandFiles;
}

/** What the controls do. */
export interface Working {
  undo(): void;
  /** Empties the line, to be written again. */
  again(): void;
  /** Learns, or stops and keeps the best so far. */
  learn(): void;
  wear(on: boolean): void;
  /** The file of the hand. */
  save(): void;
  saveText(): void;
  load(file: File): void;
  forget(): void;
  forgetLines(): void;
}

/** The controls, whose state the running figure sets: all are disabled until then. Also a place for what is wrong. */
export function partsOf({ controls, state }: Frame<typeof table>, at: TeachWiring["at"]) {
  const go = (by: number) => (): void => {
    state.line.value = Math.min(Math.max(state.line.value + by, table.line.least), table.line.greatest);
  };
  const parts = {
    before: controls.button("Previous line", go(-1)),
    next: controls.button("Next line", go(1)),
    learn: controls.button("Learn", () => at.value?.learn(), {
      main: true,
      title: "Learns from all lines that are written",
    }),
    undo: controls.button("Undo", () => at.value?.undo()),
    again: controls.button("Write again", () => at.value?.again(), { title: "Empties this line" }),
    wear: controls.switch(
      "wear",
      "My hand",
      (on) => at.value?.wear(on),
      "All figures of this page write with it",
    ),
    share: controls.slider(
      "share",
      "Share of your hand",
      (value) => `${Math.round(100 * value)} %`,
      "0 % is the plain model; more than 100 % exaggerates your hand",
    ),
    load: controls.quiet("Open hand", () => {}, {
      title: "Open a file that ends in .hand.safetensors",
    }),
    forget: controls.quiet("Delete hand", () => at.value?.forget(), {
      title: "This browser keeps it no more",
      ask: "Delete it?",
    }),
    forgetLines: controls.quiet("Delete lines", () => at.value?.forgetLines(), {
      title: "This browser no longer keeps the lines of the card",
      ask: "Delete them?",
    }),
    keepInk: controls.switch(
      "keep-ink",
      "Keep lines in hand",
      () => {},
      "The next hand that is learned holds the lines that it was learned from",
    ),
    save: controls.download("Hand", () => at.value?.save(), { title: "Download the learned hand" }),
    saveText: controls.download("Hand for text", () => at.value?.saveText(), {
      title: "Download what the model of the typed text learned, for pentrace write --text",
    }),
  };
  for (const part of Object.values(parts)) part.disabled = true;
  parts.learn.classList.add("steady");
  chooseFile(parts.load, { label: "Hand file", accept: ".safetensors" }, (file) => at.value?.load(file));
  const problem = makeProblem();
  controls.el.after(problem);
  return { ...parts, problem };
}
