/** The worker of interventions; see change.ts. */

import type { Engine } from "../../engine/engine.ts";
import { intervene } from "../../engine/interventions.ts";
import { scaleOf } from "../../engine/path.ts";
import { Reader, type Reading } from "../../engine/reader.ts";
import type { InkStroke } from "../../engine/source.ts";
import { RULING } from "../../ink/stroke.ts";
import { open, sentence, turn } from "../../worker/serving.ts";
import { DRAWS } from "./effect.ts";
import { Laboratory } from "./laboratory.ts";
import type { ChangeReply, ChangeRequest, MeasureRequest, WriteRequest } from "./protocol.ts";

/** Samples as they are, and their likelihood. */
interface Plain {
  readonly key: string;
  readonly offsets: Float32Array;
  readonly loglik: readonly number[];
}

type Begun = Pick<Reading, "state" | "position" | "scale">;

let engine: Engine | null = null;
/** Made when it is first needed. */
let laboratory: Laboratory | null = null;
let plain: Plain | null = null;
let newest = 0;

self.onmessage = ({ data }: MessageEvent<ChangeRequest>) => {
  newest = data.id;
  work(data).catch((error: unknown) => answer({ type: "error", id: data.id, message: sentence(error) }));
};

async function work(request: ChangeRequest): Promise<void> {
  if (request.type === "load") {
    engine = null;
    laboratory = null;
    plain = null;
    engine = (await open(request)).engine;
    answer({ type: "ready", id: request.id });
    return;
  }
  // Where requests come faster than they are done, only the last counts.
  await turn();
  if (engine === null || request.id !== newest) return;
  if (request.type === "write") write(request, engine);
  else if (request.type === "measure") await measure(request, engine);
}

function write(request: WriteRequest, on: Engine): void {
  const { id, random } = request;
  const intervention =
    random === 0 ? request.intervention : laboratoryOf(on).like(request.intervention, random);
  const before = plainly(on, request);
  try {
    intervene(on, intervention);
    const begun = begin(on, request.strokes);
    const after = sampled(on, begun, request);
    const changed = likelihoods(on, begun, before.offsets, request.count);
    const pairs = Float32Array.from(before.loglik.flatMap((value, k) => [value, changed[k]!]));
    const { scale } = begun;
    answer({ type: "written", id, intervention, before: before.offsets, after, loglik: pairs, scale });
  } finally {
    intervene(on, []);
  }
}

/** The samples as they are; those that begin a line are kept, since only the change is another in most requests. */
function plainly(on: Engine, request: WriteRequest): Plain {
  const { strokes, seed, variation, count, steps } = request;
  const key = strokes.length > 0 ? "" : [seed, variation, count, steps].join();
  if (plain !== null && key !== "" && plain.key === key) return plain;
  const begun = begin(on, strokes);
  const offsets = sampled(on, begun, request);
  plain = { key, offsets, loglik: likelihoods(on, begun, offsets, count) };
  return plain;
}

/** Where the samples begin: a line, or the end of an ink as the engine reads it now. */
function begin(on: Engine, strokes: readonly InkStroke[]): Begun {
  if (strokes.length > 0) return new Reader(on, RULING).read(strokes, 0);
  return { state: on.start(), position: 0, scale: scaleOf(on, RULING) };
}

async function measure({ id, intervention, random }: MeasureRequest, on: Engine): Promise<void> {
  const at = laboratoryOf(on);
  const others = random ?? Array.from({ length: DRAWS }, (_, draw) => at.like(intervention, draw + 1));
  const compared = others.filter((other) => other.length > 0);
  const total = 1 + compared.length;
  let done = 0;
  for (const figures of at.measure(intervention, compared)) {
    done++;
    answer({ type: "measured", id, done, total, figures });
    await turn();
    if (id !== newest) return;
  }
}

function laboratoryOf(on: Engine): Laboratory {
  laboratory ??= new Laboratory(on);
  return laboratory;
}

function sampled(
  on: Engine,
  { state, position }: Begun,
  { seed, variation, count, steps }: WriteRequest,
): Float32Array {
  return on.futures(state, count, steps, { seed, variation, origin: position });
}

/** Of each sample, nats a point. */
function likelihoods(on: Engine, { state: begun }: Begun, samples: Float32Array, count: number): number[] {
  const width = samples.length / count;
  return Array.from({ length: count }, (_, f) => {
    const state = begun.copy();
    const sample = samples.subarray(width * f, width * (f + 1));
    const { loglik } = on.trace(state, sample, { c: false, h: false });
    state.free();
    return loglik!.reduce((sum, value) => sum + value, 0) / (width / 3);
  });
}

function answer(reply: ChangeReply): void {
  self.postMessage(reply);
}
