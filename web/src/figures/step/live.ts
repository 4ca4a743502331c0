/** One step at work: from the ink to the numbers of its last movement, and from the stage to the drawings. */

import { batch, computed, createModel, effect, type ReadonlySignal, signal } from "@preact/signals-core";
import { drawGrid, type GridData, stateGrid } from "../../cells/state-grid.ts";
import { canvasView } from "../../draw/canvas.ts";
import { colours } from "../../draw/colour.ts";
import { type Drawing, SvgDrawing } from "../../draw/drawing.ts";
import { asSlider, stepOf as keyStep, makeSvg } from "../../draw/element.ts";
import { within } from "../../draw/placing.ts";
import { animated, type Size, whenEnded } from "../../draw/redraw.ts";
import { sheetSource } from "../../engine/source.ts";
import { emptied } from "../../frame/figure.ts";
import { COMPLETE, cellDiagram } from "./cell-diagram.ts";
import { type Colours, NAMES } from "./marks.ts";
import { nearest, penPaper, READ, UNMIXED } from "./pen-paper.ts";
import { pythonOf } from "./python.ts";
import { type Step, stepOf } from "./step.ts";
import type { StepTask } from "./task.ts";
import type { Parts, StepWiring } from "./wiring.ts";
import { headline, numbersOf, STAGES } from "./words.ts";

/** How long the drawing takes from one stage to the next, and at most. */
const STAGE_MS = 700;
const LONGEST_MS = 1000;
type Part = "cell" | "cells" | "paper";
/** Which part of the drawing each stage is about. */
const PARTS: readonly Part[] = ["paper", "cell", "cell", "cell", "cell", "cells", "paper", "paper"];

type Draw = (on: Drawing, step: Step, at: number, size: Size, css: Colours) => void;
const DRAWINGS: Readonly<Record<Part, Draw>> = {
  cell: cellDiagram,
  paper: penPaper,
  cells: (on, step, _, size, css) => drawGrid(on, squaresOf(step), size, css),
};

export const LiveStep = createModel((wiring: StepWiring) => {
  const { frame, parts, stage } = wiring;
  const { view, loaded, chosen, still } = frame;
  const { step, ofExample, failed } = reading(wiring);
  const at = tween(stage, still);

  // Each is drawn again only while it changes.
  const cellAt = computed(() => Math.min(at.value, COMPLETE));
  const paperAt = computed(() => (at.value < UNMIXED ? Math.min(at.value, READ) : at.value));
  picture(parts.cell, step, cellAt, cellDiagram);
  picture(parts.paper, step, paperAt, penPaper);
  chooseOnPaper(wiring, step);
  const squares = computed(() => step.value && squaresOf(step.value));
  stateGrid(parts.cells, squares, {
    onChoose(cell) {
      chosen.cells.value = [cell];
      frame.announce(`Cell ${cell}.`);
    },
  });
  effect(() => {
    const now = PARTS[stage.value]!;
    for (const name of ["cell", "cells", "paper"] as const) parts[name].classList.toggle("now", name === now);
  });

  const numbers = computed(() => {
    const now = step.value;
    const normalised = loaded.value?.checkpoint.architecture.normalised ?? false;
    return now === null ? null : STAGES.map((_, k) => numbersOf(now, k, normalised));
  });
  effect(() => {
    numbers.value?.forEach((text, k) => {
      parts.numbers[k]!.textContent = text;
    });
  });
  asSlider(view, "Stage of the step");
  view.setAttribute("aria-describedby", "step-caption");
  view.ariaValueMax = String(STAGES.length - 1);
  effect(() => {
    view.ariaValueNow = String(stage.value);
    view.ariaValueText = `${STAGES[stage.value]!.title}. ${numbers.value?.[stage.value] ?? ""}`;
  });
  listenToKeys(wiring);
  effect(() => {
    if (failed.value !== "") frame.say(failed.value);
    else if (step.value !== null) frame.say(headline(step.value, ofExample.value));
  });
  stillsInPrint(parts, step);

  return { python: () => pythonOf(wiring, step.value) };
});

