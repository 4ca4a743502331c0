/** Influence against distance: of the strokes of this ink, of the one that is chosen, and over many lines. */

import { computed, effect, type ReadonlySignal } from "@preact/signals-core";
import { canvasView } from "../../draw/canvas.ts";
import { colours } from "../../draw/colour.ts";
import type { Drawing } from "../../draw/drawing.ts";
import { make } from "../../draw/element.ts";
import { circle, segment, through } from "../../draw/marks.ts";
import type { Size } from "../../draw/redraw.ts";
import { mean } from "../../engine/measures.ts";
import { DISTANCES } from "./influence.ts";
import reach from "./reach.json";
import { type Scene, strength } from "./scene.ts";
import type { StrokeReply } from "./task.ts";
import { CHANGE_LABELS } from "./words.ts";

/** A point of a curve: steps since the stroke was left, and nats. */
interface Place {
  readonly distance: number;
  readonly nats: number;
}

/** Means over the lines of a data set, of the default checkpoint (`pentrace explain reach`). */
interface Curve {
  readonly distances: readonly number[];
  readonly mean: readonly number[];
  /** The distance from which on the mean is below a tenth of what it is at first; null where it never is. */
  readonly reach: number | null;
}

/** By what is done to a stroke. */
export const CURVES: Readonly<Record<string, Curve>> = reach.curves;

/** What is drawn: both axes are logarithmic. */
const [NEAREST, FARTHEST] = [1, 300];
const [LEAST, MOST] = [0.0001, 2];
/** Client pixels around the plot. */
const ROOM = { left: 44, right: 12, top: 10, bottom: 40 };
const FONT = 13;
const X_TICKS = [1, 3, 10, 30, 100, 300];
const Y_TICKS = [0.0001, 0.001, 0.01, 0.1, 1];

function placesOf(nats: readonly number[], distances: readonly number[] = DISTANCES): Place[] {
  return nats.map((value, k) => ({ distance: distances[k]!, nats: value }));
}

/** The mean over strokes of one ink, at each distance at which there are some. */
export function meanOf(strokes: Iterable<StrokeReply>): Place[] {
  const all = [...strokes];
  return DISTANCES.flatMap((distance, k) => {
    const known = all.flatMap(({ near }) => near[k] ?? []);
    return known.length === 0 ? [] : [{ distance, nats: mean(known) }];
  });
}

/** The influence of one stroke at each distance, with that at "now". */
function trackOf({ near, divergence }: StrokeReply, since: number): Place[] {
  const others = placesOf(near).filter(({ distance }) => distance !== since);
  return [...others, { distance: since, nats: divergence }].sort((a, b) => a.distance - b.distance);
}

export function plotView(
  el: HTMLElement,
  scene: ReadonlySignal<Scene | null>,
  change: ReadonlySignal<string>,
): void {
  const picture = make("div", "memory-curve");
  picture.role = "img";
  const note = make("p", "memory-note");
  el.append(
    make("h3", "", "Influence against distance"),
    picture,
    make(
      "ul",
      "key memory-key",
      make("li", "key-chosen", "the chosen stroke, as the pen went on"),
      make("li", "key-own", "mean of the strokes of this ink"),
      make("li", "key-lines", `mean over ${reach.lines} lines`),
    ),
    note,
  );
  effect(() => {
    const { reach: far } = CURVES[change.value]!;
    const fades =
      far === null ? "stays above a tenth" : `falls below a tenth of its first value after ${far} steps`;
    note.textContent = `Over ${reach.lines} lines that the default model never saw, the influence of a stroke that is ${CHANGE_LABELS[change.value]} ${fades}; a letter has about 21. This curve is always that of the default model. The dots are the strokes above.`;
    picture.ariaLabel = `Influence in nats against steps since the pen left the stroke, from 1 to ${FARTHEST}. ${note.textContent}`;
  });
  canvasView(
    picture,
    computed(() => scene.value && { scene: scene.value, change: change.value }),
    (context, now, size) => draw(context, now.scene, now.change, size, picture),
  );
}

function draw(context: Drawing, scene: Scene, change: string, size: Size, el: HTMLElement): void {
  const css = colours(el, "ink", "future", "muted", "line");
  const right = size.width - ROOM.right;
  const bottom = size.height - ROOM.bottom;
  const x = (distance: number): number => {
    const share = Math.log(Math.max(distance, NEAREST) / NEAREST) / Math.log(FARTHEST / NEAREST);
    return ROOM.left + Math.min(share, 1.03) * (right - ROOM.left);
  };
  const y = (nats: number): number => {
    const share = Math.log(Math.min(Math.max(nats, LEAST), MOST) / LEAST) / Math.log(MOST / LEAST);
    return bottom - share * (bottom - ROOM.top);
  };
  context.font = `${FONT}px ${getComputedStyle(el).fontFamily}`;
  context.fillStyle = css.muted;
  context.strokeStyle = css.line;
  context.lineWidth = 1;
  context.textAlign = "right";
  context.textBaseline = "middle";
  for (const tick of Y_TICKS) {
    segment(context, [ROOM.left, y(tick)], [right, y(tick)]);
    context.fillText(String(tick), ROOM.left - 6, y(tick));
  }
  context.textBaseline = "top";
  context.textAlign = "center";
  for (const tick of X_TICKS) context.fillText(String(tick), Math.min(x(tick), right - 4), bottom + 4);
  context.textAlign = "right";
  context.fillText("steps since the pen left the stroke", right, bottom + 4 + 1.35 * FONT);

  const curve = (places: readonly Place[], colour: string, width: number, dashes: number[]): void => {
    context.strokeStyle = colour;
    context.lineWidth = width;
    context.setLineDash(dashes);
    through(
      context,
      places.map(({ distance, nats }) => [x(distance), y(nats)]),
    );
    context.stroke();
    context.setLineDash([]);
  };
  const { influences, stroke, ink } = scene;
  const { mean: usual, distances } = CURVES[change]!;
  curve(placesOf(usual, distances), css.muted, 5, []);
  curve(meanOf(influences.values()), css.ink, 1.75, [6, 4]);
  const chosen = stroke === null ? undefined : influences.get(stroke);
  const sinceOf = (number: number): number => ink.reply.step - (ink.runs[number]!.end - 1);
  if (chosen !== undefined) curve(trackOf(chosen, sinceOf(chosen.stroke)), css.future, 2, []);
  for (const { stroke: number, divergence } of influences.values()) {
    const since = sinceOf(number);
    context.globalAlpha = number === stroke ? 1 : 0.35 + 0.5 * strength(divergence);
    context.fillStyle = number === stroke ? css.future : css.ink;
    circle(context, [x(since), y(divergence)], number === stroke ? 5 : 3.5);
    context.fill();
  }
  context.globalAlpha = 1;
}
