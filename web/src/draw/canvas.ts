/** Canvases that draw in sheet units. */

/** Where sheet units lie on the canvases. */
export interface Placing {
  /** Client pixels. */
  readonly width: number;
  readonly height: number;
  readonly zoom: number;
  readonly left: number;
  readonly top: number;
  /** Device pixels in a client pixel. */
  readonly density: number;
}

/** A canvas over the whole of an element. */
export function canvas(el: HTMLElement): HTMLCanvasElement {
  const made = document.createElement("canvas");
  made.ariaHidden = "true";
  el.append(made);
  return made;
}

/** Takes the size of a placing; what was drawn is gone. */
export function sized(el: HTMLCanvasElement, { width, height, density }: Placing): void {
  el.width = Math.max(Math.round(width * density), 1);
  el.height = Math.max(Math.round(height * density), 1);
}

/** A context that draws in sheet units. */
export function enter(
  el: HTMLCanvasElement,
  { zoom, left, top, density }: Placing,
): CanvasRenderingContext2D {
  const context = el.getContext("2d");
  if (context === null) throw new Error("this browser has no 2D canvas");
  context.setTransform(zoom * density, 0, 0, zoom * density, left * density, top * density);
  return context;
}

export function clear(el: HTMLCanvasElement, context: CanvasRenderingContext2D): void {
  context.save();
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.clearRect(0, 0, el.width, el.height);
  context.restore();
}
