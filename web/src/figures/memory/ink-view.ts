/**
 * The ink twice: above as it was, each stroke as dark as its influence, with what could come next; below with one stroke
 * changed, and what could come then.
 */

import { computed, type ReadonlySignal, signal } from "@preact/signals-core";
import { canvasView } from "../../draw/canvas.ts";
import { colours } from "../../draw/colour.ts";
import type { Drawing } from "../../draw/drawing.ts";
import { disc, movements, segment } from "../../draw/marks.ts";
import { toSheet, within } from "../../draw/placing.ts";
import { sizeOf } from "../../draw/redraw.ts";
import { listenToDrag } from "../../ink/drag.ts";
import { outline } from "../../ink/outline.ts";
import { type InkPath, inkPath, nearestPoint, penDownRuns, trailsOf } from "../../ink/path.ts";
import { FUTURES } from "./controls.ts";
import { futureOf } from "./influence.ts";
import { type Band, bands, type Scene, strength } from "./scene.ts";
import type { LookReply } from "./task.ts";

interface InkActions {
  /** Another "now". */
  onStep(step: number): void;
  onStroke(stroke: number): void;
}

/** Futures of the cloud, points of each, and points of the one that stands out. */
const [SHOWN, POINTS, LONGER] = [24, 20, 60];
const CLOUD = 0.3;
/** Client pixels. */
const [MARK, LINE, BOLD] = [5, 1.4, 3];
/** How near a pointer has to be to the mark of "now", and to the ink; client pixels. */
const [NEAR_MARK, NEAR_INK] = [22, 36];
/** Ink that came after "now", and a stroke as it was before it was changed. */
const FAINT = 0.14;
/** The faintest and the darkest stroke, and widths of their nibs. */
const [PALEST, THINNEST, BROADEST] = [0.24, 0.8, 1.45];

type Css = Record<"ink" | "future" | "veer-right" | "paper" | "muted", string>;

export function inkView(
  el: HTMLElement,
  scene: ReadonlySignal<Scene | null>,
  { onStep, onStroke }: InkActions,
): void {
  const size = sizeOf(el);
  /** While the mark is dragged, the ink stays where it is. */
  const held = signal<readonly [Band, Band] | null>(null);
  const placed = computed(() => {
    if (scene.value === null || size.value.width === 0) return null;
    const side = Number.parseFloat(getComputedStyle(el).paddingLeft);
    return held.value ?? bands(scene.value, { side, ...size.value });
  });
  canvasView(
    el,
    computed(() => scene.value && placed.value && { scene: scene.value, bands: placed.value }),
    (context, now, { height }) => {
      const css = colours(el, "ink", "future", "veer-right", "paper", "muted");
      context.lineCap = context.lineJoin = "round";
      inBand(context, now.bands[0], () => asItWas(context, now.scene, css, now.bands[0].zoom));
      inBand(context, now.bands[1], () => withTheChange(context, now.scene, css, now.bands[1].zoom));
      marks(context, now.scene, now.bands, css, height);
    },
  );

  /** What a pointer means: a place of the sheet, and how far pixels are from the mark. */
  const at = (event: MouseEvent): { x: number; y: number; toMark: number } | null => {
    if (scene.value === null || placed.value === null) return null;
    const { x, y } = within(el, event);
    const band = placed.value[y < size.value.height / 2 ? 0 : 1];
    const { path, reply } = scene.value.ink;
    const toMark = Math.abs(x - (path.x[reply.step]! * band.zoom + band.left));
    return { ...toSheet({ ...band, ...size.value, density: 1 }, x, y), toMark };
  };
  const press = (place: { x: number; y: number }): void => {
    const { path, runs, reply } = scene.value!.ink;
    const { row, distance } = nearestPoint(path, place.x, place.y);
    if (distance * placed.value![0].zoom >= NEAR_INK) return;
    const stroke = runs.findIndex(({ begin, end }) => row >= begin && row < end);
    if (stroke < reply.strokes.length && stroke >= 0) onStroke(stroke);
    else onStep(row);
  };
  let dragged = false;
  listenToDrag(el, {
    begin: (event) => {
      const place = at(event);
      dragged = place !== null && place.toMark < NEAR_MARK;
      if (dragged) held.value = placed.value;
      return dragged;
    },
    move: (event) => {
      const place = at(event);
      if (place !== null) onStep(nearestPoint(scene.value!.ink.path, place.x, place.y).row);
    },
    end: () => {
      held.value = null;
    },
  });
  // A finger that scrolls the page presses, but does not click.
  el.addEventListener("click", (event) => {
    const place = dragged ? null : at(event);
    if (place !== null) press(place);
  });
  el.addEventListener("pointermove", (event) => {
    const place = held.value === null ? at(event) : null;
    if (place !== null) el.classList.toggle("on-mark", place.toMark < NEAR_MARK);
  });
}

