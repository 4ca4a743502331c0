/** The engine's worker: one request at a time, the newest first; see protocol.ts. */

import type { Checkpoint } from "../../engine/checkpoint.ts";
import type { Engine } from "../../engine/engine.ts";
import { Reader, type Reading } from "../../engine/reader.ts";
import type { InkStroke } from "../../engine/source.ts";
import type {
  ContinueRequest,
  FuturesReply,
  LoadRequest,
  ModelFacts,
  Reply,
  Request,
} from "../../worker/protocol.ts";
import { open, sentence, turn } from "../../worker/serving.ts";

/** Futures that are drawn without looking for a newer request. */
const AT_ONCE = 4;

let engine: Engine | null = null;
let reader: Reader | null = null;
let ink: readonly InkStroke[] = [];
/** Strokes of the ink that are as they were when it was last read. */
let unchanged = 0;
let newest = 0;

self.onmessage = ({ data }: MessageEvent<Request>) => {
  newest = data.id;
  if (data.type === "continue") {
    ink = [...ink.slice(0, data.keep), ...data.strokes];
    unchanged = Math.min(unchanged, data.keep);
  }
  const work = data.type === "load" ? load(data) : goOn(data);
  work.catch((error: unknown) => answer({ type: "error", id: data.id, message: sentence(error) }));
};

async function load(request: LoadRequest): Promise<void> {
  engine = null;
  reader = null;
  const opened = await open(request);
  engine = opened.engine;
  answer({ type: "ready", id: request.id, model: factsOf(opened.checkpoint) });
}

async function goOn(request: ContinueRequest): Promise<void> {
  // Whatever has come in the meantime counts first.
  await turn();
  if (request.id !== newest || engine === null) return;
  reader ??= new Reader(engine, request.ruling);
  const reading = reader.read(ink, unchanged);
  unchanged = ink.length;
  const from = new Continuations(engine, reading, request);
  answer(from.reply(request.shown, 1, false));
  const parts: FuturesReply[] = [];
  for (let f = 0; f < request.count; f += AT_ONCE) {
    await turn();
    if (request.id !== newest) return;
    parts.push(from.reply(request.first + f, Math.min(AT_ONCE, request.count - f), true));
  }
  answer(joined(parts));
}

/** Futures of one reading, as the page wants them. */
class Continuations {
  readonly #engine: Engine;
  readonly #reading: Reading;
  readonly #request: ContinueRequest;

  constructor(engine: Engine, reading: Reading, request: ContinueRequest) {
    this.#engine = engine;
    this.#reading = reading;
    this.#request = request;
  }

  reply(first: number, count: number, complete: boolean): FuturesReply {
    const { id, steps, seed, variation } = this.#request;
    const { state, position, scale } = this.#reading;
    const end = this.#reading.end ?? { x: 0, y: 0 };
    const offsets = this.#engine.futures(state, count, steps, { seed, origin: position, variation, first });
    const points = new Float32Array(2 * count * steps);
    const lifts = new Uint8Array(count * steps);
    for (let f = 0; f < count; f++) {
      let { x, y } = end;
      for (let k = f * steps; k < (f + 1) * steps; k++) {
        x += offsets[3 * k]! / scale;
        y += offsets[3 * k + 1]! / scale;
        points[2 * k] = x;
        points[2 * k + 1] = y;
        lifts[k] = offsets[3 * k + 2]!;
      }
    }
    return { type: "futures", id, position, end, first, count, points, lifts, complete };
  }
}

function joined(parts: readonly FuturesReply[]): FuturesReply {
  const points = new Float32Array(parts.reduce((sum, part) => sum + part.points.length, 0));
  const lifts = new Uint8Array(points.length / 2);
  let at = 0;
  for (const part of parts) {
    points.set(part.points, 2 * at);
    lifts.set(part.lifts, at);
    at += part.lifts.length;
  }
  return { ...parts[0]!, count: parts.reduce((sum, part) => sum + part.count, 0), points, lifts };
}

function answer(reply: Reply): void {
  const transfer = reply.type === "futures" ? [reply.points.buffer, reply.lifts.buffer] : [];
  self.postMessage(reply, { transfer: transfer as ArrayBuffer[] });
}

function factsOf({ name, architecture, data, score }: Checkpoint): ModelFacts {
  const nats = score?.nats_per_point;
  return {
    name,
    hidden: architecture.hidden,
    normalised: architecture.normalised,
    code: architecture.code,
    data: text(data.name),
    terms: text(data.terms),
    citation: text(data.citation),
    score: typeof nats === "number" ? { data: text(score?.data), natsPerPoint: nats } : null,
  };
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
