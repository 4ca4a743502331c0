/** The surprise of each step, as bars below a field, with marks where the forks are. */

import type { ReadonlySignal } from "@preact/signals-core";
import { canvasView } from "../../draw/canvas.ts";
import { colours } from "../../draw/colour.ts";
import type { Drawing } from "../../draw/drawing.ts";
import { within } from "../../draw/placing.ts";
import { type Looked, surprise } from "../../futures/field.ts";
import { capture } from "../../ink/capture.ts";

/** Client pixels above the bars, for the marks of forks. */
const MARKS = 14;
/** The range of the bars leaves out this share of the values at each end. */
const TRIMMED = 0.03;

export function surpriseStrip(
  el: HTMLElement,
  data: ReadonlySignal<Looked | null>,
  onLook: (step: number) => void,
): void {
  const inset = (): number => Number.parseFloat(getComputedStyle(el).paddingLeft);
  canvasView(el, data, (context, now, { width, height }) =>
    bars(context, el, now, { left: inset(), width: width - 2 * inset(), height }),
  );
  const look = (event: PointerEvent): void => {
    const n = data.value?.path.length ?? 0;
    const share = (within(el, event).x - inset()) / (el.clientWidth - 2 * inset());
    if (n > 0) onLook(Math.min(Math.max(Math.floor(share * n), 0), n - 1));
  };
  el.addEventListener("pointerdown", (event) => {
    // A pen or a finger goes on scrubbing when it leaves the strip.
    capture(el, event.pointerId);
    look(event);
  });
  el.addEventListener("pointermove", (event) => {
    if (event.pointerType === "mouse" || event.buttons > 0) look(event);
  });
}

interface Box {
  readonly left: number;
  readonly width: number;
  readonly height: number;
}

function bars(context: Drawing, el: HTMLElement, { path, step }: Looked, box: Box): void {
  const n = path.length;
  if (n === 0) return;
  const values = Array.from({ length: n }, (_, p) => surprise(path, p));
  const [low, high] = extent(values);
  const { ink, muted, future } = colours(el, "ink", "muted", "future");
  const wide = box.width / n;
  const gap = wide > 3 ? 1 : 0;
  const tall = box.height - MARKS - 1;
  values.forEach((value, p) => {
    const share = Math.min(Math.max((value - low) / (high - low), 0), 1);
    const bar = 1 + share * (tall - 1);
    const x = box.left + p * wide;
    context.globalAlpha = p === step ? 1 : 0.28 + 0.42 * share;
    context.fillStyle = p === step ? ink : muted;
    context.fillRect(x, box.height - bar, Math.max(wide - gap, 0.6), bar);
    if (path.branches[p]!.length > 1) mark(context, x + wide / 2, p === step, future);
  });
  context.globalAlpha = 1;
  context.fillStyle = ink;
  if (step < n) context.fillRect(box.left + (step + 0.5) * wide - 0.5, MARKS, 1, tall);
}

/** A fork: one stem, two ways. */
function mark(context: Drawing, x: number, looked: boolean, colour: string): void {
  context.globalAlpha = looked ? 1 : 0.75;
  context.strokeStyle = colour;
  context.lineWidth = looked ? 1.6 : 1.1;
  context.beginPath();
  context.moveTo(x - 2.5, 2.5);
  context.lineTo(x, 6);
  context.lineTo(x + 2.5, 2.5);
  context.moveTo(x, 6);
  context.lineTo(x, 10);
  context.stroke();
}

function extent(values: readonly number[]): [number, number] {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number): number => sorted[Math.round(share * (sorted.length - 1))]!;
  const [low, high] = [at(TRIMMED), at(1 - TRIMMED)];
  return [low, Math.max(high, low + 1)];
}
