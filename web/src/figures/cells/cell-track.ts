/** What the ink is coloured by, as a curve over the steps: exact where colours are not. */

import { computed, effect, type ReadonlySignal } from "@preact/signals-core";
import { RIM, RIM_WIDTH } from "../../cells/ink-painter.ts";
import { canvasView } from "../../draw/canvas.ts";
import { colours } from "../../draw/colour.ts";
import type { Drawing } from "../../draw/drawing.ts";
import { make } from "../../draw/element.ts";
import { type At, segment, through } from "../../draw/marks.ts";
import { divergingPalette } from "../../draw/palette.ts";
import { within } from "../../draw/placing.ts";
import { type Size, sizeOf, theme } from "../../draw/redraw.ts";
import { extent } from "../../ink/path.ts";
import type { Seen } from "./seen.ts";

interface TrackData extends Seen {
  /** [n + 1]: the mean of the chosen cells. */
  readonly values: Float32Array;
}

/** Client pixels above and below the curve, and of the curve. */
const ROOM = 10;
const WIDTH = 2.25;

export function cellTrack(
  el: HTMLElement,
  seen: ReadonlySignal<Seen | null>,
  look: (row: number) => void,
): void {
  const data = computed(
    () => seen.value && { ...seen.value, values: seen.value.matrix.means(seen.value.chosen) },
  );
  const step = make("div", "cross across");
  const dot = make("div", "track-dot");
  canvasView(el, data, (context, now, size) => draw(context, el, now, size));
  el.append(step, dot);
  const size = sizeOf(el);
  const place = computed(() => data.value && axes(data.value, size.value));
  effect(() => {
    if (place.value === null || data.value === null) return;
    const { x, y } = place.value;
    const { row, values } = data.value;
    step.style.transform = `translateX(${x(row) - 0.5}px)`;
    dot.style.transform = `translate(${x(row)}px, ${y(values[row]!)}px)`;
  });
  const point = (event: PointerEvent): void => {
    if (data.value === null) return;
    const { span, values } = data.value;
    const at = span.from + (within(el, event).x / el.clientWidth) * span.length;
    look(Math.min(Math.max(Math.floor(at), 0), values.length - 1));
  };
  el.addEventListener("pointermove", point);
  el.addEventListener("pointerdown", point);
}

/** Where steps and values lie. */
function axes({ values, scale, span }: TrackData, { width, height }: Size) {
  const { centre } = scale.limits;
  const [least, greatest] = extent([...extent(values), centre]);
  const [low, high] = least < greatest ? [least, greatest] : [centre - 1, centre + 1];
  return {
    x: (p: number): number => ((p + 0.5 - span.from) * width) / span.length,
    y: (value: number): number => ROOM + ((high - value) / (high - low)) * (height - 2 * ROOM),
  };
}

function draw(context: Drawing, el: HTMLElement, data: TrackData, size: Size): void {
  const { values, ink, scale, span } = data;
  const { x, y } = axes(data, size);
  context.fillStyle = colours(el, "rule").rule;
  context.fillRect(0, y(scale.limits.centre) - 0.5, size.width, 1);
  const { css } = divergingPalette(theme().value);
  context.lineCap = context.lineJoin = "round";
  const begin = Math.max(span.from, 1);
  const end = Math.min(span.from + span.length, values.length);
  if (begin >= end) return;
  const points = Array.from(values.subarray(begin - 1, end), (value, k): At => [x(begin - 1 + k), y(value)]);
  // The curve has a rim, as the ink has.
  context.lineWidth = WIDTH + 2 * RIM_WIDTH;
  context.strokeStyle = RIM;
  through(context, points);
  context.stroke();
  context.lineWidth = WIDTH;
  for (let k = 1; k < points.length; k++) {
    context.strokeStyle = css[ink.levels[begin - 1 + k]!]!;
    segment(context, points[k - 1]!, points[k]!);
  }
}
