/**
 * Pairs of samples that write themselves at the same pace: without a change and with it.
 *
 * One canvas lies under a grid of places, two a pair. Both samples of a pair have one scale, so that sizes can be
 * compared.
 */

import { computed, effect, type ReadonlySignal, signal } from "@preact/signals-core";
import { canvas, clear, contextOf, sized } from "../draw/canvas.ts";
import { pictured } from "../draw/drawing.ts";
import { make } from "../draw/element.ts";
import { animated, onFrame, type Size, sizeOf, theme } from "../draw/redraw.ts";
import { type Continuation, MODEL_MS } from "../ink/stroke.ts";
import { boxIn, PlacedSample, sampleColours } from "./placed-sample.ts";

export interface Pair {
  readonly before: Continuation;
  readonly after: Continuation;
}

export interface PairsData {
  readonly pairs: readonly Pair[];
  /** Another key: all samples begin again. */
  readonly key: string;
  readonly playing: boolean;
  /** The headings of the two sides. */
  readonly heads: readonly [string, string];
}

export interface PairsOptions {
  /** Number of pairs. */
  readonly count: number;
  /** Every sample is written to its end. */
  onEnd(): void;
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

export function beforeAfter(
  el: HTMLElement,
  data: ReadonlySignal<PairsData>,
  { count, onEnd }: PairsOptions,
): void {
  const picture = canvas(el);
  const heads = [make("div", "pairs-head clipped"), make("div", "pairs-head clipped after")] as const;
  const rows = Array.from({ length: count }, () => [side("pairs-side"), side("pairs-side after")] as const);
  el.append(make("div", "pairs", ...heads, ...rows.flat().map((each) => each.el)));
  label(heads, rows, data);

  const size = sizeOf(el);
  const pairs = computed(() => data.value.pairs);
  const placed = computed(() => {
    size.value;
    return pairs.value.flatMap((pair, k) => placedPair(el, rows[k]!, pair));
  });
  const step = written(data, placed, onEnd);
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
}

function side(names: string): Side {
  const room = make("div", "pairs-room");
  const head = make("span", "pairs-label clipped");
  return { el: make("div", names, head, room), head, room };
}

function label(
  heads: readonly HTMLElement[],
  rows: readonly (readonly Side[])[],
  data: ReadonlySignal<PairsData>,
): void {
  effect(() => {
    data.value.heads.forEach((text, k) => {
      heads[k]!.textContent = text;
      for (const row of rows) row[k]!.head.textContent = text;
    });
  });
}

function placedPair(
  el: HTMLElement,
  [before, after]: readonly [Side, Side],
  pair: Pair,
): [PlacedSample, PlacedSample] {
  const [left, right] = [boxIn(el, before.room), boxIn(el, after.room)];
  const wanted = Math.min(Math.max(left.width / UNITS_IN_WIDTH, LEAST_ZOOM), GREATEST_ZOOM);
  const first = new PlacedSample(pair.before, left, wanted);
  const second = new PlacedSample(pair.after, right, wanted, first.zoom);
  return [new PlacedSample(pair.before, left, wanted, second.zoom), second];
}

/** Points that are written of each sample, followed while it plays. */
function written(
  data: ReadonlySignal<PairsData>,
  placed: ReadonlySignal<readonly PlacedSample[]>,
  onEnd: () => void,
): ReadonlySignal<number> {
  const playing = computed(() => data.value.playing);
  const key = computed(() => data.value.key);
  const step = signal(0);
  effect(() => {
    key.value;
    step.value = playing.value ? 0 : Number.POSITIVE_INFINITY;
  });
  animated(playing, (ms) => {
    if (placed.value.length === 0) return;
    step.value += ms / MODEL_MS;
    if (placed.value.every(({ length }) => step.value >= length)) onEnd();
  });
  return step;
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
