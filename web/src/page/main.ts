/** The page: wires ink, engine, controls and the writing figure together. */

import { batch, computed, effect, signal } from "@preact/signals-core";
import { atlasFigure } from "../figures/atlas/figure.ts";
import { cellsFigure } from "../figures/cells/figure.ts";
import { changeFigure } from "../figures/change/figure.ts";
import { fieldFigure } from "../figures/field/figure.ts";
import { neatenFigure } from "../figures/neaten/figure.ts";
import { wallFigure } from "../figures/wall/figure.ts";
import type { OpenedSample } from "../figures/wall/wiring.ts";
import { continuing } from "../figures/writing/continuing.ts";
import { type Loaded, openCheckpoints } from "../frame/checkpoints.ts";
import { createChosen } from "../frame/chosen.ts";
import { button, element, slider } from "../frame/controls.ts";
import { download } from "../frame/download.ts";
import { listenToKeys } from "../frame/keys.ts";
import { handwritten } from "../ink/example.ts";
import { inkToJson, inkToSvg } from "../ink/files.ts";
import { listenToPen } from "../ink/pointer.ts";
import { Sheet } from "../ink/sheet.ts";
import type { Stroke } from "../ink/stroke.ts";
import { paper } from "../views/paper.ts";
import { keepAddress, readInk } from "./address.ts";
import { modelLine } from "./model-line.ts";
import { controls, createState, readAddress, takeValues, valuesOf } from "./state.ts";

/** Drawings have the ink of the light page: they are for paper. */
const INK_COLOUR = "#1b2440";

document.querySelector("#unstarted")?.remove();

const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
const state = createState(readAddress(window.location, still).values);

/** All strokes, the open one too: a new array at every change. */
const written = signal<readonly Stroke[]>([]);
const writing = signal(false);
const canUndo = signal(false);
const sheet = new Sheet(() =>
  batch(() => {
    // Another ink has other futures: begin with the first.
    state.shown.value = 0;
    written.value = sheet.ink;
    writing.value = sheet.open !== null;
    canUndo.value = sheet.canUndo;
  }),
);

const example = handwritten("write here", 0);
const isExample = computed(() => written.value.length === 0);
const ink = computed(() => (isExample.value ? example : written.value));

const loaded = signal<Loaded | null>(null);
const model = continuing(state, ink, loaded);
/** What is wrong with the link that was opened, and with loading: a sentence each. */
const linkProblem = signal("");
const loadProblem = signal("");
const progress = signal(0);

// The figure.

const figure = paper(
  element("paper", HTMLElement),
  { ink: example, faint: true, writing: false, futures: null, shown: 0, playing: false },
  { still, onTurn: () => another(1) },
);
figure.surface.tabIndex = 0;
figure.surface.role = "application";
figure.surface.ariaLabel = "Paper to write on";
figure.surface.setAttribute("aria-describedby", "caption");

effect(() =>
  figure.update({
    ink: ink.value,
    faint: isExample.value,
    writing: writing.value,
    futures: model.futures.value,
    shown: state.shown.value,
    playing: state.playing.value,
  }),
);

effect(() => {
  figure.surface.ariaBusy = String(model.busy.value);
});

listenToPen(figure.surface, {
  toSheet: figure.toSheet,
  down: (point) => sheet.penDown(point),
  move: (points) => sheet.penMove(points),
  up: () => sheet.penUp(),
  discard: () => sheet.discard(),
  pan: figure.pan,
});

// What can be done.

/** Set when the reader took over before the futures of the newest ink were there. */
let takeOverNext = false;

function takeOver(): void {
  const future = model.shown();
  takeOverNext = future === undefined && model.facts.value !== null && !writing.value;
  if (future === undefined || writing.value) return;
  sheet.writeOn(ink.value, future);
  announce(`${future.lifts.length} movements taken over.`);
}

function another(step: 1 | -1): void {
  state.shown.value = Math.max(0, state.shown.value + step);
}

function togglePlaying(): void {
  state.playing.value = !state.playing.value;
  announce(state.playing.value ? "Playing." : "Paused.");
}

function undo(): void {
  if (!canUndo.value) return;
  sheet.undo();
  announce("Taken back.");
}

function clear(): void {
  sheet.clear();
  announce("The paper is empty.");
}

async function copyLink(): Promise<void> {
  saveAddress();
  const copied = await navigator.clipboard?.writeText(window.location.href).then(
    () => true,
    () => false,
  );
  announce(copied ? "Link copied." : "The address of this page is the link.");
  flash(linkButton, copied ? "Copied" : "See address");
}

