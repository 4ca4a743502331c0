/** One canvas over the whole view, drawn at most once a frame. */

import type { Camera } from "./camera.ts";
import { canvas, contextOf, sized } from "./canvas.ts";
import type { Box } from "./strokes.ts";

export class Layer {
  readonly #camera: Camera;
  readonly #canvas: HTMLCanvasElement;
  readonly #context: CanvasRenderingContext2D;

  constructor(el: HTMLElement, camera: Camera) {
    this.#camera = camera;
    this.#canvas = canvas(el);
    this.#context = contextOf(this.#canvas);
  }

  /** Takes the camera's size; this clears the canvas. */
  resize(): void {
    sized(this.#canvas, this.#camera);
  }

  /** Clears, and lets `paint` draw in sheet units. part: a box in sheet units outside of which nothing changes. */
  draw(paint: (context: CanvasRenderingContext2D) => void, part: Box | null = null): void {
    const context = this.#context;
    context.setTransform(1, 0, 0, 1, 0, 0);
    const { width, height } = this.#canvas;
    const [left, top, right, bottom] = part === null ? [0, 0, width, height] : this.#pixels(part);
    context.save();
    context.beginPath();
    context.rect(left, top, right - left, bottom - top);
    context.clip();
    context.clearRect(left, top, right - left, bottom - top);
    this.#camera.enter(context);
    context.globalAlpha = 1;
    paint(context);
    context.restore();
  }

  /** The whole pixels that a box touches: left, top, right, bottom. */
  #pixels(box: Box): [number, number, number, number] {
    const { density } = this.#camera;
    return [
      Math.floor(this.#camera.screenX(box.left) * density),
      Math.floor(this.#camera.screenY(box.top) * density),
      Math.ceil(this.#camera.screenX(box.right) * density),
      Math.ceil(this.#camera.screenY(box.bottom) * density),
    ];
  }
}
