/** The field of futures at work: from the field to its views, and back from the pointer and the keys. */

import {
  batch,
  computed,
  createModel,
  effect,
  type ReadonlySignal,
  signal,
  untracked,
} from "@preact/signals-core";
import { asSlider, stepOf } from "../../draw/element.ts";
import { onFrame, slowed } from "../../draw/redraw.ts";
import type { Field, Path } from "../../futures/field.ts";
import { futuresField } from "../../futures/futures-field.ts";
import { legend } from "../../futures/legend.ts";
import { densityLens } from "./density-lens.ts";
import { type Drawing, drawing } from "./drawing.ts";
import { forkTree, type Tried } from "./fork-tree.ts";
import { addFork } from "./forks.ts";
import { oneStrand } from "./one-strand.ts";
import { pythonOf } from "./python.ts";
import { surpriseStrip } from "./surprise-strip.ts";
import type { FieldWiring } from "./wiring.ts";
import { facts, progressText } from "./words.ts";

/** While ink grows: how often the status line shows its newest step. */
const TELL_MS = 250;

export const LiveField = createModel((wiring: FieldWiring) => {
  const { frame, opened, details } = wiring;
  const { state, view } = frame;
  // An ink of a file is in no address.
  if (state.ink.peek() === "opened" && opened.peek() === null) state.ink.value = "auto";
  const drawn = drawing(wiring);
  const { field, growing, step, tried } = drawn;
  const future = signal<number | null>(null);
  const act = actions(wiring, future);

  const surface = futuresField(
    view,
    computed(() => {
      if (field.value === null) return null;
      return { field: field.value, growing: growing.value, step: step.value, future: future.value };
    }),
    { onLook: act.look, onTake: act.take },
  );
  listenToKeys(surface, drawn, future, act);
  /** How many characters the futures of the step get to, as far as is known. */
  const ended = computed(() => {
    field.value?.pieces.value;
    return field.value?.ends(step.value).length;
  });
  const looked = slowed(
    computed(() => {
      if (field.value === null) return null;
      const { path, count } = field.value;
      const strand = future.value === null ? null : { number: future.value, count };
      return { path, step: step.value, strand };
    }),
    growing,
    TELL_MS,
  );
  surpriseStrip(details.strip, looked, (row) => act.look(row, null));
  densityLens(details.lens, looked);
  forkTree(details.tried, tried, act.choose);
  effect(() => {
    ended.value;
    if (looked.value === null) return;
    const { path, step: row, strand } = looked.value;
    const ends = untracked(() => field.value?.ends(row) ?? new Int32Array(0));
    surface.ariaValueMax = String(path.length);
    surface.ariaValueNow = String(row);
    surface.ariaValueText = facts(details.facts, path, row, ends, strand);
  });
  oneStrand(details.strand, field);
  tellProgress(wiring, drawn);
  view.nextElementSibling?.append(legend());
  return { python: () => pythonOf(frame, drawn.source.value, drawn.left() > 0) };
});

type Actions = ReturnType<typeof actions>;

/** What the reader does. */
function actions({ frame }: FieldWiring, future: { value: number | null }) {
  const { state, announce } = frame;
  const goTo = (forks: string): void =>
    batch(() => {
      state.forks.value = forks;
      future.value = null;
    });
  return {
    look: (row: number, seen: number | null): void =>
      batch(() => {
        state.step.value = row;
        future.value = seen;
      }),
    /** The ink goes on along a future. */
    take(row: number, number: number): void {
      const fork = { row, future: number, seed: state.seed.value, variation: state.variation.value };
      goTo(addFork(state.forks.value, fork));
      announce(`Step ${row}: the ink goes on along future ${number + 1}.`);
    },
    /** Back to an ink that was tried. */
    choose({ forks }: Tried): void {
      goTo(forks);
      announce("Another ink is shown.");
    },
  };
}

function listenToKeys(
  surface: HTMLElement,
  { field, step }: Drawing,
  future: ReadonlySignal<number | null>,
  { look, take }: Actions,
): void {
  asSlider(surface, "Step of the ink");
  surface.setAttribute("aria-describedby", "field-caption");
  surface.addEventListener("keydown", (event) => {
    if (field.value === null || event.ctrlKey || event.metaKey || event.altKey) return;
    const { path, count } = field.value;
    const [row, seen] = [step.value, future.value];
    const pages = { PageDown: 10, PageUp: -10, Home: -row, End: path.length - row };
    const by = stepOf(event, { ArrowRight: 1, ArrowLeft: -1, ...(event.shiftKey ? {} : pages) });
    const strand = stepOf(event, {
      ArrowDown: seen === null ? 0 : seen + 1,
      ArrowUp: (seen ?? 0) + count - 1,
    });
    if (by !== undefined) {
      const to = event.shiftKey ? nextFork(by, row, path) : Math.min(Math.max(row + by, 0), path.length);
      if (to !== null) look(to, null);
    } else if (strand !== undefined) look(row, strand % count);
    else if (event.key === "Enter" && seen !== null) take(row, seen);
    else if (event.key === "Escape") look(row, null);
  });
}

/** How much of the field is there, in the line above it. */
function tellProgress({ frame, shown }: FieldWiring, { field, failed, began, left }: Drawing): void {
  const { view, say } = frame;
  const read = () => {
    field.value?.pieces.value;
    field.value?.path;
    return { now: field.value, failed: failed.value };
  };
  effect(() => {
    if (field.value !== null) view.ariaBusy = "true";
  });
  onFrame(read, ({ now, failed }) => {
    if (failed !== "") say(failed);
    else if (now !== null) {
      const done = now.share === 1;
      if (isCoarse(now)) measureOnce("field-coarse", began());
      if (done) measureOnce("field-complete", began());
      view.ariaBusy = String(!done);
      say(progressText(now, performance.now() - began(), left(), shown.value === "opened"));
    }
  });
}

const COARSE_GAP = 16;

/** Whether there is something all along the path. */
function isCoarse({ known }: Field): boolean {
  let gap = 0;
  return known.every((count) => {
    gap = count > 0 ? 0 : gap + 1;
    return gap < COARSE_GAP;
  });
}

function measureOnce(name: string, start: number): void {
  if (performance.getEntriesByName(name).at(-1)?.startTime === start) return;
  performance.measure(name, { start, end: performance.now() });
}

/** The next fork to one side, 1 or -1; null where there is none. */
function nextFork(by: number, row: number, { branches, length }: Path): number | null {
  let to = row + by;
  while (to >= 0 && to < length && branches[to]!.length < 2) to += by;
  return to >= 0 && to < length ? to : null;
}
