/** One canvas over the whole view, drawn at most once a frame. */

import type { Camera } from "./camera.ts";

export class Layer {
  readonly #camera: Camera;
  readonly #canvas: HTMLCanvasElement;
  readonly #context: CanvasRenderingContext2D;

  constructor(el: HTMLElement, camera: Camera) {
    this.#camera = camera;
    this.#canvas = document.createElement("canvas");
    this.#canvas.ariaHidden = "true";
    const context = this.#canvas.getContext("2d");
    if (context === null) throw new Error("this browser has no 2D canvas");
    this.#context = context;
    el.append(this.#canvas);
  }

  /** Takes the camera's size; this clears the canvas. */
  resize(): void {
    const { width, height, density } = this.#camera;
    this.#canvas.width = Math.max(Math.round(width * density), 1);
    this.#canvas.height = Math.max(Math.round(height * density), 1);
  }

  /** Clears, and lets `paint` draw in sheet units. */
  draw(paint: (context: CanvasRenderingContext2D) => void): void {
    const context = this.#context;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, this.#canvas.width, this.#canvas.height);
    this.#camera.enter(context);
    context.globalAlpha = 1;
    paint(context);
  }
}
