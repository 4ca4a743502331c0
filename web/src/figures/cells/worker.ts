/** The worker that traces cells; see cells.ts. */

import { CellTrace } from "../../engine/cell-trace.ts";
import type { Engine } from "../../engine/engine.ts";
import { SheetReader, type Source, Sources, scaleOf } from "../../engine/path.ts";
import type { PathSource } from "../../engine/source.ts";
import { RULING } from "../../ink/stroke.ts";
import { open, sentence, turn } from "../../worker/serving.ts";
import type { CellsReply, CellsRequest, TracingReply, TracingRequest } from "./protocol.ts";

/** So many offsets, and so many values, are shown at most. */
const MOST_OFFSETS = 3000;
const MOST_VALUES = 6e6;

interface Ready {
  readonly engine: Engine;
  readonly trace: CellTrace;
  readonly sources: Sources;
  readonly sheet: SheetReader;
}

type Placed = Source & Pick<CellsReply, "origin" | "scale">;

/** Requests that come while a checkpoint is being opened wait for it. */
let opening: Promise<Ready> | null = null;
let newest = 0;

self.onmessage = ({ data }: MessageEvent<TracingRequest>) => {
  newest = data.id;
  work(data).catch((error: unknown) => answer({ type: "error", id: data.id, message: sentence(error) }));
};

async function work(request: TracingRequest): Promise<void> {
  if (request.type === "load") {
    opening = open(request).then(({ engine }) => ({
      engine,
      trace: new CellTrace(engine),
      sources: new Sources(engine, RULING),
      sheet: new SheetReader(engine, RULING),
    }));
    await opening.catch((error: unknown) => {
      // What waits for it would say the same again.
      opening = null;
      throw error;
    });
    answer({ type: "ready", id: request.id });
    return;
  }
  const ready = await opening;
  await turn();
  if (ready !== null && request.id === newest) answer(traced(ready, request));
}

function traced(ready: Ready, { id, source, what }: CellsRequest): CellsReply {
  const { cells } = ready.trace;
  const whole = placed(ready, source);
  const most = Math.min(MOST_OFFSETS, Math.floor(MOST_VALUES / cells) - 1);
  const n = Math.min(whole.offsets.length / 3, most);
  const offsets = whole.offsets.slice(0, 3 * n);
  const left = whole.left + whole.offsets.length / 3 - n;
  const { firstLifted, origin, scale } = whole;
  const rows = ready.trace.read(offsets, what);
  return { type: "cells", id, offsets, firstLifted, origin, scale, what, cells, ...rows, left };
}

/** The offsets of a source, and where they lie: a sheet's ink where it was written. */
function placed({ engine, sources, sheet }: Ready, source: PathSource): Placed {
  if (source.kind !== "sheet") {
    return { ...sources.read(source), origin: { x: 0, y: 0 }, scale: scaleOf(engine, RULING) };
  }
  const [x = 0, y = 0] = source.strokes[0]?.points ?? [];
  return { ...sheet.read(source.strokes), origin: { x, y }, left: 0 };
}

function answer(reply: TracingReply): void {
  const transfer = reply.type === "cells" ? [reply.offsets.buffer, reply.values.buffer] : [];
  self.postMessage(reply, { transfer: transfer as ArrayBuffer[] });
}