/** The step that the controls name; it follows the ink when the pen rests. */
function reading({ frame, ink, isExample, said, writing }: StepWiring) {
  const { state, chosen, loaded, seen } = frame;
  const step = signal<Step | null>(null);
  /** Whether the step is one of the page's example. */
  const ofExample = signal(true);
  const { client, failed } = frame.line<StepTask>("step");
  emptied(loaded, [step]);
  effect(() => {
    const architecture = loaded.value?.checkpoint.architecture;
    if (architecture === undefined || !seen.value || writing.value) return;
    const cell = chosen.cells.value.at(-1) ?? null;
    const request = {
      source: sheetSource(ink.value, said.value),
      row: state.row.value < 0 ? null : state.row.value,
      drawn: state.drawn.value,
      seed: state.seed.value,
      cell: cell !== null && cell < architecture.layers * architecture.hidden ? cell : null,
    };
    const example = isExample.value;
    frame.view.ariaBusy = "true";
    client.ask("step", request, (reply) => {
      frame.view.ariaBusy = "false";
      batch(() => {
        failed.value = "";
        ofExample.value = example;
        step.value = stepOf(reply);
      });
    });
  });
  return { step, ofExample, failed };
}

/** Goes from stage to stage in a while; at once for readers who asked for less motion. */
function tween(stage: ReadonlySignal<number>, still: boolean): ReadonlySignal<number> {
  const at = signal(stage.peek());
  /** Stages a millisecond. */
  let pace = 0;
  effect(() => {
    const to = stage.value;
    const way = to - at.peek();
    pace = way / Math.min(way * STAGE_MS, LONGEST_MS);
    // Back to the first stage: another movement, or the reader has scrolled up.
    if (still || way < 0) at.value = to;
  });
  const moves = computed(() => at.value < stage.value);
  animated(moves, (ms) => {
    at.value = Math.min(at.value + pace * ms, stage.value);
  });
  return at;
}

/** A drawing over an element that follows the step and the stage. */
function picture(
  el: HTMLElement,
  step: ReadonlySignal<Step | null>,
  at: ReadonlySignal<number>,
  draw: Draw,
): void {
  canvasView(
    el,
    computed(() => step.value && { step: step.value, at: at.value }),
    (on, { step: now, at: stage }, size) => draw(on, now, stage, size, colours(el, ...NAMES)),
  );
}

/** A click on the ink opens the movement that led there. */
function chooseOnPaper({ parts: { paper }, choose }: StepWiring, step: ReadonlySignal<Step | null>): void {
  paper.addEventListener("click", (event) => {
    const now = step.value;
    if (now === null) return;
    const at = within(paper, event);
    const size = { width: paper.clientWidth, height: paper.clientHeight };
    const row = nearest(now, at.x, at.y, size);
    if (row !== null) choose(row);
  });
}

function listenToKeys({ frame, stage, go }: StepWiring): void {
  frame.view.addEventListener("keydown", (event) => {
    const last = STAGES.length - 1;
    const by = keyStep(event, {
      ArrowRight: 1,
      ArrowDown: 1,
      ArrowLeft: -1,
      ArrowUp: -1,
      Home: -last,
      End: last,
    });
    if (by !== undefined) go(Math.min(Math.max(stage.value + by, 0), last));
  });
}

/** On paper, each card has a still picture of the part that its stage is about, when it is complete. */
function stillsInPrint({ cards }: Parts, step: ReadonlySignal<Step | null>): void {
  const size = { width: 640, height: 250 };
  const print = (): void => {
    const now = step.value;
    if (now === null) return;
    cards.forEach((card, stage) => {
      const made = makeSvg("svg", { class: "still", viewBox: `0 0 ${size.width} ${size.height}` });
      const on = new SvgDrawing();
      DRAWINGS[PARTS[stage]!](on, now, stage, size, colours(card, ...NAMES));
      made.innerHTML = on.toString();
      card.append(made);
    });
  };
  const clean = (): void => {
    for (const made of cards.flatMap((card) => [...card.querySelectorAll(".still")])) made.remove();
  };
  window.addEventListener("beforeprint", print);
  window.addEventListener("afterprint", clean);
  whenEnded(() => {
    window.removeEventListener("beforeprint", print);
    window.removeEventListener("afterprint", clean);
  });
}

function squaresOf({ hidden, cell }: Step): GridData {
  return { values: hidden, framed: [], cell };
}
