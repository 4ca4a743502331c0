/** The worker of the sample wall; see samples.ts. Samples are drawn a few at a time, through one batch each. */

import { Reader, type Reading } from "../../engine/reader.ts";
import { type Opened, open, sentence, turn } from "../../worker/serving.ts";
import type { LikelihoodRequest, SampleReply, SampleRequest, SamplesRequest } from "./protocol.ts";

/** Samples drawn in one batch: more are faster in all, fewer come sooner. */
const AT_ONCE = 8;

/** What was drawn for the newest request. */
interface Drawn {
  readonly id: number;
  readonly reading: Reading;
  /** Offsets of each sample, [n, 3]. */
  readonly samples: Float32Array[];
}

let opened: Opened | null = null;
let drawn: Drawn | null = null;
let newest = 0;

self.onmessage = ({ data }: MessageEvent<SampleRequest>) => {
  if (data.type !== "likelihood") newest = data.id;
  work(data).catch((error: unknown) => answer({ type: "error", id: newest, message: sentence(error) }));
};

async function work(request: SampleRequest): Promise<void> {
  if (request.type === "likelihood") weigh(request);
  else if (request.type === "samples") await sample(request);
  else {
    opened = null;
    drawn = null;
    opened = await open(request);
    answer({ type: "ready", id: request.id });
  }
}

async function sample(request: SamplesRequest): Promise<void> {
  await turn();
  if (request.id !== newest || opened === null) return;
  const reading = new Reader(opened.engine, request.ruling).read(request.strokes, 0);
  drawn = { id: request.id, reading, samples: [] };
  for (let first = 0; first < request.count; first += AT_ONCE) {
    draw(opened, drawn, request, first, Math.min(AT_ONCE, request.count - first));
    await turn();
    if (request.id !== newest) return;
  }
}

function draw(
  { engine }: Opened,
  { reading, samples }: Drawn,
  { id, seed, variation, steps }: SamplesRequest,
  first: number,
  count: number,
): void {
  const { state, position, end, scale } = reading;
  const offsets = engine.futures(state, count, steps, { seed, origin: position, variation, first });
  for (let f = 0; f < count; f++) samples.push(offsets.slice(3 * steps * f, 3 * steps * (f + 1)));
  answer({ type: "samples", id, first, count, end, offsets, scale });
}

function weigh({ sample: number }: LikelihoodRequest): void {
  const offsets = drawn?.samples[number];
  if (opened === null || drawn === null || offsets === undefined) return;
  const state = drawn.reading.state.copy();
  const { loglik: terms } = opened.engine.trace(state, offsets, { c: false, h: false });
  state.free();
  const toRaw = 2 * Math.log(opened.checkpoint.unitsPerRawUnit);
  const loglik = new Float32Array(offsets.length / 3);
  for (let k = 0; k < loglik.length; k++) loglik[k] = terms![2 * k]! + terms![2 * k + 1]! + toRaw;
  answer({ type: "likelihood", id: drawn.id, sample: number, loglik });
}

function answer(reply: SampleReply): void {
  const transfer =
    reply.type === "samples"
      ? [reply.offsets.buffer]
      : reply.type === "likelihood"
        ? [reply.loglik.buffer]
        : [];
  self.postMessage(reply, { transfer: transfer as ArrayBuffer[] });
}
