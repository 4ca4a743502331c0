/** The worker that neatens; see neatening.ts. */

import type { Engine } from "../../engine/engine.ts";
import { Neatener } from "../../engine/neaten.ts";
import { SheetReader } from "../../engine/path.ts";
import { type Opened, open, sentence, turn } from "../../worker/serving.ts";
import type { NeateningReply, NeateningRequest, NeatenReply, NeatenRequest } from "./protocol.ts";

/** The longest ink that is neatened: some eight lines. */
const MOST_OFFSETS = 5000;

interface Ready extends Opened {
  readonly neatener: Neatener;
  reader: SheetReader | null;
}

let ready: Ready | null = null;
let newest = 0;

self.onmessage = ({ data }: MessageEvent<NeateningRequest>) => {
  newest = data.id;
  work(data).catch((error: unknown) => answer({ type: "error", id: data.id, message: sentence(error) }));
};

async function work(request: NeateningRequest): Promise<void> {
  if (request.type === "load") {
    ready = null;
    const opened = await open(request);
    ready = { ...opened, neatener: new Neatener(opened.engine), reader: null };
    answer({ type: "ready", id: request.id });
    return;
  }
  await turn();
  if (request.id === newest && ready !== null) answer(neatened(ready, request));
}

function neatened(ready: Ready, { id, strokes, ruling, share }: NeatenRequest): NeatenReply {
  const { engine, checkpoint, neatener } = ready;
  ready.reader ??= new SheetReader(engine, ruling);
  const { offsets: all, scale, firstLifted } = ready.reader.read(strokes);
  const own = all.subarray(0, 3 * MOST_OFFSETS);
  const offsets = neatener.neaten(own, share, firstLifted);
  const n = offsets.length / 3;
  const points = new Float32Array(2 * (n + 1));
  const lifts = new Uint8Array(n + 1);
  let [x, y] = [strokes[0]!.points[0]!, strokes[0]!.points[1]!];
  points.set([x, y]);
  lifts[0] = Number(firstLifted);
  for (let k = 0; k < n; k++) {
    x += offsets[3 * k]! / scale;
    y += offsets[3 * k + 1]! / scale;
    points.set([x, y], 2 * (k + 1));
    lifts[k + 1] = offsets[3 * k + 2]!;
  }
  // From the density in model units to the one in raw units, where scores are compared.
  const toRaw = -2 * Math.log(checkpoint.unitsPerRawUnit);
  // While the pen is down there are better things to do.
  const nats =
    n === 0 || !strokes.at(-1)!.lifted
      ? null
      : { own: score(engine, own) + toRaw, neat: score(engine, offsets) + toRaw };
  return { type: "neaten", id, points, lifts, nats };
}

/** Mean of -log p a movement, model units. */
function score(engine: Engine, offsets: Float32Array): number {
  const state = engine.start();
  const { loglik } = engine.trace(state, offsets, { c: false, h: false });
  state.free();
  return -loglik!.reduce((sum, term) => sum + term, 0) / (offsets.length / 3);
}

function answer(reply: NeateningReply): void {
  const transfer = reply.type === "neaten" ? [reply.points.buffer, reply.lifts.buffer] : [];
  self.postMessage(reply, { transfer: transfer as ArrayBuffer[] });
}
