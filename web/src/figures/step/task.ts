/** Everything that the model computes in one step. Letter key: n offsets, C cells of all layers, M components. */

import { plainest, rhythm } from "../../cells/rhythm.ts";
import { Engine } from "../../engine/engine.ts";
import type { Model } from "../../engine/model.ts";
import { Sources } from "../../engine/path.ts";
import { joined } from "../../engine/reader.ts";
import type { InkStroke } from "../../engine/source.ts";
import { inkPath, type PlacedOffsets } from "../../ink/path.ts";
import { RULING } from "../../ink/stroke.ts";
import { moved, type Steps } from "../../worker/task.ts";

export interface StepRequest {
  readonly strokes: readonly InkStroke[];
  /** How many of the ink's offsets are read; null for all. */
  readonly row: number | null;
  /** How many movements the model draws and reads after them. */
  readonly drawn: number;
  readonly seed: number;
  /** The cell to look into; null: the one that shows the rhythm of the ink most plainly. */
  readonly cell: number | null;
}

/** The step that reads the last of the offsets. */
export interface StepReply extends PlacedOffsets {
  /** Offsets that are the reader's own; the model drew the others. */
  readonly own: number;
  /** All offsets of the ink. */
  readonly whole: number;
  readonly cell: number;
  /** c of the cell after 0, 1, ... n offsets, [n + 1]. */
  readonly history: Float32Array;
  /** Input, forget, candidate and output gate of the cell in this step. */
  readonly gates: Float32Array;
  /** h of all cells after it, [C]. */
  readonly hidden: Float32Array;
  /** [1 + 6M]: what the next offset is drawn from. */
  readonly mixture: Float32Array;
  /** The offset that is drawn, [3] in model units. */
  readonly next: Float32Array;
}

export type StepTask = ReturnType<typeof stepTask>;

export function stepTask(model: Model) {
  const engine = new Engine(model);
  const sources = new Sources(engine, RULING);
  const { layers, hidden } = engine.architecture;
  const cells = layers * hidden;

  /** c of all cells after 0, 1, ... n offsets, [n + 1, C]. */
  const memories = (offsets: Float32Array): Float32Array => {
    const state = engine.start();
    const { c } = engine.trace(state, offsets, { h: false, loglik: false });
    const values = joined([c!, engine.cells(state)]);
    state.free();
    return values;
  };

  /** Some offsets, then `count` that the model draws. */
  const drawOn = (offsets: Float32Array, count: number, seed: number): Float32Array => {
    const state = engine.start();
    engine.consume(state, offsets);
    const drawn = engine.sample(state, count, { seed, origin: offsets.length / 3, variation: 1 });
    state.free();
    return joined([offsets, drawn]);
  };

  /** What the state after some offsets shows, and what it came from. */
  const after = (offsets: Float32Array, next: Float32Array) => {
    const state = engine.start();
    engine.consume(state, offsets);
    const row = engine.trace(state, next, { c: false, gates: true, mixture: true, loglik: false });
    state.free();
    return row;
  };

  const plainestOf = (source: PlacedOffsets): number => {
    const values = memories(source.offsets);
    return plainest(values, rhythm(values, cells, inkPath(source).y));
  };

  return {
    *step({ strokes, row, drawn, seed, cell: wanted }: StepRequest): Steps<StepReply> {
      const { left: _, ...source } = sources.read({ kind: "sheet", strokes });
      const whole = source.offsets.length / 3;
      const own = Math.min(row ?? whole, whole);
      const all = drawOn(source.offsets.subarray(0, 3 * own), drawn + 1, seed);
      const n = own + drawn;
      const [read, next] = [all.slice(0, 3 * n), all.slice(3 * n)];
      yield;
      const { gates, h, mixture } = after(read, next);
      yield;
      const cell = wanted ?? plainestOf(source);
      yield;
      const values = memories(read);
      const gate = 4 * hidden * Math.floor(cell / hidden) + (cell % hidden);
      yield moved({
        ...source,
        offsets: read,
        own,
        whole,
        cell,
        history: Float32Array.from({ length: n + 1 }, (_, p) => values[p * cells + cell]!),
        gates: Float32Array.from([0, 1, 2, 3], (k) => gates![gate + k * hidden]!),
        hidden: h!,
        mixture: mixture!,
        next,
      });
    },
  };
}
