/** What was read of the cells, along the ink that the controls name; it follows an ink that grows. */

import { computed, effect, signal } from "@preact/signals-core";
import { centreOf, type Summary, summarise } from "../../cells/scale.ts";
import { whenEnded } from "../../draw/redraw.ts";
import type { Quantity } from "../../engine/cell-trace.ts";
import { type PathSource, sheetSource } from "../../engine/source.ts";
import type { ShownInk } from "../../frame/chosen.ts";
import { emptied } from "../../frame/figure.ts";
import type { ReadText } from "../../ink/letter.ts";
import { type InkPath, inkPath } from "../../ink/path.ts";
import { PRIORITY } from "../../worker/pool.ts";
import { CellMatrix } from "./matrix.ts";
import type { CellsReply, CellsTask } from "./task.ts";
import type { CellsWiring } from "./wiring.ts";

/** What is known of an ink's cells. Another object after each reply; the matrix is the same while it grows. */
export interface Read {
  readonly matrix: CellMatrix;
  readonly path: InkPath;
  /** What it says, where that is known. */
  readonly text: ReadText | undefined;
  /** Steps that are left out. */
  readonly left: number;
  /** While an ink grows, of a moment ago. */
  readonly summary: Summary;
}

export type Reading = ReturnType<typeof reading>;

/** An ink has stopped growing when the pen has rested for so long. */
const REST_MS = 1200;
/** How often `settled` follows an ink that grows. */
const SLOW_MS = 300;

export function reading({ frame, shown, ink, said, writing }: CellsWiring) {
  const { state, chosen, loaded, seen } = frame;
  /** null until an ink was read. */
  const read = signal<Read | null>(null);
  /** The same, but while an ink grows only now and then: for results that take a while to compute. */
  const settled = signal<Read | null>(null);
  /** The pen writes, or did a moment ago. */
  const growing = signal(false);
  const { client, failed } = frame.line<CellsTask>("cells", PRIORITY.pen);
  let slow = 0;
  /** The number of the last reply. */
  let after = 0;
  /** The other figures get it when it has stopped growing. */
  let latest: ShownInk | null = null;

  const settle = (): void => {
    window.clearTimeout(slow);
    slow = 0;
    if (read.value === null) return;
    settled.value = read.value = { ...read.value, summary: summaryOf(read.value.matrix) };
  };
  const take = (reply: CellsReply, source: PathSource): void => {
    const before = read.value?.matrix.what === reply.what && reply.from > 0 ? read.value : null;
    const matrix = before?.matrix ?? new CellMatrix(reply.cells, reply.what);
    matrix.take(reply);
    after = reply.number;
    failed.value = "";
    const { left, offsets, firstLifted, text } = reply;
    const path = inkPath(reply);
    const held = growing.value && before !== null;
    read.value = { matrix, path, text, left, summary: held ? before.summary : summaryOf(matrix) };
    if (!held) settled.value = read.value;
    else if (slow === 0) slow = window.setTimeout(settle, SLOW_MS);
    latest = { source, offsets, firstLifted };
    if (!growing.value) chosen.ink.value = latest;
  };

  emptied(loaded, [read, settled], () => {
    after = 0;
  });
  effect(() => {
    if (shown.value === "yours" && writing.value) growing.value = true;
    else if (growing.peek()) {
      const rest = window.setTimeout(() => {
        growing.value = false;
        settle();
        chosen.ink.value = latest;
      }, REST_MS);
      return () => window.clearTimeout(rest);
    }
    return undefined;
  });
  /** The ink that the controls name. */
  const source = computed(() =>
    chosen.yours.value ? sheetSource(ink.value, said.value) : chosen.source.value,
  );
  effect(() => {
    if (loaded.value === null) return;
    // An ink that nobody sees grow is read when it comes into view.
    if (shown.value === "yours" && !seen.value) return;
    const wanted = { source: source.value, what: state.what.value as Quantity };
    const request = () => ({ ...wanted, after });
    const taken = (reply: CellsReply): void => take(reply, wanted.source);
    if (growing.peek()) client.askInTurn("cells", request, taken);
    else client.ask("cells", request(), taken);
  });
  whenEnded(() => window.clearTimeout(slow));
  return { read, settled, growing, failed, source };
}

function summaryOf({ values, cells, what }: CellMatrix): Summary {
  return summarise(values, cells, centreOf(what));
}
