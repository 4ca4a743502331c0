/** Canvases: their size, and contexts that draw in client pixels or in sheet units. */

import type { ReadonlySignal } from "@preact/signals-core";
import { type Drawing, pictured, SvgDrawing } from "./drawing.ts";
import { make } from "./element.ts";
import type { Placing } from "./placing.ts";
import { onFrame, type Size, sizeOf, theme } from "./redraw.ts";

/** A canvas over the whole of an element. */
export function canvas(el: HTMLElement): HTMLCanvasElement {
  const made = make("canvas");
  made.ariaHidden = "true";
  el.append(made);
  return made;
}

export function contextOf(el: HTMLCanvasElement): CanvasRenderingContext2D {
  const context = el.getContext("2d");
  if (context === null) throw new Error("this browser has no 2D canvas");
  return context;
}

/** Gives a canvas a size, which clears it. */
export function sized(el: HTMLCanvasElement, { width, height, density }: Size & { density: number }): void {
  el.width = Math.max(Math.round(width * density), 1);
  el.height = Math.max(Math.round(height * density), 1);
}

/** A context that draws in sheet units. */
export function enter(
  el: HTMLCanvasElement,
  { zoom, left, top, density }: Placing,
): CanvasRenderingContext2D {
  const context = contextOf(el);
  context.setTransform(zoom * density, 0, 0, zoom * density, left * density, top * density);
  return context;
}

export function clear(context: CanvasRenderingContext2D): void {
  context.save();
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.clearRect(0, 0, context.canvas.width, context.canvas.height);
  context.restore();
}

/** A cleared context in client pixels. The canvas is resized only when its element was, because that is slow. */
export function fittedContext(picture: HTMLCanvasElement, size: Size): CanvasRenderingContext2D {
  const density = window.devicePixelRatio;
  const [wide, tall] = [picture.width, picture.height];
  const fits = wide === Math.round(size.width * density) && tall === Math.round(size.height * density);
  if (!fits) sized(picture, { ...size, density });
  const context = contextOf(picture);
  clear(context);
  context.setTransform(density, 0, 0, density, 0, 0);
  return context;
}

/**
 * A canvas over an element that shows a signal: redrawn when that changes, and with the element's size and the colour
 * scheme. Nothing is drawn for null, or while the element has no size.
 *
 * draw: gets the context in client pixels, cleared.
 */
export function rasterView<T>(
  el: HTMLElement,
  shown: ReadonlySignal<T | null>,
  draw: (context: CanvasRenderingContext2D, now: T, size: Size) => void,
): ReadonlySignal<Size> {
  const picture = canvas(el);
  const size = sizeOf(el);
  const now = () => ({ data: shown.value, size: size.value, theme: theme().value });
  onFrame(now, ({ data, size }) => {
    const context = fittedContext(picture, size);
    if (data !== null && size.width > 0 && size.height > 0) draw(context, data, size);
  });
  return size;
}

/** A `rasterView` whose drawing, made again as SVG, is in the figure's downloads. */
export function canvasView<T>(
  el: HTMLElement,
  shown: ReadonlySignal<T | null>,
  draw: (context: Drawing, now: T, size: Size) => void,
): void {
  const size = rasterView(el, shown, draw);
  pictured(el, () => {
    const drawing = new SvgDrawing();
    const data = shown.peek();
    if (data !== null) draw(drawing, data, size.peek());
    return drawing.toString();
  });
}
