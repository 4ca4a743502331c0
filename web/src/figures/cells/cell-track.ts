/** What the ink is coloured by, as a curve over the steps: exact where colours end. */

import { divergingPalette } from "../../cells/palette.ts";
import type { ColourScale } from "../../cells/scale.ts";
import { canvas } from "../../draw/canvas.ts";
import { colour } from "../../draw/colour.ts";
import { fittedContext } from "../../draw/fitted-canvas.ts";
import type { Span } from "./span.ts";

export interface TrackData {
  /** [n + 1] */
  readonly values: Float32Array;
  /** The number of the colour at each of them. */
  readonly levels: Uint8Array;
  readonly scale: ColourScale;
  readonly span: Span;
  readonly row: number;
}

export interface TrackOptions {
  onLook(row: number): void;
}

export interface Track {
  update(data: TrackData): void;
  destroy(): void;
}

/** Client pixels above and below the curve. */
const ROOM = 10;

export function cellTrack(el: HTMLElement, initial: TrackData, options: TrackOptions): Track {
  const picture = canvas(el);
  const step = document.createElement("div");
  const dot = document.createElement("div");
  step.className = "cross across";
  dot.className = "track-dot";
  el.append(step, dot);
  const scheme = window.matchMedia("(prefers-color-scheme: dark)");
  let data = initial;
  /** The levels that the curve was drawn with; null: it has to be drawn. */
  let drawn: Uint8Array | null = null;
  let frame = 0;

  const draw = (): void => {
    frame = 0;
    const { values, levels, scale, span } = data;
    const { centre } = scale.limits;
    const [least, greatest] = range(values, centre);
    const { clientWidth: width, clientHeight: height } = el;
    const x = (p: number): number => ((p + 0.5 - span.from) * width) / span.length;
    const y = (value: number): number =>
      ROOM + ((greatest - value) / (greatest - least)) * (height - 2 * ROOM);
    step.style.transform = `translateX(${x(data.row) - 0.5}px)`;
    dot.style.transform = `translate(${x(data.row)}px, ${y(values[data.row]!)}px)`;
    if (levels === drawn) return;
    drawn = levels;
    const { context } = fittedContext(picture, el);
    context.fillStyle = colour(el, "--rule");
    context.fillRect(0, y(centre) - 0.5, width, 1);
    const { css } = divergingPalette(scheme.matches ? "dark" : "light");
    context.lineWidth = 2.25;
    context.lineCap = "round";
    const end = Math.min(span.from + span.length, values.length);
    for (let p = Math.max(span.from, 1); p < end; p++) {
      context.strokeStyle = css[levels[p]!]!;
      context.beginPath();
      context.moveTo(x(p - 1), y(values[p - 1]!));
      context.lineTo(x(p), y(values[p]!));
      context.stroke();
    }
  };
  const wake = (): void => {
    if (frame === 0) frame = requestAnimationFrame(draw);
  };

  const look = (event: PointerEvent): void => {
    const box = el.getBoundingClientRect();
    const at = data.span.from + ((event.clientX - box.left) / box.width) * data.span.length;
    options.onLook(Math.min(Math.max(Math.floor(at), 0), data.values.length - 1));
  };
  el.addEventListener("pointermove", look);
  el.addEventListener("pointerdown", look);
  const redraw = (): void => {
    drawn = null;
    wake();
  };
  const observer = new ResizeObserver(redraw);
  observer.observe(el);
  scheme.addEventListener("change", redraw);
  wake();

  return {
    update(next) {
      if (next.span.from !== data.span.from || next.span.length !== data.span.length) drawn = null;
      data = next;
      wake();
    },
    destroy() {
      cancelAnimationFrame(frame);
      el.removeEventListener("pointermove", look);
      el.removeEventListener("pointerdown", look);
      observer.disconnect();
      scheme.removeEventListener("change", redraw);
      el.replaceChildren();
    },
  };
}

/** Of all values, with the middle in it. */
function range(values: Float32Array, centre: number): [number, number] {
  let [least, greatest] = [centre, centre];
  for (const value of values) {
    least = Math.min(least, value);
    greatest = Math.max(greatest, value);
  }
  return least < greatest ? [least, greatest] : [centre - 1, centre + 1];
}
