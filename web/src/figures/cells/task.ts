/** Tracing cells along an ink. */

import { CellTrace, type Quantity } from "../../engine/cell-trace.ts";
import { Engine } from "../../engine/engine.ts";
import type { Model } from "../../engine/model.ts";
import { Sources } from "../../engine/path.ts";
import type { PathSource, SourceText } from "../../engine/source.ts";
import { sameText } from "../../engine/text/read-text.ts";
import { type ReadText, readText } from "../../ink/letter.ts";
import type { PlacedOffsets } from "../../ink/path.ts";
import { RULING } from "../../ink/stroke.ts";
import { moved, type Steps } from "../../worker/task.ts";

export interface CellsRequest {
  readonly source: PathSource;
  readonly what: Quantity;
  /** The number of the last reply that the page has; 0 for none. */
  readonly after: number;
}

/** A reply builds on the one before: rows before `from` are as they were. */
export interface CellsReply extends PlacedOffsets {
  readonly number: number;
  readonly what: Quantity;
  /** C, cells of all layers in turn. */
  readonly cells: number;
  readonly from: number;
  /** [n + 1 - from, C]: row p is what was there after p offsets. */
  readonly values: Float32Array;
  /** Offsets that were left out because the number shown is limited. */
  readonly left: number;
  readonly text: ReadText | undefined;
}

/** Most values that are shown. */
const MOST_VALUES = 6e6;

export type CellsTask = ReturnType<typeof cellsTask>;

export function cellsTask(model: Model) {
  const engine = new Engine(model);
  let trace = new CellTrace(engine);
  let text: SourceText | undefined;
  const sources = new Sources(engine, RULING);
  let number = 0;
  return {
    *cells({ source, what, after }: CellsRequest): Steps<CellsReply> {
      let known = after === number;
      const { left, text: said, ...whole } = sources.read(source);
      if (!sameText(text, said)) {
        text = said;
        trace = new CellTrace(engine, text);
        known = false;
      }
      const { cells } = trace;
      const all = whole.offsets.length / 3;
      const n = Math.min(all, Math.floor(MOST_VALUES / cells) - 1);
      const offsets = whole.offsets.slice(0, 3 * n);
      if (!known) trace.restart();
      const rows = trace.read(offsets, what);
      number++;
      const cut = { offsets, left: left + all - n, text: text && readText(text) };
      yield moved({ ...whole, ...cut, number, what, cells, ...rows });
    },
  };
}