effect(() => {
  if (model.futures.value !== null && takeOverNext) queueMicrotask(takeOver);
});

// Buttons, sliders, keys.

const play = button("play", togglePlaying);
const anotherButton = button("another", () => another(1));
const takeOverButton = button("take-over", takeOver);
const undoButton = button("undo", undo);
const clearButton = button("clear", clear);
const linkButton = button("link", () => void copyLink());
const exports = [
  button("svg", () => download("ink.svg", "image/svg+xml", inkToSvg(written.value, INK_COLOUR))),
  button("json", () => {
    const { seed, ...settings } = valuesOf(state);
    download("ink.json", "application/json", inkToJson(written.value, settings, seed));
  }),
];
slider("length", controls.length, state.length, (value) => `${value} points`);
slider("variation", controls.variation, state.variation, (value) => value.toFixed(2));
listenToKeys(figure.surface, { takeOver, another, togglePlaying, undo });

effect(() => {
  play.textContent = state.playing.value ? "Pause" : "Play";
  const ready = model.futures.value !== null;
  anotherButton.disabled = !ready;
  takeOverButton.disabled = !ready;
  undoButton.disabled = !canUndo.value;
  clearButton.disabled = isExample.value;
  for (const exporting of exports) exporting.disabled = isExample.value;
});

/** Says something in a button's place for a moment. */
function flash(el: HTMLButtonElement, text: string): void {
  const usual = "Copy link";
  el.textContent = text;
  window.setTimeout(() => {
    el.textContent = usual;
  }, 1600);
}

// What is said.

const status = element("status", HTMLElement);
const announcement = element("announcement", HTMLElement);

function announce(text: string): void {
  announcement.textContent = text;
}

effect(() => {
  const wrong = loadProblem.value || model.error.value || linkProblem.value;
  status.classList.toggle("error", Boolean(wrong));
  status.textContent = wrong || describe();
});

function describe(): string {
  if (model.futures.value === null) return `Loading the model: ${Math.round(100 * progress.value)} %`;
  if (isExample.value) return "Write on the line, with a pen, a finger or the mouse.";
  return `${model.position.value} movements read. Future ${state.shown.value + 1} is shown.`;
}

effect(() => {
  if (model.facts.value === null) return;
  element("model", HTMLElement).textContent = modelLine(model.facts.value);
  // What the text says of the model is true of the one that is loaded.
  for (const said of document.querySelectorAll('[data-fact="hidden"]')) {
    said.textContent = String(model.facts.value.hidden);
  }
});

effect(() => {
  if (model.futures.value !== null && performance.getEntriesByName("first-future").length === 0) {
    performance.mark("first-future");
  }
});

// The figures below.

const ready = signal(false);
effect(() => {
  ready.value ||= model.futures.value !== null;
});

/** A sample of the wall becomes ink, to be written on; undo gives the reader's own back. */
function openSample({ continuation, offsets, primed, sample }: OpenedSample): void {
  sheet.writeOn(primed ? ink.value : [], continuation);
  for (const other of [field, cells]) {
    if (primed) other.openYours();
    else other.open({ kind: "offsets", offsets });
  }
  figure.surface.scrollIntoView({ behavior: still ? "auto" : "smooth", block: "center" });
  figure.surface.focus({ preventScroll: true });
  announce(`Sample ${sample + 1} is on the paper.`);
}

const shared = {
  state,
  loaded,
  chosen: createChosen({ cells: state["cells.chosen"], step: state["cells.step"] }),
  ready,
  still,
  announce,
};
neatenFigure(shared, { sheet, ink, isExample, writing });
wallFigure(shared, { ink, isExample, writing, open: openSample });
const field = fieldFigure(shared, { ink, writing });
atlasFigure(shared, state["change.cells"]);
changeFigure(shared, { ink, writing });
const cells = cellsFigure(shared, { sheet, ink, isExample, writing });

// The address, and the checkpoint that it names.

function restore(): void {
  const { values, ink: code } = readAddress(window.location, still);
  const { strokes, error } = readInk(code);
  linkProblem.value = error;
  batch(() => {
    sheet.replace(strokes);
    takeValues(state, values);
  });
}

restore();
window.addEventListener("hashchange", restore);
const saveAddress = keepAddress(state, written, writing);
void openCheckpoints(state, loaded, { problem: loadProblem, progress });
