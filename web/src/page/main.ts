/** The page: wires ink, engine, controls and the writing figure together. */

import { batch, computed, effect, signal } from "@preact/signals-core";
import { flash, scrollTo } from "../draw/element.ts";
import { ending, into } from "../draw/redraw.ts";
import { atlasFigure } from "../figures/atlas/figure.ts";
import { cellsFigure } from "../figures/cells/figure.ts";
import { changeFigure } from "../figures/change/figure.ts";
import { fieldFigure } from "../figures/field/figure.ts";
import { memoryFigure } from "../figures/memory/figure.ts";
import { neatenFigure } from "../figures/neaten/figure.ts";
import { stepFigure } from "../figures/step/figure.ts";
import { swapFigure } from "../figures/swap/figure.ts";
import { teachFigure } from "../figures/teach/figure.ts";
import { typeFigure } from "../figures/type/figure.ts";
import type { OpenedText } from "../figures/type/wiring.ts";
import { wallFigure } from "../figures/wall/figure.ts";
import type { OpenedSample } from "../figures/wall/wiring.ts";
import { whyFigure } from "../figures/why/figure.ts";
import { continuing } from "../figures/writing/continuing.ts";
import { pythonOf } from "../figures/writing/python.ts";
import { addressName, type Offer, type Open, openCheckpoints } from "../frame/checkpoints.ts";
import { createChosen } from "../frame/chosen.ts";
import { button, element, slider, twoDigits } from "../frame/controls.ts";
import { download, downloadDrawing } from "../frame/download.ts";
import { intersecting } from "../frame/figure.ts";
import { takeFiles } from "../frame/files.ts";
import { listenToKeys } from "../frame/keys.ts";
import { copied, copyPython } from "../frame/python-button.ts";
import { handwritten } from "../ink/example.ts";
import { inkToJson, inkToSvg } from "../ink/files.ts";
import type { InkText } from "../ink/letter.ts";
import { placed } from "../ink/place.ts";
import type { Stroke } from "../ink/stroke.ts";
import { wholeInk } from "../views/whole-ink.ts";
import { followedSheet, writingPaper } from "../views/writing-paper.ts";
import { Pool, poolSize } from "../worker/pool.ts";
import { keepAddress, land, readInk } from "./address.ts";
import { followProse } from "./prose.ts";
import { controls, createState, readAddress, takeValues, valuesOf } from "./state.ts";
import { announce, modelLine, showHint, showStatus } from "./status.ts";
import type { Tour } from "./tour.ts";

/** Drawings have the colours of the light page: they are for paper. */
const INK = "#1b2440";
const MODEL_INK = "#8a2f74";
const PAPER = "#fffdf8";

document.querySelector("#unstarted")?.remove();

const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
const state = createState(readAddress(window.location, still).values);

const { written, ...onSheet } = followedSheet(() => {
  // Another ink has other futures: begin with the first.
  state.shown.value = 0;
});
const { sheet, writing, canUndo, canRedo, isExample } = onSheet;

/** Whether all of the ink is shown, in rows, instead of the line. */
const whole = signal(false);
/** Client pixels above the ink that the status has to itself. */
const STATUS_HEIGHT = 56;

const example = handwritten("write here", 0);
const ink = computed(() => (isExample.value ? example : written.value));

const spawn = (): Worker => new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
const workers = poolSize(navigator.hardwareConcurrency);
const pool = new Pool(spawn, workers);
const open: Open = { base: signal(null), worn: signal(null), loaded: signal(null) };
const { loaded } = open;
const offers = signal<readonly Offer[]>([]);
const model = continuing(state, ink, loaded, pool);
/** What is wrong with the link that was opened, and with loading: a sentence each. */
const linkProblem = signal("");
const loadProblem = signal("");
const progress = signal(0);

// The figure.

