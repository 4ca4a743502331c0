/**
 * Where the window looks on endless paper. Along the line a native scroller moves it; up and down it moves itself,
 * since a scroller would take the wheel from the page.
 */

import { X_HEIGHT } from "../ink/stroke.ts";

/** Height of an x in client pixels, by the width of the view. */
const LEAST_X_HEIGHT = 29;
const GREATEST_X_HEIGHT = 40;
const X_HEIGHTS_IN_WIDTH = 34;
/** How far two fingers zoom from there. */
const FARTHEST = 0.25;
const CLOSEST = 3;
/** The baseline's share of the height. */
const BASELINE = 0.6;
const SLIDE_MS = 700;
/** More pixels than this in a canvas cost more than they show. */
const MOST_PIXELS = 6e6;

/** What is looked at: the scroll in sheet units, and the y that lies on the view's baseline. */
export interface Place {
  readonly x: number;
  readonly y: number;
}

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
  /** The y that lies on the view's baseline, sheet units. */
  level = 0;
  readonly #scroller: HTMLElement;
  readonly #extent: HTMLElement;
  /** The reader's own zoom, times the one that fits the view. */
  #closer = 1;
  #slide = 0;
  #right = 0;

  /** extent: the element in the scroller that is as wide as the paper. */
  constructor(scroller: HTMLElement, extent: HTMLElement) {
    this.#scroller = scroller;
    this.#extent = extent;
  }

  get scroll(): number {
    return this.#scroller.scrollLeft;
  }

  get place(): Place {
    return { x: this.scroll / this.zoom, y: this.level };
  }

  /** Takes the size of the view; `margin` is where the ruled line begins. Keeps the place that is looked at. */
  resize(margin: number): void {
    const { place } = this;
    this.width = this.#scroller.clientWidth;
    this.height = this.#scroller.clientHeight;
    this.margin = margin;
    this.baseline = Math.round(this.height * BASELINE);
    const fitting = Math.sqrt(MOST_PIXELS / Math.max(this.width * this.height, 1));
    this.density = Math.min(window.devicePixelRatio, fitting);
    this.#rezoom();
    this.look(place);
  }

  /** Makes the paper long enough to look at `right` (sheet units) with room to write on. */
  reach(right: number): void {
    this.#right = right;
    this.#fit(this.scroll);
  }

  /** Client pixels from the view's left edge. */
  screenX(x: number): number {
    return this.margin + x * this.zoom - this.scroll;
  }

  /** Client pixels from the view's top edge. */
  screenY(y: number): number {
    return this.baseline + (y - this.level) * this.zoom;
  }

  /** Sheet units of a client position. */
  toSheet(clientX: number, clientY: number): { x: number; y: number } {
    const box = this.#scroller.getBoundingClientRect();
    return {
      x: (clientX - box.left - this.margin + this.scroll) / this.zoom,
      y: (clientY - box.top - this.baseline) / this.zoom + this.level,
    };
  }

  /** Lets a context draw in sheet units. */
  enter(context: CanvasRenderingContext2D): void {
    const scale = this.zoom * this.density;
    const left = (this.margin - this.scroll) * this.density;
    context.setTransform(scale, 0, 0, scale, left, this.screenY(0) * this.density);
  }

  /** Moves the paper by client pixels. */
  pan(dx: number, dy: number): void {
    this.hold();
    this.look({ x: (this.scroll - dx) / this.zoom, y: this.level - dy / this.zoom });
  }

  /** Zooms about a client position, which stays where it is. */
  zoomBy(clientX: number, clientY: number, factor: number): void {
    this.hold();
    const before = this.toSheet(clientX, clientY);
    this.#closer = Math.min(Math.max(this.#closer * factor, FARTHEST), CLOSEST);
    this.#rezoom();
    const after = this.toSheet(clientX, clientY);
    const { x, y } = this.place;
    this.look({ x: x + before.x - after.x, y: y + before.y - after.y });
    this.#tell();
  }

  look({ x, y }: Place): void {
    this.#fit(x * this.zoom);
    this.#scroller.scrollLeft = x * this.zoom;
    if (this.level === y) return;
    this.level = y;
    this.#tell();
  }

  /** Moves the paper until `x` lies at `share` of the width and `y` on the baseline: over time, or at once. */
  bring(x: number, share: number, y: number, atOnce: boolean): void {
    this.hold();
    const from = this.place;
    const to = { x: Math.max(0, this.margin + x * this.zoom - share * this.width) / this.zoom, y };
    const way = Math.max(Math.abs(to.x - from.x), Math.abs(to.y - from.y)) * this.zoom;
    if (atOnce || way < 1) {
      this.look(to);
      return;
    }
    const start = performance.now();
    const move = (now: number): void => {
      const u = Math.min((now - start) / SLIDE_MS, 1);
      const eased = u < 0.5 ? 4 * u ** 3 : 1 - (2 - 2 * u) ** 3 / 2;
      this.look({ x: from.x + (to.x - from.x) * eased, y: from.y + (to.y - from.y) * eased });
      if (u < 1) this.#slide = requestAnimationFrame(move);
    };
    this.#slide = requestAnimationFrame(move);
  }

  /** Ends a movement where it is. */
  hold(): void {
    cancelAnimationFrame(this.#slide);
  }

  /** Makes the paper long enough for a scroll, too, as long as the end of the ink is in view there. */
  #fit(scroll: number): void {
    const end = this.margin + this.#right * this.zoom;
    const needed = Math.max(end + this.width * 0.6, Math.min(scroll, end) + this.width, this.width);
    const width = `${Math.round(needed)}px`;
    if (this.#extent.style.width !== width) this.#extent.style.width = width;
  }

  /** Whoever follows the paper along the line follows it up and down, too. */
  #tell(): void {
    this.#scroller.dispatchEvent(new Event("scroll"));
  }

  #rezoom(): void {
    const xHeight = Math.min(Math.max(this.width / X_HEIGHTS_IN_WIDTH, LEAST_X_HEIGHT), GREATEST_X_HEIGHT);
    this.zoom = (xHeight / X_HEIGHT) * this.#closer;
    this.reach(this.#right);
  }
}
