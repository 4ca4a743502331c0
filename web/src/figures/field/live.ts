/** The field of futures at work: from the controls to paths and pieces, and on to the views. */

import { batch, effect, signal } from "@preact/signals-core";
import { colour } from "../../draw/colour.ts";
import { type PathSource, packed } from "../../engine/source.ts";
import type { Running } from "../../frame/figure.ts";
import { FieldClient } from "../../futures/client.ts";
import { clearestFork, Field, type Path, pathOf } from "../../futures/field.ts";
import { type FuturesField, futuresField } from "../../futures/futures-field.ts";
import { legend } from "../../futures/legend.ts";
import type { FieldDraws, PathReply } from "../../futures/task.ts";
import { densityLens, type Lens } from "./density-lens.ts";
import { fieldToSvg } from "./field-svg.ts";
import { forkTree, type Tree } from "./fork-tree.ts";
import { addFork, forksOf, Tries } from "./forks.ts";
import { type Strip, surpriseStrip } from "./surprise-strip.ts";
import type { FieldWiring } from "./wiring.ts";
import { facts } from "./words.ts";

/** Samples in different hands of the default checkpoint, by their seeds; to be looked at again when it changes. */
const SAMPLES: Readonly<Record<string, number>> = { "1": 4, "2": 21, "3": 14, "4": 57, "5": 23 };
const SAMPLE_STEPS = 400;
const SAMPLE_VARIATION = 0.4;
/** The straight line: offsets of a usual length. */
const LINE_STEPS = 160;
const LINE_OFFSET = 0.3;
/** Futures of ink that is being written go so far. */
const GROWING_STEPS = 4;
/** Ink has stopped growing when the pen has rested for so long. */
const REST_MS = 1500;
/** While ink grows: how long to wait for the futures of a path, and between two readings of its figures. */
const PATIENCE_MS = 150;
const TELL_MS = 250;
/** Between two changes of the order in which rows are drawn. */
const HURRY_MS = 80;