/** The text of the ink that was opened last. */
const openedText = signal<{ readonly ink: readonly Stroke[]; readonly text: InkText } | null>(null);
const said = computed(() => {
  if (loaded.value?.checkpoint.architecture.text === undefined) return null;
  return openedText.value?.ink === written.value ? openedText.value.text : null;
});
const desk = { ...onSheet, ink, said };
/** What nobody sees need not move. */
const seen = intersecting(element("paper", HTMLElement), "0px");
/** Whether some of the ink lies outside the paper's view. */
const hidden = signal(false);
const figure = writingPaper(element("paper", HTMLElement), desk, {
  label: "Paper to write on",
  still,
  beside: () => ({
    futures: model.futures.value,
    shown: state.shown.value,
    playing: state.playing.value && !whole.value && seen.value,
    marked: state.marked.value,
  }),
  onTurn: () => another(1),
  onHidden: into(hidden),
});
figure.surface.setAttribute("aria-describedby", "caption");

effect(() => {
  figure.surface.ariaBusy = String(model.busy.value);
});

// Ink that is replaced or cleared is shown as usual again.
effect(() => {
  whole.value &&= !isExample.value;
});
const showsWhole = computed(() => whole.value && !isExample.value);
effect(() => {
  if (!showsWhole.value) return;
  const data = computed(() => ({ ink: ink.value, marked: state.marked.value }));
  const options = { top: STATUS_HEIGHT, onChoose: goTo };
  return ending(() => wholeInk(element("paper", HTMLElement), data, options));
});

function goTo(place: { x: number; y: number }): void {
  whole.value = false;
  figure.show(place);
}

// What can be done.

/** Set when the reader took over before the futures of the newest ink were there. */
let takeOverNext = false;

