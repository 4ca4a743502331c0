/** Everything that the model computes in one step. Letter key: n offsets, C cells of all layers, M components. */

import { greatest, rhythm } from "../../cells/rhythm.ts";
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
  /** How many movements the model draws and reads after the ink. */
  readonly drawn: number;
  readonly seed: number;
  /** The cell to look into; null: the one that keeps time with the pen best. */
  readonly cell: number | null;
}

/** The step that reads the last of the offsets. */
export interface StepReply extends PlacedOffsets {
  /** Offsets that are the reader's own; the model drew the others. */
  readonly own: number;
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

  /** The offsets of the ink, then `count` that the model draws. */
  const drawOn = (offsets: Float32Array, count: number, seed: number): Float32Array => {
    const state = engine.start();
    engine.consume(state, offsets);
    const drawn = engine.sample(state, count, { seed, origin: offsets.length / 3, variation: 1 });
    state.free();
    return joined([offsets, drawn]);
  };

  return {
    *step({ strokes, drawn, seed, cell: wanted }: StepRequest): Steps<StepReply> {
      const { left: _, ...source } = sources.read({ kind: "sheet", strokes });
      const own = source.offsets.length / 3;
      const all = drawOn(source.offsets, drawn + 1, seed);
      yield;
      const n = own + drawn;
      const state = engine.start();
      const { c } = engine.trace(state, all.subarray(0, 3 * n), { h: false, loglik: false });
      yield;
      const next = all.slice(3 * n);
      const row = engine.trace(state, next, { gates: true, mixture: true, loglik: false });
      state.free();
      const values = joined([c!, row.c!]);
      const placed = { ...source, offsets: all.slice(0, 3 * n) };
      const cell = wanted ?? greatest(rhythm(values, cells, inkPath(placed).y));
      const gate = 4 * hidden * Math.floor(cell / hidden) + (cell % hidden);
      yield moved({
        ...placed,
        own,
        cell,
        history: Float32Array.from({ length: n + 1 }, (_, p) => values[p * cells + cell]!),
        gates: Float32Array.from([0, 1, 2, 3], (k) => row.gates![gate + k * hidden]!),
        hidden: row.h!,
        mixture: row.mixture!,
        next,
      });
    },
  };
}