export async function startField(wiring: FieldWiring): Promise<Running> {
  const { frame, ink, writing, opened, details } = wiring;
  const { state } = frame;
  // An ink of a file is in no address.
  if (state.ink.peek() === "opened" && opened.peek() === null) state.ink.value = "1";
  const tries = new Tries();
  let field: Field | null = null;
  let views: { field: FuturesField; strip: Strip; lens: Lens; tree: Tree } | null = null;
  const future = signal<number | null>(null);
  let began = 0;
  let hurried = 0;
  let resting = 0;
  /** A path was asked for; the futures of the one before may still be coming. */
  let busy = false;
  let again = false;
  /** Whether the workers have the path that the field is of. */
  let asked = false;
  /** Offsets that are beyond the longest path. */
  let left = 0;
  let patience = 0;
  let tick = 0;
  let telling = 0;

  const { pool } = frame;
  const client = new FieldClient(pool, [...Array(pool.size).keys()], {
    path: (reply) => takePath(reply),
    piece({ piece, offsets }) {
      if (field === null) return;
      field.add(piece, offsets);
      if (again && field.share === 1) askAgain();
      if (tick === 0) tick = requestAnimationFrame(showPieces);
    },
    error(message) {
      busy = false;
      frame.say(message);
    },
  });

  /** The pen is down, or was a moment ago: the reader's ink grows. */
  const growing = signal(false);
  const draws = (): FieldDraws => ({
    steps: growing.value ? Math.min(state.steps.value, GROWING_STEPS) : state.steps.value,
    seed: state.seed.value,
    variation: state.variation.value,
  });
  const step = (path: Path): number => {
    if (growing.value) return path.length;
    return state.step.value < 0 ? clearestFork(path) : Math.min(state.step.value, path.length);
  };

  const source = (): PathSource => {
    const name = state.ink.value;
    if (name === "opened" && opened.value !== null) return opened.value;
    if (name === "line") return { kind: "offsets", offsets: straightLine() };
    if (name === "yours") return { kind: "sheet", strokes: ink.value.map(packed) };
    const seed = SAMPLES[name] ?? SAMPLES["1"]!;
    return { kind: "sample", seed, steps: SAMPLE_STEPS, variation: SAMPLE_VARIATION };
  };

  /** While ink grows, the newest is asked when the last has its futures, or has had its time. */
  const ask = (): void => {
    const wanted = { source: source(), forks: forksOf(state.forks.value), intervention: [] };
    if (busy && growing.peek()) {
      again = true;
      return;
    }
    busy = true;
    began = performance.now();
    asked = false;
    client.read(wanted);
  };

  const askAgain = (): void => {
    window.clearTimeout(patience);
    busy = false;
    if (!again) return;
    again = false;
    ask();
  };

  const takePath = (reply: PathReply): void => {
    const path = pathOf(reply, field?.path);
    if (!growing.value) tries.take(path, sourceName(), state.forks.value);
    const same = field !== null && sameDraws(field.draws, draws()) && field.count === state.count.value;
    let changed = 0;
    if (field !== null && same) changed = field.follow(path);
    else field = new Field(path, draws(), state.count.value);
    asked = true;
    left = reply.left;
    show(field, changed);
    const missing = field.missing();
    client.draw(missing, field.draws);
    if (missing.length === 0) askAgain();
    else patience = window.setTimeout(askAgain, PATIENCE_MS);
  };

  const showPieces = (): void => {
    tick = 0;
    if (field !== null) progress(field);
    refresh();
  };

  const sourceName = (): string => `${state.ink.peek()} ${frame.loaded.peek()?.name ?? ""}`;

  const show = (current: Field, changed: number): void => {
    frame.view.ariaBusy = "true";
    const data = { field: current, growing: growing.value, step: step(current.path), future: future.value };
    const looked = { path: current.path, step: data.step };
    if (views === null) {
      views = {
        field: futuresField(frame.view, data, { still: frame.still, onLook: look, onTake: take }),
        strip: surpriseStrip(details.strip, looked, { onLook: (row) => look(row, null) }),
        lens: densityLens(details.lens, looked),
        tree: forkTree(details.tried, tries, { onChoose: choose }),
      };
      listenToKeys(views.field.surface);
    }
    views.field.update(data, changed);
    if (!growing.value) describe();
    else if (telling === 0) telling = window.setTimeout(describe, TELL_MS);
  };

  const refresh = (): void => {
    if (field === null || views === null) return;
    views.field.update({ field, growing: growing.value, step: step(field.path), future: future.value });
  };

  /** Whatever follows the step that is looked at. */
  const describe = (): void => {
    window.clearTimeout(telling);
    telling = 0;
    if (field === null || views === null) return;
    const { path } = field;
    const row = step(path);
    views.strip.update({ path, step: row });
    views.lens.update({ path, step: row });
    views.tree.update(tries);
    const text = facts(details.facts, path, row);
    const { surface } = views.field;
    surface.ariaValueMax = String(path.length);
    surface.ariaValueNow = String(row);
    surface.ariaValueText = text;
  };

  const look = (row: number, seen: number | null): void => {
    batch(() => {
      state.step.value = row;
      future.value = seen;
    });
  };

  const take = (row: number, number: number): void => {
    const fork = { row, future: number, seed: state.seed.value, variation: state.variation.value };
    batch(() => {
      state.forks.value = addFork(state.forks.value, fork);
      future.value = null;
    });
    frame.announce(`Step ${row}: the ink goes on along future ${number + 1}.`);
  };

  const choose = (id: number): void => {
    batch(() => {
      state.forks.value = tries.forks(id);
      future.value = null;
    });
    frame.announce("Another ink is shown.");
  };

  /** What is looked at comes first. */
  const hurry = (): void => {
    if (field === null || !asked || growing.value) return;
    const row = step(field.path);
    const now = performance.now();
    if (field.known[row]! >= field.count || now - hurried < HURRY_MS) return;
    hurried = now;
    const missing = field.missing();
    const first = missing.filter((piece) => piece.row === row);
    client.draw([...first, ...missing.filter((piece) => piece.row !== row)], field.draws);
  };

  const listenToKeys = (surface: HTMLElement): void => {
    surface.tabIndex = 0;
    surface.role = "slider";
    surface.ariaLabel = "Step of the ink";
    surface.ariaValueMin = "0";
    surface.setAttribute("aria-describedby", "field-caption");
    surface.addEventListener("keydown", (event) => {
      if (field === null || event.ctrlKey || event.metaKey || event.altKey) return;
      const row = step(field.path);
      const to = moved(event.key, row, field.path.length);
      const seen = future.value;
      if (to !== null) look(to, null);
      else if (event.key === "ArrowDown") look(row, seen === null ? 0 : (seen + 1) % field.count);
      else if (event.key === "ArrowUp") look(row, ((seen ?? 0) + field.count - 1) % field.count);
      else if (event.key === "Enter" && seen !== null) take(row, seen);
      else if (event.key === "Escape") look(row, null);
      else return;
      event.preventDefault();
    });
  };

  const progress = (current: Field): void => {
    const share = current.share;
    const done = share === 1;
    const elapsed = performance.now() - began;
    if (isCoarse(current)) measureOnce("field-coarse", began);
    if (done) measureOnce("field-complete", began);
    const total = current.count * current.draws.steps * current.known.length;
    const cut = left > 0 ? `; the last ${left.toLocaleString("en")} points of the ink are left out` : "";
    const outside = state.ink.value === "opened" ? "; no link holds an opened ink" : "";
    const drawn = `${total.toLocaleString("en")} movements drawn in ${(elapsed / 1000).toFixed(1)} s${cut}${outside}`;
    frame.say(done ? drawn : `Drawing what could have come: ${Math.round(100 * share)} %`);
    if (done) frame.view.ariaBusy = "false";
  };

  const disposals = [
    effect(() => {
      frame.loaded.value;
      // Another model has read nothing yet.
      field = null;
      busy = false;
    }),
    effect(() => {
      const pen = state.ink.value === "yours" && writing.value;
      window.clearTimeout(resting);
      if (pen) growing.value = true;
      else if (growing.peek()) resting = window.setTimeout(() => (growing.value = false), REST_MS);
    }),
    effect(() => {
      // Another ink was chosen, written, or cut.
      if (frame.loaded.value === null) return;
      // What nobody sees is not asked for at every point that is written.
      if (state.ink.value === "yours" && !frame.seen.value) return;
      growing.value;
      ask();
    }),
    effect(() => {
      const wanted = draws();
      const count = state.count.value;
      if (field === null || (sameDraws(field.draws, wanted) && field.count === count)) return;
      began = performance.now();
      field = new Field(field.path, wanted, count);
      show(field, 0);
      if (asked) client.draw(field.missing(), wanted);
    }),
    effect(() => {
      state.step.value;
      future.value;
      refresh();
      describe();
      hurry();
    }),
  ];
  frame.view.nextElementSibling?.append(legend());

  return {
    svg() {
      if (field === null || views === null) throw new Error("the field has not begun");
      const [inkColour, paper] = ["--ink", "--paper"].map((name) => colour(frame.view, name));
      return fieldToSvg(field, { ink: inkColour!, paper: paper!, theme: views.field.theme });
    },
    destroy() {
      for (const dispose of disposals) dispose();
      for (const view of Object.values(views ?? {})) view.destroy();
      client.destroy();
    },
  };
}

function straightLine(): Float32Array {
  return Float32Array.from({ length: 3 * LINE_STEPS }, (_, k) => (k % 3 === 0 ? LINE_OFFSET : 0));
}

function sameDraws(a: FieldDraws, b: FieldDraws): boolean {
  return a.steps === b.steps && a.seed === b.seed && a.variation === b.variation;
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

/** Where a key moves from a row; null where it does not move. */
function moved(key: string, row: number, last: number): number | null {
  const to = {
    ArrowRight: row + 1,
    ArrowLeft: row - 1,
    PageDown: row + 10,
    PageUp: row - 10,
    Home: 0,
    End: last,
  }[key];
  return to === undefined ? null : Math.min(Math.max(to, 0), last);
}