function takeOver(): void {
  const future = model.shown();
  takeOverNext = future === undefined && loaded.value !== null && !writing.value;
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

function redo(): void {
  if (!canRedo.value) return;
  sheet.redo();
  announce("Done again.");
}

function clear(): void {
  sheet.clear();
  announce("The paper is empty.");
}

async function copyLink(): Promise<void> {
  keeping.save();
  const done = await copied(window.location.href);
  announce(done ? "Link copied." : "The address of this page is the link.");
  flash(linkButton, done ? "Copied" : "See address", "Copy link");
}

effect(() => {
  if (model.futures.value !== null && takeOverNext) queueMicrotask(takeOver);
});

// Buttons, sliders, keys.

const play = button("play", togglePlaying);
const anotherButton = button("another", () => another(1));
const takeOverButton = button("take-over", takeOver);
const undoButton = button("undo", undo);
const redoButton = button("redo", redo);
const clearButton = button("clear", clear);
const wholeButton = button("whole", () => {
  whole.value = !whole.value;
});
const marked = element("marked", HTMLInputElement);
marked.role = "switch";
marked.addEventListener("change", () => {
  state.marked.value = marked.checked;
});
const linkButton = button("link", () => void copyLink());
const drawing = (background: string | null): string =>
  inkToSvg(written.value, { hand: INK, model: state.marked.value ? MODEL_INK : INK, paper: background });
const exports = [
  button("png", () => void downloadDrawing("ink", "png", drawing(PAPER))),
  button("svg", () => void downloadDrawing("ink", "svg", drawing(null))),
  button("json", () => {
    const { seed, ...settings } = valuesOf(state);
    download("ink.json", "application/json", inkToJson(written.value, settings, seed));
  }),
];
const downloads = element("downloads", HTMLFieldSetElement);
const copyButton = copyPython(
  { el: downloads.parentElement!, downloads },
  { code: () => pythonOf(state, ink.value), loaded, announce },
);
takeFiles(
  { el: element("writing", HTMLElement), button: element("open", HTMLButtonElement), still, announce },
  (_, file) => sheet.replace(placed(file)),
  "here",
);
slider("length", controls.length, state.length, (value) => `${value} points`);
slider("variation", controls.variation, state.variation, twoDigits);
listenToKeys(figure.surface, {
  takeOver,
  another,
  togglePlaying,
  undo,
  redo,
  pan: figure.pan,
  show: figure.show,
});

effect(() => {
  play.textContent = state.playing.value ? "Pause" : "Play";
  const ready = model.futures.value !== null;
  for (const each of [anotherButton, takeOverButton, copyButton]) each.disabled = !ready;
  undoButton.disabled = !canUndo.value;
  redoButton.disabled = !canRedo.value;
  wholeButton.ariaPressed = String(showsWhole.value);
  marked.checked = state.marked.value;
  for (const each of [wholeButton, clearButton, ...exports]) each.disabled = isExample.value;
});

// The status.

showStatus(() => loadProblem.value || model.error.value || linkProblem.value, describe);
showHint(() => hidden.value && !whole.value);

function describe(): string {
  if (model.futures.value === null) return `Loading the model: ${Math.round(100 * progress.value)} %`;
  if (showsWhole.value) return "All of your ink. Choose a place to go there.";
  if (isExample.value) return "Write on the line, with a pen, a finger or the mouse.";
  return `${model.position.value} movements read. Future ${state.shown.value + 1} is shown.`;
}

effect(() => {
  if (loaded.value !== null) element("model", HTMLElement).textContent = modelLine(loaded.value.checkpoint);
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
function openSample({ continuation, offsets, text, primed, sample }: OpenedSample): void {
  sheet.writeOn(primed ? ink.value : [], continuation);
  if (text !== null) openedText.value = { ink: written.value, text };
  for (const other of [field, cells]) {
    if (primed) other.openYours();
    else other.open({ kind: "offsets", offsets, ...(text && { text }) });
  }
  scrollTo(figure.surface, still, "center");
  figure.surface.focus({ preventScroll: true });
  announce(`Sample ${sample + 1} is on the paper.`);
}

const shared = {
  state,
  pool,
  loaded,
  chosen: createChosen({ cells: state["cells.chosen"], step: state["cells.step"] }),
  ready,
  still,
  announce,
};
/** A written text becomes ink, and its model the page's; undo gives the reader's own ink back. */
function openText({ source, primed, continuation, line, checkpoint }: OpenedText, name: string): void {
  const offer = offers.value.find(({ file }) => file === checkpoint);
  if (offer !== undefined) state.checkpoint.value = offer.default ? "" : addressName(offer);
  sheet.writeOn(primed ? ink.value : [], continuation);
  openedText.value = { ink: written.value, text: source.text };
  for (const other of [field, cells]) other.open(source);
  scrollTo(element(name, HTMLElement), still, "start");
  announce(`${line} is on the paper, and the model that wrote it is open.`);
}

typeFigure(shared, desk, { ...open, offers, pool: () => new Pool(spawn, workers), open: openText });
neatenFigure(shared, desk);
teachFigure(shared, { ...open, offers, pool: () => new Pool(spawn, workers) });
wallFigure(shared, desk, openSample);
const field = fieldFigure(shared, desk);
stepFigure(shared, desk);
whyFigure(shared, desk);
atlasFigure(shared, desk, state["change.cells"]);
changeFigure(shared, desk);
memoryFigure(shared, desk);
swapFigure(shared, desk);
const cells = cellsFigure(shared, desk);
followProse(shared);

// The tour, whose text comes when it is wanted.

let tour: Promise<Tour> | null = null;
function openTour(): Promise<Tour> {
  tour ??= import("./tour.ts").then(({ makeTour }) => makeTour(state, still));
  return tour;
}
element("tour-link", HTMLAnchorElement).addEventListener("click", (event) => {
  event.preventDefault();
  void openTour().then(({ begin }) => begin());
});

// The address, and the checkpoint that it names.

function restore(reloaded = false): void {
  const { values, ink: code } = readAddress(window.location, still);
  const { strokes, error } = readInk(code, reloaded);
  linkProblem.value = error;
  batch(() => {
    // A link without ink must not delete what is written.
    if (strokes.length > 0) sheet.replace(strokes);
    takeValues(state, values);
  });
  const { hash } = window.location;
  if (values.tour > 0) void openTour().then(({ arrive }) => arrive(hash));
}

const [navigation] = performance.getEntriesByType("navigation");
restore((navigation as PerformanceNavigationTiming | undefined)?.type === "reload");
land(window.location.hash, still);
window.addEventListener("hashchange", () => {
  // The address of a figure is a way to it, and changes nothing else.
  if (!land(window.location.hash, still)) restore();
});
const keeping = keepAddress(state, written, writing);
// A tab in the background may be closed without a word.
document.addEventListener("visibilitychange", () => document.hidden && keeping.flush());
window.addEventListener("pagehide", () => {
  sheet.penUp();
  keeping.flush();
});
void openCheckpoints(state.checkpoint, open, pool, { problem: loadProblem, progress, offers });
