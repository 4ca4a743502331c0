/** A canvas that fills its element, drawn at most once a frame: again when its size or the colour scheme changes. */

import { canvas } from "./canvas.ts";
import { fittedContext } from "./fitted-canvas.ts";

export interface CanvasView {
  /** Draws in the next frame. */
  wake(): void;
  destroy(): void;
}

export type Draw = (context: CanvasRenderingContext2D, width: number, height: number) => void;

/** draw: gets the context in client pixels, cleared; it is not called while the element has no size. */
export function canvasView(el: HTMLElement, draw: Draw): CanvasView {
  const picture = canvas(el);
  let frame = 0;
  const wake = (): void => {
    if (frame === 0) frame = requestAnimationFrame(paint);
  };
  const paint = (): void => {
    frame = 0;
    const { context, width, height } = fittedContext(picture, el);
    if (width > 0 && height > 0) draw(context, width, height);
  };
  const observer = new ResizeObserver(wake);
  observer.observe(el);
  const scheme = window.matchMedia("(prefers-color-scheme: dark)");
  scheme.addEventListener("change", wake);
  wake();
  return {
    wake,
    destroy() {
      cancelAnimationFrame(frame);
      observer.disconnect();
      scheme.removeEventListener("change", wake);
      picture.remove();
    },
  };
}
