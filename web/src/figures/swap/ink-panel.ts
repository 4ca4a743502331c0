/** An ink, and the step at which its state is looked at: point at the ink, or move along it by keys. */

import { effect, type ReadonlySignal } from "@preact/signals-core";
import { canvasView } from "../../draw/canvas.ts";
import { colours } from "../../draw/colour.ts";
import type { Drawing } from "../../draw/drawing.ts";
import { asSlider, make, stepOf } from "../../draw/element.ts";
import { disc } from "../../draw/marks.ts";
import { fitted, type Placing, toSheet, within } from "../../draw/placing.ts";
import { listenToDrag } from "../../ink/drag.ts";
import { outline } from "../../ink/outline.ts";
import { type InkPath, nearestPoint, trailsOf } from "../../ink/path.ts";

export interface PanelData {
  readonly path: InkPath;
  readonly step: number;
  /** The least step that can be looked at. */
  readonly least: number;
  readonly title: string;
  /** The step in words. */
  readonly text: string;
}

/** Client pixels in a sheet unit at most. */
const ZOOM = 1.1;
/** Points that are shown at once; a longer ink is cut about the step. */
const MOST = 700;
/** A pointer farther than this from the ink (client pixels) does not mean it. */
const NEAR = 60;
const UNREAD_ALPHA = 0.28;
const RADIUS = 5;
const STEPS: Readonly<Record<string, number>> = {
  ArrowRight: 1,
  ArrowUp: 1,
  ArrowLeft: -1,
  ArrowDown: -1,
  PageUp: 10,
  PageDown: -10,
  Home: Number.NEGATIVE_INFINITY,
  End: Number.POSITIVE_INFINITY,
};

export function inkPanel(
  el: HTMLElement,
  data: ReadonlySignal<PanelData | null>,
  options: { readonly label: string; onLook(step: number): void },
): void {
  const head = make("h3", "swap-head clipped");
  const surface = make("div", "swap-surface");
  asSlider(surface, options.label);
  el.append(head, surface);

  canvasView(surface, data, (context, now, size) => draw(context, now, size, surface));
  effect(() => {
    const now = data.value;
    head.textContent = now?.title ?? "";
    surface.ariaValueMin = String(now?.least ?? 0);
    surface.ariaValueMax = String(now?.path.length ?? 0);
    surface.ariaValueNow = String(now?.step ?? 0);
    surface.ariaValueText = now?.text ?? "";
  });
  const look = (step: number): void => {
    const now = data.value;
    if (now !== null) options.onLook(Math.min(Math.max(step, now.least), now.path.length));
  };
  surface.addEventListener("keydown", (event) => {
    const by = stepOf(event, STEPS);
    if (by !== undefined) look((data.value?.step ?? 0) + by);
  });
  listenToPointer(surface, data, look);
}

/** A press near the ink looks at the nearest point, and so does a drag from there. */
function listenToPointer(
  surface: HTMLElement,
  data: ReadonlySignal<PanelData | null>,
  look: (step: number) => void,
): void {
  const follow = (event: PointerEvent, held: boolean): boolean => {
    const now = data.value;
    if (now === null) return false;
    const { part, first } = shown(now);
    const place = placing(part, { width: surface.clientWidth, height: surface.clientHeight });
    const at = within(surface, event);
    const { x, y } = toSheet(place, at.x, at.y);
    const { row, distance } = nearestPoint(part, x, y);
    if (!held && distance * place.zoom > NEAR) return false;
    look(first + row);
    return true;
  };
  listenToDrag(surface, { begin: (event) => follow(event, false), move: (event) => follow(event, true) });
}

interface Size {
  readonly width: number;
  readonly height: number;
}

function draw(context: Drawing, data: PanelData, size: Size, el: HTMLElement): void {
  const { part, first } = shown(data);
  const { zoom, left, top } = placing(part, size);
  const css = colours(el, "ink", "future", "paper");
  const at = data.step - first;
  context.save();
  context.translate(left, top);
  context.scale(zoom, zoom);
  context.fillStyle = css.ink;
  context.globalAlpha = UNREAD_ALPHA;
  fill(context, cut(part, at, part.length));
  context.globalAlpha = 1;
  fill(context, cut(part, 0, at));
  const look = { fill: css.paper, rim: css.future, width: 2 / zoom };
  disc(context, [part.x[at]!, part.y[at]!], RADIUS / zoom, look);
  context.restore();
}

function fill(context: Drawing, path: InkPath): void {
  context.beginPath();
  for (const trail of trailsOf(path)) outline(trail, context);
  context.fill();
}

function placing(path: InkPath, { width, height }: Size): Placing {
  return fitted(path, width, height, { most: ZOOM, room: 14 });
}

/** The points that are shown: all, or those about the step. */
function shown({ path, step }: PanelData): { readonly part: InkPath; readonly first: number } {
  const first = Math.min(Math.max(step - MOST / 2, 0), Math.max(path.length - MOST, 0));
  return { part: cut(path, first, Math.min(first + MOST, path.length)), first };
}

/** The points from one to another, both included. */
function cut({ x, y, lifted }: InkPath, from: number, to: number): InkPath {
  const part = [from, to + 1] as const;
  return {
    length: to - from,
    x: x.subarray(...part),
    y: y.subarray(...part),
    lifted: lifted.subarray(...part),
  };
}
