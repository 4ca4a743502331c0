/** An outline as the text of an SVG path, in tenths of a unit, each step from the place where the text has arrived. */

import type { PathSink } from "./outline.ts";

const GRID = 10;

export class PathText implements PathSink {
  #text = "";
  #x = 0;
  #y = 0;
  readonly #scale: number;
  readonly #left: number;
  readonly #top: number;

  /** Points come out scaled, then moved. */
  constructor(scale = 1, left = 0, top = 0) {
    this.#scale = scale;
    this.#left = left;
    this.#top = top;
  }

  moveTo(x: number, y: number): void {
    this.#x = this.#on(x, this.#left);
    this.#y = this.#on(y, this.#top);
    this.#text += `M${this.#x / GRID},${this.#y / GRID}`;
  }

  lineTo(x: number, y: number): void {
    const [toX, toY] = [this.#on(x, this.#left), this.#on(y, this.#top)];
    if (toX === this.#x && toY === this.#y) return;
    this.#text += `l${(toX - this.#x) / GRID},${(toY - this.#y) / GRID}`;
    this.#x = toX;
    this.#y = toY;
  }

  closePath(): void {
    this.#text += "Z";
  }

  toString(): string {
    return this.#text;
  }

  #on(value: number, from: number): number {
    return Math.round((from + value * this.#scale) * GRID);
  }
}
