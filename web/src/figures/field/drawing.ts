/** From the controls to a field of futures: asks for a path whenever one changes, then draws its futures. */

import { computed, effect, type ReadonlySignal, signal, untracked } from "@preact/signals-core";
import { whenEnded } from "../../draw/redraw.ts";
import { type PathSource, sheetSource } from "../../engine/source.ts";
import { emptied } from "../../frame/figure.ts";
import { fieldClient, type Wanted } from "../../futures/client.ts";
import { clearestFork, Field, pathOf } from "../../futures/field.ts";
import type { FieldDraws, PathReply } from "../../futures/task.ts";
import { forksOf, type Tries, withPath } from "./forks.ts";
import type { FieldWiring } from "./wiring.ts";

/** Samples in different hands of the default checkpoint, by their seeds. Choose others when it changes. */
const SAMPLES: Readonly<Record<string, number>> = { "1": 4, "2": 21, "3": 14, "4": 57, "5": 23 };
const SAMPLE_STEPS = 400;
const SAMPLE_VARIATION = 0.4;
/** The straight line: offsets of a usual length. */
const LINE = Float32Array.from({ length: 3 * 160 }, (_, k) => (k % 3 === 0 ? 0.3 : 0));
/** How far futures of ink that is being written go. */
const GROWING_STEPS = 4;
/** An ink has stopped growing when the pen has rested for so long. */
const REST_MS = 1500;
/** While ink grows: how long to wait for the futures of a path before the next path is requested. */
const PATIENCE_MS = 150;
/** Between two changes of the order in which rows are drawn. */
const HURRY_MS = 80;

export type Drawing = ReturnType<typeof drawing>;

export function drawing(wiring: FieldWiring) {
  const { frame, shown } = wiring;
  const { state, loaded, pool, seen } = frame;
  /** null until a path was read. */
  const field = signal<Field | null>(null);
  /** What went wrong: a sentence for people; empty when all is well. */
  const failed = signal("");
  /** The inks that were tried. */
  const tried = signal<Tries>({ source: "", all: [], current: 0 });
  /** The pen is down, or was a moment ago: the reader's ink grows. */
  const growing = grows(wiring);
  /** The ink, before any future of it is taken. */
  const source = sourceOf(wiring);
  const draws = computed(
    (): FieldDraws => ({
      steps: growing.value ? Math.min(state.steps.value, GROWING_STEPS) : state.steps.value,
      seed: state.seed.value,
      variation: state.variation.value,
    }),
  );
  /** The row that is looked at. */
  const step = computed(() => {
    if (field.value === null) return 0;
    const { path } = field.value;
    if (growing.value) return path.length;
    return state.step.value < 0 ? clearestFork(path) : Math.min(state.step.value, path.length);
  });
  /** When the field was asked for, by the clock of `performance`. */
  let began = 0;
  /** Offsets beyond the longest path, which are left out. */
  let left = 0;
  /** A path was asked for; the futures of the one before may still be coming. */
  let busy = false;
  let waiting: Wanted | null = null;
  /** Whether the workers have the path that the field is of. */
  let ready = false;
  let patience = 0;

  const client = fieldClient(pool, [...Array(pool.size).keys()], {
    path: (reply) => takePath(reply),
    piece({ piece, offsets, ends }) {
      field.value?.add(piece, offsets, ends);
      if (waiting !== null && field.value?.share === 1) next();
    },
    error(message) {
      busy = false;
      failed.value = message;
    },
  });
  whenEnded(() => window.clearTimeout(patience));

  const read = (wanted: Wanted): void => {
    busy = true;
    began = performance.now();
    ready = false;
    failed.value = "";
    client.read(wanted);
  };
  /** Reads the path that waited, if one does. */
  const next = (): void => {
    window.clearTimeout(patience);
    busy = false;
    const wanted = waiting;
    waiting = null;
    if (wanted !== null) read(wanted);
  };
  const takePath = (reply: PathReply): void => {
    const before = field.value;
    const path = pathOf(reply, before?.path);
    if (!growing.value) {
      const source = `${shown.value} ${loaded.value?.name ?? ""}`;
      tried.value = withPath(tried.value, path, source, state.forks.value);
    }
    ready = true;
    left = reply.left;
    if (before !== null && before.count === state.count.value && sameDraws(before.draws, draws.value)) {
      before.follow(path);
    } else field.value = new Field(path, draws.value, state.count.value);
    const { draws: wanted, known, count } = field.value!;
    client.draw(field.value!.missing(), wanted);
    if (known.every((have) => have === count)) next();
    else patience = window.setTimeout(next, PATIENCE_MS);
  };

  /** Other futures of the same path. */
  const redraw = (wanted: FieldDraws, count: number): void => {
    const before = field.value;
    if (before === null || (before.count === count && sameDraws(before.draws, wanted))) return;
    began = performance.now();
    const next = new Field(before.path, wanted, count);
    field.value = next;
    if (ready) client.draw(next.missing(), wanted);
  };

  emptied(loaded, [field], () => {
    waiting = null;
    busy = ready = false;
  });
  effect(() => {
    if (loaded.value === null) return;
    // An ink that nobody sees grow is read when it comes into view.
    if (shown.value === "yours" && !seen.value) return;
    const wanted = { source: source.value, forks: forksOf(state.forks.value), intervention: [] };
    const grows = growing.value;
    // While ink grows, the newest path waits until the one before has its futures, or has had its time.
    if (busy && grows) waiting = wanted;
    else read(wanted);
  });
  effect(() => {
    const [wanted, count] = [draws.value, state.count.value];
    untracked(() => redraw(wanted, count));
  });
  hurry({ field, growing, step }, (missing) => ready && client.draw(missing, field.value!.draws));

  return { field, growing, step, tried, failed, source, left: () => left, began: () => began };
}

/** The row that is looked at is drawn before the others. */
function hurry(
  { field, growing, step }: Pick<Drawing, "field" | "growing" | "step">,
  draw: (missing: ReturnType<Field["missing"]>) => void,
): void {
  let hurried = 0;
  effect(() => {
    const row = step.value;
    const now = performance.now();
    const current = field.peek();
    if (current === null || growing.peek()) return;
    if (current.known[row]! >= current.count || now - hurried < HURRY_MS) return;
    hurried = now;
    const missing = current.missing();
    const first = missing.filter((piece) => piece.row === row);
    draw([...first, ...missing.filter((piece) => piece.row !== row)]);
  });
}

function grows({ shown, writing }: FieldWiring): ReadonlySignal<boolean> {
  const growing = signal(false);
  effect(() => {
    if (shown.value === "yours" && writing.value) growing.value = true;
    else if (growing.peek()) {
      const rest = window.setTimeout(() => {
        growing.value = false;
      }, REST_MS);
      return () => window.clearTimeout(rest);
    }
    return undefined;
  });
  return growing;
}

/** The ink that the controls name. */
function sourceOf({ ink, said, shown, opened }: FieldWiring): ReadonlySignal<PathSource> {
  return computed(() => {
    const name = shown.value;
    if (name === "opened" && opened.value !== null) return opened.value;
    if (name === "line") return { kind: "offsets", offsets: LINE };
    if (name === "yours") return sheetSource(ink.value, said.value);
    const seed = SAMPLES[name] ?? SAMPLES["1"]!;
    return { kind: "sample", seed, steps: SAMPLE_STEPS, variation: SAMPLE_VARIATION };
  });
}

function sameDraws(a: FieldDraws, b: FieldDraws): boolean {
  return a.steps === b.steps && a.seed === b.seed && a.variation === b.variation;
}
