/**
 * The share of the likelier way, by the number of cells that are silent: a line for those that vote most for it, a band
 * for as many random ones. Where the reader is, what is left when they are silent from the first step on.
 */

import type { ReadonlySignal } from "@preact/signals-core";
import { canvasView } from "../../draw/canvas.ts";
import { colours } from "../../draw/colour.ts";
import type { Drawing } from "../../draw/drawing.ts";
import { make } from "../../draw/element.ts";
import { disc, segment, through } from "../../draw/marks.ts";
import { within } from "../../draw/placing.ts";
import type { Size } from "../../draw/redraw.ts";
import { DRAWS } from "../../explain/silence.ts";
import type { AlwaysReply, CurveReply } from "./task.ts";

export interface SilenceData {
  readonly curve: CurveReply;
  readonly always: AlwaysReply | null;
  /** How many cells are silent, and how many may be. */
  readonly silent: number;
  readonly most: number;
}

/** Client pixels around the plot. */
const [LEFT, RIGHT, TOP, BOTTOM] = [44, 14, 12, 34];
/** Client pixels between the marks of both kinds of silence. */
const BESIDE = 14;
const FONT = '12px "Source Serif", Georgia, serif';

/** onChoose: a number of cells is clicked. */
export function silenceChart(
  el: HTMLElement,
  data: ReadonlySignal<SilenceData | null>,
  onChoose: (silent: number) => void,
): void {
  canvasView(el, data, (context, now, size) => draw(context, now, size, el));
  el.addEventListener("click", (event) => {
    if (data.value === null) return;
    const { most } = data.value;
    const share = (within(el, event).x - LEFT) / (el.clientWidth - LEFT - RIGHT);
    onChoose(Math.min(Math.max(Math.round(share * most), 0), most));
  });
}

/** What the marks mean. */
export function silenceKey(): HTMLElement {
  const words = [
    ["top", "the cells that vote most, silent in this step alone"],
    ["band", `as many random cells, ${DRAWS} times`],
    ["always", "both, silent from the first step on"],
  ] as const;
  const entries = words.map(([sign, word]) => make("li", "", make("span", `why-sign ${sign}`), word));
  return make("ul", "key why-key", ...entries);
}

function draw(
  context: Drawing,
  { curve, always, silent, most }: SilenceData,
  size: Size,
  el: HTMLElement,
): void {
  const css = colours(el, "ink", "muted", "rule", "future", "paper", "page", "cell-high");
  const x = (count: number): number => LEFT + (count / Math.max(most, 1)) * (size.width - LEFT - RIGHT);
  const y = (share: number): number => TOP + (1 - share) * (size.height - TOP - BOTTOM);
  context.font = FONT;
  axes(context, css, { x, y, most });

  const { top, random } = curve;
  context.fillStyle = css.muted;
  context.globalAlpha = 0.28;
  // Along the greatest, and back along the least.
  const highest = random.map(({ count, greatest }) => [x(count), y(greatest)] as const);
  const lowest = random.map(({ count, least }) => [x(count), y(least)] as const);
  through(context, [...highest, ...lowest.reverse()]);
  context.closePath();
  context.fill();
  context.globalAlpha = 1;
  context.strokeStyle = css["cell-high"];
  context.lineWidth = 2.5;
  context.lineJoin = "round";
  through(
    context,
    top.map((share, count) => [x(count), y(share)]),
  );
  context.stroke();

  const here = top[silent];
  if (here === undefined) return;
  context.strokeStyle = css.muted;
  context.lineWidth = 1;
  segment(context, [x(silent), y(0)], [x(silent), y(1)]);
  if (always !== null) {
    // Beside the line, on the side where there is room.
    const at = x(silent) + (2 * silent < most ? BESIDE : -BESIDE);
    context.strokeStyle = css.future;
    context.globalAlpha = 0.7;
    context.beginPath();
    for (const share of always.random) {
      context.moveTo(at - 6, y(share));
      context.lineTo(at + 6, y(share));
    }
    context.stroke();
    context.globalAlpha = 1;
    disc(context, [at, y(always.top)], 5, { fill: css.future, rim: css.page, width: 1.5 });
  }
  disc(context, [x(silent), y(here)], 5, { fill: css["cell-high"], rim: css.page, width: 1.5 });
}

interface Axes {
  x(count: number): number;
  y(share: number): number;
  readonly most: number;
}

function axes(
  context: Drawing,
  css: { readonly rule: string; readonly muted: string },
  { x, y, most }: Axes,
): void {
  context.fillStyle = css.muted;
  context.textBaseline = "middle";
  context.textAlign = "right";
  for (const share of [0, 0.5, 1]) {
    context.strokeStyle = css.rule;
    context.lineWidth = 1;
    context.setLineDash(share === 0.5 ? [4, 4] : []);
    segment(context, [x(0), y(share)], [x(most), y(share)]);
    context.fillText(`${100 * share} %`, LEFT - 8, y(share));
  }
  context.setLineDash([]);
  context.textBaseline = "top";
  context.textAlign = "center";
  const every = most > 20 ? 10 : Math.max(1, Math.ceil(most / 5));
  for (let count = 0; count <= most; count += every) context.fillText(String(count), x(count), y(0) + 8);
}
