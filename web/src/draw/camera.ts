/** Where the window looks on an endless strip of paper: zoom from the room there is, scroll from a native scroller. */

import { X_HEIGHT } from "../ink/stroke.ts";

/** Height of an x in client pixels, by the width of the view. */
const LEAST_X_HEIGHT = 29;
const GREATEST_X_HEIGHT = 40;
const X_HEIGHTS_IN_WIDTH = 34;
/** The baseline's share of the height. */
const BASELINE = 0.6;
const SLIDE_MS = 700;
/** More pixels than this in a canvas cost more than they show. */
const MOST_PIXELS = 6e6;

export class Camera {
  /** Client pixels in a sheet unit. */
  zoom = 1;
  width = 0;
  height = 0;
  /** Client pixels from the view's top to the baseline, and from the paper's left end to x = 0. */
  baseline = 0;
  margin = 0;
  /** Device pixels in a client pixel. */
  density = 1;
  readonly #scroller: HTMLElement;
  readonly #extent: HTMLElement;
  #slide = 0;

  /** extent: the element in the scroller that is as wide as the paper. */
  constructor(scroller: HTMLElement, extent: HTMLElement) {
    this.#scroller = scroller;
    this.#extent = extent;
  }

  get scroll(): number {
    return this.#scroller.scrollLeft;
  }

  /** Takes the size of the view; `margin` is where the ruled line begins. Keeps the place that is looked at. */
  resize(margin: number): void {
    const at = this.scroll / this.zoom;
    this.width = this.#scroller.clientWidth;
    this.height = this.#scroller.clientHeight;
    this.margin = margin;
    this.baseline = Math.round(this.height * BASELINE);
    const xHeight = Math.min(Math.max(this.width / X_HEIGHTS_IN_WIDTH, LEAST_X_HEIGHT), GREATEST_X_HEIGHT);
    this.zoom = xHeight / X_HEIGHT;
    const fitting = Math.sqrt(MOST_PIXELS / Math.max(this.width * this.height, 1));
    this.density = Math.min(window.devicePixelRatio, fitting);
    this.#scroller.scrollLeft = at * this.zoom;
  }

  /** Makes the paper long enough to look at `right` (sheet units) with room to write on. */
  reach(right: number): void {
    const needed = Math.round(this.margin + right * this.zoom + this.width * 0.6);
    const width = `${Math.max(needed, this.width)}px`;
    if (this.#extent.style.width !== width) this.#extent.style.width = width;
  }

  /** Client pixels from the view's left edge. */
  screenX(x: number): number {
    return this.margin + x * this.zoom - this.scroll;
  }

  /** Sheet units of a client position. */
  toSheet(clientX: number, clientY: number): { x: number; y: number } {
    const box = this.#scroller.getBoundingClientRect();
    return {
      x: (clientX - box.left - this.margin + this.scroll) / this.zoom,
      y: (clientY - box.top - this.baseline) / this.zoom,
    };
  }

  /** Lets a context draw in sheet units. */
  enter(context: CanvasRenderingContext2D): void {
    const scale = this.zoom * this.density;
    const left = (this.margin - this.scroll) * this.density;
    context.setTransform(scale, 0, 0, scale, left, this.baseline * this.density);
  }

  pan(dx: number): void {
    this.hold();
    this.#scroller.scrollLeft -= dx;
  }

  /** Moves the paper until `x` lies at `share` of the width: over time, or at once. */
  bring(x: number, share: number, atOnce: boolean): void {
    this.hold();
    const from = this.scroll;
    const to = Math.max(0, this.margin + x * this.zoom - share * this.width);
    if (atOnce || Math.abs(to - from) < 1) {
      this.#scroller.scrollLeft = to;
      return;
    }
    const start = performance.now();
    const move = (now: number): void => {
      const u = Math.min((now - start) / SLIDE_MS, 1);
      const eased = u < 0.5 ? 4 * u ** 3 : 1 - (2 - 2 * u) ** 3 / 2;
      this.#scroller.scrollLeft = from + (to - from) * eased;
      if (u < 1) this.#slide = requestAnimationFrame(move);
    };
    this.#slide = requestAnimationFrame(move);
  }

  /** Ends a movement where it is. */
  hold(): void {
    cancelAnimationFrame(this.#slide);
  }
}
