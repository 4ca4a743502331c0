/** What the ink is coloured by, as a curve over the steps: exact where colours end. */

import { divergingPalette } from "../cells/palette.ts";
import type { ColourScale } from "../cells/scale.ts";
import type { Span } from "../cells/span.ts";
import { canvas } from "./field-painter.ts";
import { colour } from "./futures-field.ts";

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
  const scheme = window.matchMedia("(prefers-color-scheme: dark)");
  let data = initial;
  let frame = 0;

  const draw = (): void => {
    frame = 0;
    const density = window.devicePixelRatio;
    const { clientWidth: width, clientHeight: height } = el;
    picture.width = Math.max(Math.round(width * density), 1);
    picture.height = Math.max(Math.round(height * density), 1);
    const context = picture.getContext("2d");
    if (context === null) return;
    context.setTransform(density, 0, 0, density, 0, 0);
    const { values, levels, scale, span, row } = data;
    const { centre } = scale.limits;
    const [least, greatest] = range(values, centre);
    const x = (p: number): number => ((p + 0.5 - span.from) * width) / span.length;
    const y = (value: number): number =>
      ROOM + ((greatest - value) / (greatest - least)) * (height - 2 * ROOM);
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
    context.fillStyle = colour(el, "--ink");
    context.globalAlpha = 0.55;
    context.fillRect(x(row) - 0.5, 0, 1, height);
    context.globalAlpha = 1;
    context.beginPath();
    context.arc(x(row), y(values[row]!), 3.5, 0, 2 * Math.PI);
    context.fill();
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
  const observer = new ResizeObserver(wake);
  observer.observe(el);
  scheme.addEventListener("change", wake);
  wake();

  return {
    update(next) {
      data = next;
      wake();
    },
    destroy() {
      cancelAnimationFrame(frame);
      el.removeEventListener("pointermove", look);
      el.removeEventListener("pointerdown", look);
      observer.disconnect();
      scheme.removeEventListener("change", wake);
      picture.remove();
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
