/**
 * Pairs of samples that write themselves at the same pace: without a change and with it.
 *
 * One canvas lies under a grid of places, two a pair. Both samples of a pair have one scale, so that sizes can be
 * compared.
 */

import { batch, computed, effect, type ReadonlySignal, signal } from "@preact/signals-core";
import { canvas, clear, contextOf, sized } from "../draw/canvas.ts";
import { pictured } from "../draw/drawing.ts";
import { make } from "../draw/element.ts";
import { animated, onFrame, type Size, sizeOf, theme } from "../draw/redraw.ts";
import { pointsOf } from "../ink/path.ts";
import { type Continuation, MODEL_MS } from "../ink/stroke.ts";
import { boxIn, PlacedSample, sampleColours } from "./placed-sample.ts";

/** Samples, and the same with the change. */
export interface PairsData {
  readonly before: readonly Sample[];
  readonly after: readonly Sample[];
  /** Model units in a sheet unit. */
  readonly scale: number;
}

interface Sample {
  /** [n, 3] in model units. */
  readonly offsets: Float32Array;
}

export interface PairsOptions {
  /** Number of pairs. */
  readonly count: number;
  /** The headings of the two sides. */
  readonly heads: ReadonlySignal<readonly [string, string]>;
  /** Whether they are in the window. */
  readonly seen: ReadonlySignal<boolean>;
  /** The reader asked for less motion: at first, all is written. */
  readonly still: boolean;
}

/** Client pixels in a sheet unit. */
const LEAST_ZOOM = 0.46;
const GREATEST_ZOOM = 1.1;
const UNITS_IN_WIDTH = 520;
const MOST_DENSITY = 2;

interface Side {
  readonly el: HTMLElement;
  /** Its heading where there is no room above all of them. */
  readonly head: HTMLElement;
  /** The part of it where there is ink. */
  readonly room: HTMLElement;
}

/** Returns a function that begins all samples again. */
export function beforeAfter(
  el: HTMLElement,
  data: ReadonlySignal<PairsData | null>,
  { count, heads: words, ...options }: PairsOptions,
): () => void {
  const picture = canvas(el);
  const heads = [make("div", "pairs-head clipped"), make("div", "pairs-head clipped after")] as const;
  const rows = Array.from({ length: count }, () => [side("pairs-side"), side("pairs-side after")] as const);
  el.append(make("div", "pairs", ...heads, ...rows.flat().map((each) => each.el)));
  label(heads, rows, words);

  const size = sizeOf(el);
  const placed = computed(() => {
    size.value;
    const { before, after, scale } = data.value ?? { before: [], after: [], scale: 1 };
    const on = ({ offsets }: Sample): Continuation =>
      pointsOf({ offsets, firstLifted: false, origin: { x: 0, y: 0 }, scale }, 0);
    return before.flatMap((sample, k) => placedPair(el, rows[k]!, on(sample), on(after[k]!)));
  });
  const { step, again } = written(placed, options);
  let last: { size: Size | null; density: number } = { size: null, density: 0 };
  onFrame(
    () => ({ placed: placed.value, step: step.value, size: size.value, theme: theme().value }),
    ({ placed, step, size }) => {
      const density = Math.min(window.devicePixelRatio, MOST_DENSITY);
      if (size !== last.size || density !== last.density) sized(picture, { ...size, density });
      last = { size, density };
      const context = contextOf(picture);
      clear(context);
      const css = sampleColours(el);
      for (const each of placed) paint(context, each, step, density, css);
    },
  );

  pictured(el, () => {
    const { ink } = sampleColours(el);
    return placed
      .peek()
      .map((each) => each.svg(Math.min(step.peek(), each.length), ink))
      .join("\n");
  });
  return again;
}

function side(names: string): Side {
  const room = make("div", "pairs-room");
  const head = make("span", "pairs-label clipped");
  return { el: make("div", names, head, room), head, room };
}

function label(
  heads: readonly HTMLElement[],
  rows: readonly (readonly Side[])[],
  words: PairsOptions["heads"],
): void {
  effect(() => {
    words.value.forEach((text, k) => {
      heads[k]!.textContent = text;
      for (const row of rows) row[k]!.head.textContent = text;
    });
  });
}

function placedPair(
  el: HTMLElement,
  sides: readonly [Side, Side],
  before: Continuation,
  after: Continuation,
): [PlacedSample, PlacedSample] {
  const [left, right] = [boxIn(el, sides[0].room), boxIn(el, sides[1].room)];
  const wanted = Math.min(Math.max(left.width / UNITS_IN_WIDTH, LEAST_ZOOM), GREATEST_ZOOM);
  const first = new PlacedSample(before, left, wanted);
  const second = new PlacedSample(after, right, wanted, first.zoom);
  return [new PlacedSample(before, left, wanted, second.zoom), second];
}

/** Points that are written of each sample, followed while it plays. */
function written(
  placed: ReadonlySignal<readonly PlacedSample[]>,
  { seen, still }: Pick<PairsOptions, "seen" | "still">,
) {
  const runs = signal(0);
  const writing = signal(!still);
  const playing = computed(() => writing.value && seen.value);
  const step = signal(0);
  effect(() => {
    runs.value;
    step.value = playing.value ? 0 : Number.POSITIVE_INFINITY;
  });
  animated(playing, (ms) => {
    if (placed.value.length === 0) return;
    step.value += ms / MODEL_MS;
    if (placed.value.every(({ length }) => step.value >= length)) writing.value = false;
  });
  const again = (): void =>
    batch(() => {
      runs.value++;
      writing.value = true;
    });
  return { step, again };
}

function paint(
  context: CanvasRenderingContext2D,
  placed: PlacedSample,
  step: number,
  density: number,
  css: { readonly ink: string; readonly future: string },
): void {
  const count = Math.min(step, placed.length);
  placed.enter(context, density);
  context.fillStyle = css.ink;
  for (const run of placed.runs) {
    if (run.end <= count) context.fill(placed.path(run));
    else if (run.begin < count) placed.fillPart(context, run, count);
  }
  if (count === 0 || count === placed.length) return;
  context.fillStyle = css.future;
  placed.fillTip(context, count);
}
