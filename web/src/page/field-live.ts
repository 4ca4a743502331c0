/** The field of futures at work: from the controls to paths and pieces, and on to the views. */

import { batch, effect, signal } from "@preact/signals-core";
import type { FieldDraws, PathReply, PathSource } from "../engine/field.ts";
import { FieldPool } from "../engine/field-pool.ts";
import { clearestFork, Field, type Path, pathOf } from "../futures/field.ts";
import { RULING } from "../ink/stroke.ts";
import { densityLens, type Lens } from "../views/density-lens.ts";
import { fieldToSvg } from "../views/field-svg.ts";
import { forkTree, type Tree } from "../views/fork-tree.ts";
import { colour, type FuturesField, futuresField } from "../views/futures-field.ts";
import { type Strip, surpriseStrip } from "../views/surprise-strip.ts";
import type { FieldWiring } from "./field.ts";
import { addFork, forksOf, Tries } from "./field-forks.ts";
import { facts, legend } from "./field-words.ts";
import type { Running } from "./figure.ts";

/** Samples that show different things, by their seeds. */
const SAMPLES: Readonly<Record<string, number>> = { "1": 38, "2": 24, "3": 31, "4": 34, "5": 26 };
const SAMPLE_STEPS = 320;
const SAMPLE_VARIATION = 0.4;
/** The straight line: offsets of a usual length. */
const LINE_STEPS = 160;
const LINE_OFFSET = 0.3;
/** Futures of ink that is being written go so far. */
const GROWING_STEPS = 4;
const WORKERS = 2;
/** Between two changes of the order in which rows are drawn. */
const HURRY_MS = 80;

export async function startField(wiring: FieldWiring): Promise<Running> {
  const { frame, ink, writing, opened, details } = wiring;
  const { state } = frame;
  const tries = new Tries();
  let field: Field | null = null;
  let views: { field: FuturesField; strip: Strip; lens: Lens; tree: Tree } | null = null;
  const future = signal<number | null>(null);
  let began = 0;
  let hurried = 0;
  let waiting = false;
  let again = false;

  const workers = Array.from(
    { length: Math.min(WORKERS, navigator.hardwareConcurrency || 1) },
    () => new Worker(new URL("../engine/field-worker.ts", import.meta.url), { type: "module" }),
  );
  const pool = new FieldPool(workers, {
    path: (reply) => takePath(reply),
    piece({ piece, offsets }) {
      if (field === null) return;
      field.add(piece, offsets);
      progress(field);
      refresh();
    },
    error(message) {
      waiting = false;
      frame.say(message);
    },
  });

  const growing = (): boolean => state.ink.value === "yours" && writing.value;
  const draws = (): FieldDraws => ({
    steps: growing() ? Math.min(state.steps.value, GROWING_STEPS) : state.steps.value,
    seed: state.seed.value,
    variation: state.variation.value,
  });
  const step = (path: Path): number =>
    state.step.value < 0 ? clearestFork(path) : Math.min(state.step.value, path.length);

  const source = (): PathSource => {
    const name = state.ink.value;
    if (name === "opened" && opened.value !== null) return opened.value;
    if (name === "line") return { kind: "offsets", offsets: straightLine() };
    if (name === "yours") return { kind: "sheet", strokes: ink.value.map(packed) };
    const seed = SAMPLES[name] ?? SAMPLES["1"]!;
    return { kind: "sample", seed, steps: SAMPLE_STEPS, variation: SAMPLE_VARIATION };
  };

  /** One question at a time: while ink is being written, the newest is asked when the last is answered. */
  const ask = (): void => {
    const wanted = { source: source(), forks: forksOf(state.forks.value), ruling: RULING };
    if (waiting && growing()) {
      again = true;
      return;
    }
    waiting = true;
    began = performance.now();
    pool.read(wanted);
  };

  const takePath = (reply: PathReply): void => {
    waiting = false;
    const path = pathOf(reply);
    tries.take(path, sourceName(), state.forks.value);
    const same = field !== null && sameDraws(field.draws, draws()) && field.count === state.count.value;
    let changed = 0;
    if (field !== null && same) changed = field.follow(path);
    else field = new Field(path, draws(), state.count.value);
    show(field, changed);
    pool.draw(field.missing(), field.draws);
    if (again) {
      again = false;
      ask();
    }
  };

  const sourceName = (): string => `${state.ink.peek()} ${frame.loaded.peek()?.name ?? ""}`;

  const show = (current: Field, changed: number): void => {
    frame.view.ariaBusy = "true";
    const data = { field: current, growing: growing(), step: step(current.path), future: future.value };
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
    describe();
  };

  const refresh = (): void => {
    if (field === null || views === null) return;
    views.field.update({ field, growing: growing(), step: step(field.path), future: future.value });
  };

  /** Whatever follows the step that is looked at. */
  const describe = (): void => {
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
    if (field === null || waiting) return;
    const row = step(field.path);
    const now = performance.now();
    if (field.known[row]! >= field.count || now - hurried < HURRY_MS) return;
    hurried = now;
    const missing = field.missing();
    const first = missing.filter((piece) => piece.row === row);
    pool.draw([...first, ...missing.filter((piece) => piece.row !== row)], field.draws);
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
    const drawn = `${total.toLocaleString("en")} movements drawn in ${(elapsed / 1000).toFixed(1)} s`;
    frame.say(done ? drawn : `Drawing what could have come: ${Math.round(100 * share)} %`);
    if (done) frame.view.ariaBusy = "false";
  };

  const disposals = [
    effect(() => {
      const loaded = frame.loaded.value;
      if (loaded !== null) pool.load(loaded);
      waiting = false;
    }),
    effect(() => {
      // Another ink was chosen, written, or cut.
      if (frame.loaded.value === null) return;
      ask();
    }),
    effect(() => {
      const wanted = draws();
      const count = state.count.value;
      if (field === null || (sameDraws(field.draws, wanted) && field.count === count)) return;
      began = performance.now();
      field = new Field(field.path, wanted, count);
      show(field, 0);
      if (!waiting) pool.draw(field.missing(), wanted);
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
      pool.destroy();
    },
  };
}

function straightLine(): Float32Array {
  return Float32Array.from({ length: 3 * LINE_STEPS }, (_, k) => (k % 3 === 0 ? LINE_OFFSET : 0));
}

function packed({ writer, x, y, lifted }: FieldWiring["ink"]["value"][number]) {
  return { writer, points: Float32Array.from(x.flatMap((value, k) => [value, y[k]!])), lifted };
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
