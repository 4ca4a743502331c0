/**
 * How large an ink is written (spec/ink.md), while it is being written.
 *
 * A few strokes say little, so the size that the sheet's rules ask for counts as much as a letter or so. When there is
 * enough ink, or the model has written at that size, it stays, so that nothing that was read has to be read again.
 * It is a function of the closed strokes, and of the first stroke as long as there is no other.
 */

import type { Engine } from "./engine.ts";
import type { InkStroke } from "./source.ts";

/** Weight of the ruling, as a length of path in sizes: about a letter. */
const RULING_WEIGHT = 8;
/** Length of path, in sizes, that is enough to fix the size: a word or two. */
const ENOUGH = 60;

interface Estimate {
  readonly size: number;
  readonly settled: boolean;
}

export class WritingSize {
  readonly #engine: Engine;
  readonly #ruling: number;
  /** After each closed stroke. */
  #estimates: Estimate[] = [];

  constructor(engine: Engine, ruling: number) {
    this.#engine = engine;
    this.#ruling = ruling;
  }

  /** The size of an ink of which the first `keep` strokes are those of the call before, in sheet units. */
  of(strokes: readonly InkStroke[], keep: number): number {
    this.#estimates.length = Math.min(this.#estimates.length, keep);
    const closed = strokes.filter(({ lifted }) => lifted);
    for (let k = this.#estimates.length; k < closed.length; k++) {
      this.#estimates.push(this.#next(closed.slice(0, k + 1)));
    }
    const latest = this.#estimates.at(-1) ?? this.#first(strokes);
    return latest?.size ?? this.#ruling;
  }

  /** While the first stroke is being drawn. */
  #first([stroke]: readonly InkStroke[]): Estimate | undefined {
    return stroke?.writer === "hand" ? this.#estimate([stroke]) : undefined;
  }

  /** After the last of some closed strokes, those before being known. */
  #next(closed: readonly InkStroke[]): Estimate {
    const before = this.#estimates.at(-1);
    if (before?.settled) return before;
    if (closed.at(-1)!.writer === "model") return { size: before?.size ?? this.#ruling, settled: true };
    return this.#estimate(closed);
  }

  #estimate(strokes: readonly InkStroke[]): Estimate {
    const points = new Float32Array(strokes.reduce((sum, stroke) => sum + stroke.points.length, 0));
    const penUp = new Uint8Array(points.length / 2);
    let at = 0;
    for (const stroke of strokes) {
      points.set(stroke.points, at);
      at += stroke.points.length;
      penUp[at / 2 - 1] = 1;
    }
    const measured = this.#engine.writingSize({ points, penUp });
    if (measured === 0) return { size: this.#ruling, settled: false };
    const way = pathLength(strokes) / measured;
    const share = way / (way + RULING_WEIGHT);
    // Sizes are compared by their ratio.
    return { size: this.#ruling * (measured / this.#ruling) ** share, settled: way >= ENOUGH };
  }
}

/** The way of the pen while it is down, in sheet units. */
function pathLength(strokes: readonly InkStroke[]): number {
  let length = 0;
  for (const { points } of strokes) {
    for (let k = 2; k < points.length; k += 2) {
      length += Math.hypot(points[k]! - points[k - 2]!, points[k + 1]! - points[k - 1]!);
    }
  }
  return length;
}
