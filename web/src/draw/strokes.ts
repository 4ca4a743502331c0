/** Strokes as filled outlines, made once for each closed stroke. */

import { outline } from "../ink/outline.ts";
import { type Stroke, X_HEIGHT } from "../ink/stroke.ts";
import type { Camera } from "./camera.ts";

interface Drawn {
  readonly path: Path2D;
  readonly left: number;
  readonly right: number;
}

export class StrokePaths {
  readonly #drawn = new WeakMap<Stroke, Drawn>();

  /** Fills those strokes of an ink that the camera sees. */
  fill(context: CanvasRenderingContext2D, ink: readonly Stroke[], camera: Camera): void {
    for (const stroke of ink) {
      const { path, left, right } = this.#of(stroke);
      const seen = camera.screenX(right) > -X_HEIGHT && camera.screenX(left) < camera.width + X_HEIGHT;
      if (seen) context.fill(path);
    }
  }

  #of(stroke: Stroke): Drawn {
    const known = this.#drawn.get(stroke);
    if (known !== undefined) return known;
    const path = new Path2D();
    outline(stroke, path);
    const left = stroke.x.reduce((a, b) => Math.min(a, b));
    const right = stroke.x.reduce((a, b) => Math.max(a, b));
    const drawn = { path, left, right };
    // An open stroke still grows.
    if (stroke.lifted) this.#drawn.set(stroke, drawn);
    return drawn;
  }
}