/** Lets a context draw in sheet units. */
function inBand(context: Drawing, { zoom, left, top }: Band, draw: () => void): void {
  context.save();
  context.translate(left, top);
  context.scale(zoom, zoom);
  draw();
  context.restore();
}

function asItWas(context: Drawing, scene: Scene, css: Css, zoom: number): void {
  const { ink, influences, stroke, look } = scene;
  const { path, runs, trails, reply } = ink;
  runs.forEach(({ begin, end }, k) => {
    const influence = influences.get(k)?.divergence;
    const share = influence === undefined ? 0 : strength(influence);
    const ended = k < reply.strokes.length;
    context.fillStyle = k === stroke ? css.future : css.ink;
    context.globalAlpha = ended ? PALEST + (1 - PALEST) * (k === stroke ? 1 : share) : FAINT;
    context.beginPath();
    outline(trails[k]!, context, ended ? THINNEST + (BROADEST - THINNEST) * share : 1);
    context.fill();
    // Of a stroke that has not ended, only the line that is there: nothing was measured of it.
    if (!ended && begin < reply.step) {
      const last = Math.min(reply.step, end - 1);
      context.globalAlpha = 1;
      context.strokeStyle = css.ink;
      context.lineWidth = LINE / zoom;
      line(context, path, begin, last);
    }
  });
  if (look !== null) futures(context, look.before, scene, css["veer-right"], zoom);
}

function withTheChange(context: Drawing, scene: Scene, css: Css, zoom: number): void {
  const { ink, look } = scene;
  if (look === null) return;
  const { path, runs, trails } = ink;
  const changed = changedPath(look, ink.path, ink.reply.scale);
  const dropped = look.change === "drop";
  const { begin, end } = runs[look.stroke]!;
  context.fillStyle = css.ink;
  context.globalAlpha = FAINT;
  context.beginPath();
  outline(trails[look.stroke]!, context);
  context.fill();
  context.globalAlpha = 1;
  const own = penDownRuns(changed.lifted, changed.length + 1);
  trailsOf(changed).forEach((trail, k) => {
    const isIt = !dropped && own[k]!.begin === begin && own[k]!.end === end;
    context.fillStyle = isIt ? css.future : css.ink;
    context.beginPath();
    outline(trail, context);
    context.fill();
  });
  context.globalAlpha = FAINT;
  context.fillStyle = css.ink;
  runs.forEach((run, k) => {
    if (run.begin < look.step || path.length === look.step) return;
    context.beginPath();
    outline(trails[k]!, context);
    context.fill();
  });
  futures(context, look.after, scene, css.future, zoom);
}

/** The changed ink before the step, where the ink as it was has the same last point. */
function changedPath(look: LookReply, path: InkPath, scale: number): InkPath {
  const { offsets, stroke, change } = look;
  const firstLifted = path.lifted[0] === 1 && !(change === "drop" && stroke === 0);
  const found = inkPath({ offsets, firstLifted, origin: { x: 0, y: 0 }, scale });
  const dx = path.x[look.step]! - found.x[found.length]!;
  const dy = path.y[look.step]! - found.y[found.length]!;
  return { ...found, x: found.x.map((x) => x + dx), y: found.y.map((y) => y + dy) };
}

/** A cloud of futures, and one of them that goes on. */
function futures(context: Drawing, all: Float32Array, scene: Scene, colour: string, zoom: number): void {
  const { path, reply } = scene.ink;
  const origin = { x: path.x[reply.step]!, y: path.y[reply.step]! };
  const firstLifted = path.lifted[reply.step] === 1;
  const draw = (f: number, points: number): void => {
    const offsets = futureOf(all, FUTURES, f).subarray(0, 3 * points);
    line(context, inkPath({ offsets, firstLifted, origin, scale: reply.scale }), 0, points);
  };
  context.strokeStyle = colour;
  context.lineWidth = LINE / zoom;
  context.globalAlpha = CLOUD;
  for (let f = 0; f < SHOWN; f++) draw(f, POINTS);
  context.globalAlpha = 1;
  context.lineWidth = BOLD / zoom;
  draw(scene.future, LONGER);
}

/** A line through points of a path, where the pen is down. */
function line(context: Drawing, { x, y, lifted }: InkPath, first: number, last: number): void {
  movements(context, lifted, [first, last], (p) => [x[p]!, y[p]!]);
}

/** "Now" in both bands, and the line between them. */
function marks(
  context: Drawing,
  { ink: { path, reply } }: Scene,
  [upper, lower]: readonly [Band, Band],
  css: Css,
  height: number,
): void {
  const x = path.x[reply.step]! * upper.zoom + upper.left;
  context.strokeStyle = css.muted;
  context.lineWidth = 1;
  context.setLineDash([2, 4]);
  segment(context, [x, 0], [x, height]);
  context.setLineDash([]);
  const look = { fill: css.paper, rim: css.ink, width: 1.75 };
  for (const { top, zoom } of [upper, lower])
    disc(context, [x, path.y[reply.step]! * zoom + top], MARK, look);
}
