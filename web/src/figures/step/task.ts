/** Everything that the model computes in one step. Letter key: n offsets, C cells of all layers, M components. */

import { plainest, rhythm } from "../../cells/rhythm.ts";
import { joined } from "../../checkpoint/joined.ts";
import { Engine, type State } from "../../engine/engine.ts";
import type { Model } from "../../engine/model.ts";
import { Sources } from "../../engine/path.ts";
import type { PathSource } from "../../engine/source.ts";
import { TextReading } from "../../engine/text/read-text.ts";
import { using } from "../../explain/reading.ts";
import { inkPath, type PlacedOffsets } from "../../ink/path.ts";
import { RULING } from "../../ink/stroke.ts";
import { moved, type Steps } from "../../worker/task.ts";

export interface StepRequest {
  readonly source: PathSource;
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

  /** Consumes offsets: c of all cells after 0, 1, ... n of them, [n + 1, C]; after the first `own` they are not the text's. */
  const memories = (state: State, text: TextReading, offsets: Float32Array, own: number): Float32Array =>
    joined([text.cells(state, offsets, own), engine.cells(state)]);

  /** Some offsets, then `count` that the model draws. */
  const drawOn = (text: TextReading, offsets: Float32Array, count: number, seed: number): Float32Array =>
    using(text.start(), (state) => {
      const own = offsets.length / 3;
      text.consume(state, offsets, own);
      return joined([offsets, engine.futures(state, 1, count, { seed, origin: own, variation: 1 })]);
    });

  const plainestOf = (text: TextReading, ink: PlacedOffsets): number =>
    using(text.start(), (state) => {
      const values = memories(state, text, ink.offsets, ink.offsets.length / 3);
      return plainest(values, rhythm(values, cells, inkPath(ink).y));
    });

  return {
    *step({ source, row, drawn, seed, cell: wanted }: StepRequest): Steps<StepReply> {
      const { left: _, text: said, ...ink } = sources.read(source);
      const text = new TextReading(engine, said);
      const whole = ink.offsets.length / 3;
      const own = Math.min(row ?? whole, whole);
      const all = drawOn(text, ink.offsets.subarray(0, 3 * own), drawn + 1, seed);
      const n = own + drawn;
      const [read, next] = [all.slice(0, 3 * n), all.slice(3 * n)];
      yield;
      const cell = wanted ?? plainestOf(text, ink);
      yield;
      const { values, at, gates, h, mixture } = using(text.start(), (state) => ({
        values: memories(state, text, read, own),
        at: state.pointer,
        ...engine.trace(state, next, { c: false, gates: true, mixture: true, loglik: false }),
      }));
      const gate = 4 * hidden * Math.floor(cell / hidden) + (cell % hidden);
      yield moved({
        ...ink,
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
        pointer: said ? { words: said.words, at: n === whole ? Array.from(said.words).length : at } : null,
      });
    },
  };
}
