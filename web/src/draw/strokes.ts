/** Strokes as filled outlines, made once for each closed stroke. */

import { outline } from "../ink/outline.ts";
import { extent } from "../ink/path.ts";
import { type Stroke, X_HEIGHT } from "../ink/stroke.ts";
import type { Camera } from "./camera.ts";

export interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

interface Drawn extends Box {
  readonly path: Path2D;
}

export class StrokePaths {
  readonly #drawn = new WeakMap<Stroke, Drawn>();

  /** Fills those strokes of an ink that the camera sees. */
  fill(
    context: CanvasRenderingContext2D,
    ink: readonly Stroke[],
    camera: Camera,
    colour: (stroke: Stroke) => string,
  ): void {
    for (const stroke of ink) {
      const { path, left, right } = this.#of(stroke);
      const seen = camera.screenX(right) > -X_HEIGHT && camera.screenX(left) < camera.width + X_HEIGHT;
      if (!seen) continue;
      context.fillStyle = colour(stroke);
      context.fill(path);
    }
  }

  #of(stroke: Stroke): Drawn {
    const known = this.#drawn.get(stroke);
    if (known !== undefined) return known;
    const path = new Path2D();
    outline(stroke, path);
    const drawn = { path, ...boxOf([stroke]) };
    // An open stroke still grows.
    if (stroke.lifted) this.#drawn.set(stroke, drawn);
    return drawn;
  }
}

/** The box around some strokes, sheet units; that of the point (0, 0) where there are none. */
export function boxOf(strokes: readonly Pick<Stroke, "x" | "y">[]): Box {
  const [left, right] = extent(strokes.flatMap(({ x }) => x));
  const [top, bottom] = extent(strokes.flatMap(({ y }) => y));
  return { left, right, top, bottom };
}
