/** Ink of any pen, resampled and scaled to what the model was trained on (spec/ink.md); the engine does it. */

import { EngineError } from "./arguments.ts";
import type { Wasm } from "./wasm.ts";

/** Points as they were recorded. */
export interface RawInk {
  /** [n, 2], x and y in any unit, n >= 1 */
  points: Float32Array;
  /** [n], 1 on the last point of a stroke; a last stroke without it is taken as one that goes on. */
  penUp: Uint8Array;
}

/** An ink as the model sees it. */
export interface Prepared {
  /** [m, 3] in model units */
  offsets: Float32Array<ArrayBuffer>;
  /** Model units in one unit of the ink. */
  scale: number;
  /** [m + 1], for each prepared point the last raw point before it. */
  rawPoints: Int32Array<ArrayBuffer>;
}

/** Estimated size of the writing in the ink's units; 0 for dots alone. */
export function writingSize(wasm: Wasm<"writing_size">, ink: RawInk): number {
  return wasm.scratch(() => wasm.call("writing_size", "writing_size", ...writeInk(wasm, ink)));
}

/** The ink, prepared for a size of its writing, or for the estimated one. */
export function prepare(wasm: Wasm, ink: RawInk, size?: number): Prepared {
  const known = Math.fround(size ?? writingSize(wasm, ink));
  if (!(Number.isFinite(known) && known >= 0)) {
    throw new EngineError(`prepare: size: expected a number of at least 0, found ${size}`);
  }
  const scale = known > 0 ? wasm.call("standard_size", "prepare") / known : 1;
  return wasm.scratch(() => {
    const numbers = [...writeInk(wasm, ink), known, ink.penUp.at(-1) ? 0 : 1] as const;
    const count = wasm.call("prepare", "prepare", ...numbers, 0, 0, 0);
    const out = wasm.alloc(12 * count);
    const index = wasm.alloc(4 * (count + 1));
    wasm.call("prepare", "prepare", ...numbers, out, count, index);
    const offsets = wasm.read(out, 3 * count).slice();
    return { offsets, scale, rawPoints: wasm.readIntegers(index, count + 1).slice() };
  });
}

function writeInk(wasm: Wasm<never>, { points, penUp }: RawInk): [number, number, number] {
  if (penUp.length === 0 || points.length !== 2 * penUp.length) {
    throw new EngineError(
      `ink: expected two numbers a point and at least one point, found ${points.length} numbers, ${penUp.length} points`,
    );
  }
  return [wasm.write(points), wasm.write(penUp), penUp.length];
}
