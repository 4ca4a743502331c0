/** One step as a figure of the page: its cards and its controls. The rest is loaded when the reader comes near. */

import { batch, effect, type Signal, signal } from "@preact/signals-core";
import { make, makeButton } from "../../draw/element.ts";
import { next } from "../../frame/control.ts";
import { bindSlider } from "../../frame/controls.ts";
import { type Frame, figure, type Shared } from "../../frame/figure.ts";
import type { Desk } from "../../views/writing-paper.ts";
import { controls as table } from "./controls.ts";
import { partsOf } from "./wiring.ts";
import { STAGES } from "./words.ts";
import "./step.css";

const LAST = STAGES.length - 1;

export function stepFigure(shared: Shared, desk: Desk): void {
  const frame = figure("step", table, shared);
  const { state, still } = frame;
  const stage = signal(Math.max(state.stage.peek(), 0));
  const parts = partsOf(frame);

  const go = (to: number): void => {
    const near = Math.abs(to - stage.value) === 1;
    batch(() => {
      stage.value = to;
      state.stage.value = to;
    });
    // On a phone the cards are below the drawing.
    const narrow = window.matchMedia("(max-width: 60rem)").matches;
    parts.cards[to]!.scrollIntoView({
      behavior: near && !still ? "smooth" : "instant",
      block: narrow ? "end" : "center",
    });
  };
  effect(() => {
    if (state.stage.value >= 0) stage.value = state.stage.value;
  });
  // A link leads to its stage when the reader first comes to the figure.
  let linked = state.stage.peek() >= 0;
  followScroll(parts.cards, (card) => {
    const asked = state.stage.peek();
    const first = linked;
    linked = false;
    if (card === asked) return;
    if (first) go(asked);
    else
      batch(() => {
        state.stage.value = -1;
        stage.value = card;
      });
  });

  /** Opens the step after so many movements of the ink, and of those that the model drew. */
  const open = (row: number, drawn = 0): void =>
    batch(() => {
      state.row.value = row;
      state.drawn.value = drawn;
      go(0);
    });
  steps(frame, stage, go, open);
  cellField(frame);
  frame.say("One step of the network");
  frame.start(
    async () => new (await import("./live.ts")).LiveStep({ frame, parts, stage, go, choose: open, ...desk }),
  );
}

/** Tells which card has come to the line at which the reader is reading. */
function followScroll(cards: readonly HTMLElement[], read: (card: number) => void): void {
  const narrow = window.matchMedia("(max-width: 60rem)");
  let observer: IntersectionObserver | null = null;
  const observe = (): void => {
    observer?.disconnect();
    observer = new IntersectionObserver(
      (entries) => {
        for (const { isIntersecting, target } of entries) {
          if (isIntersecting) read(cards.indexOf(target as HTMLElement));
        }
      },
      { rootMargin: narrow.matches ? "-78% 0px -21% 0px" : "-50% 0px -49% 0px" },
    );
    for (const card of cards) observer.observe(card);
  };
  narrow.addEventListener("change", observe);
  observe();
}

/** Buttons below the drawing: from stage to stage, and from one step to the next. */
function steps(
  { stage: el, state, controls }: Frame<typeof table>,
  stage: Signal<number>,
  go: (to: number) => void,
  open: (row: number, drawn?: number) => void,
): void {
  const readOn = (): void => open(state.row.value, Math.min(state.drawn.value + 1, table.drawn.greatest));
  const back = makeButton(() => go(stage.value - 1), "", "Back");
  const onward = makeButton(
    () => (stage.value < LAST ? go(stage.value + 1) : readOn()),
    "main steady",
    "Next",
  );
  const again = makeButton(
    () => {
      next(state.seed, table.seed);
      if (stage.value < LAST) go(LAST);
    },
    "",
    "Draw again",
  );
  back.id = "step-back";
  onward.id = "step-next";
  again.id = "step-again";
  again.title = "Other random numbers";
  const yours = controls.quiet("Back to the end", () => open(-1), {
    title: "To the last movement of the ink",
  });
  el.append(make("div", "step-bar", back, onward, stageSlider(stage, go), again));
  effect(() => {
    yours.disabled = state.drawn.value === 0 && state.row.value < 0;
  });
  effect(() => {
    const now = stage.value;
    back.disabled = now === 0;
    onward.textContent = now < LAST ? "Next" : "Read it";
    onward.title = now < LAST ? "The next stage (→)" : "The movement that was drawn is read";
    onward.disabled = now === LAST && state.drawn.value === table.drawn.greatest;
  });
}

/** All stages at once, for those who would rather drag than press. */
function stageSlider(stage: Signal<number>, go: (to: number) => void): HTMLElement {
  const [input, output] = [make("input"), make("output")];
  input.type = "range";
  input.id = "step-stage";
  output.htmlFor.add(input.id);
  const label = make("label", "slider", make("span", "", "Stage"), output, input);
  const all = { ...table.stage, least: 0 };
  bindSlider(input, output, all, stage, (value) => `${value + 1} of ${STAGES.length}`);
  input.addEventListener("input", () => go(input.valueAsNumber));
  return label;
}

/** The number of the cell; empty for the one that the figure chooses. */
function cellField({ controls, chosen, loaded }: Frame<typeof table>): void {
  const input = controls.text("cell", "Cell", {
    title: "The number of a cell; empty for the one most in time with the pen",
    placeholder: "in time with the pen",
    shown: () => String(chosen.cells.value.at(-1) ?? ""),
    read: (text) => {
      const architecture = loaded.peek()?.checkpoint.architecture;
      const count = architecture === undefined ? Infinity : architecture.layers * architecture.hidden;
      if (text !== "" && !(/^\d{1,5}$/.test(text) && Number(text) < count)) {
        const range = count === Infinity ? "its number" : `a number from 0 to ${count - 1}`;
        return `Cell: expected ${range}, found “${text.slice(0, 40)}”.`;
      }
      chosen.cells.value = text === "" ? [] : [Number(text)];
      return "";
    },
  });
  input.inputMode = "numeric";
}
