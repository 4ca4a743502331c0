/** Everything that the model computes in one step. Letter key: n offsets, C cells of all layers, M components. */

import { plainest, rhythm } from "../../cells/rhythm.ts";
import { Engine } from "../../engine/engine.ts";
import { joined } from "../../engine/joined.ts";
import type { Model } from "../../engine/model.ts";
import { Sources } from "../../engine/path.ts";
import { TextReading } from "../../engine/read-text.ts";
import type { InkStroke, SourceText } from "../../engine/source.ts";
import { inkPath, type PlacedOffsets } from "../../ink/path.ts";
import { RULING } from "../../ink/stroke.ts";
import { moved, type Steps } from "../../worker/task.ts";

export interface StepRequest {
  readonly strokes: readonly InkStroke[];
  /** What they say; null where that is not known. */
  readonly text: SourceText | null;
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
  /** What the ink says, and where the pointer stands now, a place in it; null for ink alone. */
  readonly pointer: { readonly words: string; readonly at: number } | null;
}

export type StepTask = ReturnType<typeof stepTask>;

export function stepTask(model: Model) {
  const engine = new Engine(model);
  const sources = new Sources(engine, RULING);
  const { layers, hidden } = engine.architecture;
  const cells = layers * hidden;

  /** c of all cells after 0, 1, ... n offsets, [n + 1, C]; those after the first `own` are not the text's. */
  const memories = (text: TextReading, offsets: Float32Array, own: number): Float32Array => {
    const state = text.start();
    const values = text.cells(state, offsets, own);
    const last = engine.cells(state);
    state.free();
    return joined([values, last]);
  };

  /** Some offsets, then `count` that the model draws. */
  const drawOn = (text: TextReading, offsets: Float32Array, count: number, seed: number): Float32Array => {
    const state = text.start();
    const own = offsets.length / 3;
    text.consume(state, offsets, own);
    const drawn = engine.futures(state, 1, count, { seed, origin: own, variation: 1 });
    state.free();
    return joined([offsets, drawn]);
  };

  /** What the state after some offsets shows, what it came from, and where its pointer stands. */
  const after = (text: TextReading, offsets: Float32Array, own: number, next: Float32Array) => {
    const state = text.start();
    text.consume(state, offsets, own);
    const { pointer } = state;
    const row = engine.trace(state, next, { c: false, gates: true, mixture: true, loglik: false });
    state.free();
    return { ...row, pointer };
  };

  const plainestOf = (text: TextReading, source: PlacedOffsets): number => {
    const values = memories(text, source.offsets, source.offsets.length / 3);
    return plainest(values, rhythm(values, cells, inkPath(source).y));
  };

  return {
    *step({ strokes, text: says, row, drawn, seed, cell: wanted }: StepRequest): Steps<StepReply> {
      const sheet = { kind: "sheet", strokes } as const;
      const {
        left: _,
        text: said,
        ...source
      } = sources.read(says === null ? sheet : { ...sheet, text: says });
      const text = new TextReading(engine, said);
      const whole = source.offsets.length / 3;
      const own = Math.min(row ?? whole, whole);
      const all = drawOn(text, source.offsets.subarray(0, 3 * own), drawn + 1, seed);
      const n = own + drawn;
      const [read, next] = [all.slice(0, 3 * n), all.slice(3 * n)];
      yield;
      const { gates, h, mixture, pointer } = after(text, read, own, next);
      yield;
      const cell = wanted ?? plainestOf(text, source);
      yield;
      const values = memories(text, read, own);
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
        // After its last offset a text is at its end, whether or not the pointer has moved yet.
        pointer: said
          ? { words: said.words, at: n === whole ? Array.from(said.words).length : pointer }
          : null,
      });
    },
  };
}
