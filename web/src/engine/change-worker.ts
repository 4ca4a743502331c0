/** The worker of interventions; see change.ts. */

import { DRAWS } from "../change/effect.ts";
import { Laboratory } from "../change/laboratory.ts";
import { RULING } from "../ink/stroke.ts";
import type { ChangeReply, ChangeRequest, MeasureRequest, WriteRequest } from "./change.ts";
import type { Engine } from "./engine.ts";
import { intervene } from "./interventions.ts";
import { scaleOf } from "./path.ts";
import { open, sentence, turn } from "./serving.ts";

let engine: Engine | null = null;
/** Made when it is first needed. */
let laboratory: Laboratory | null = null;
/** Samples as they are, and their likelihood, for the newest seed and variation. */
let plain: { key: string; offsets: Float32Array; loglik: number[] } | null = null;
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
  const { id, random, seed, variation, count, steps } = request;
  const intervention =
    random === 0 ? request.intervention : laboratoryOf(on).like(request.intervention, random);
  const key = [seed, variation, count, steps].join();
  if (plain?.key !== key) {
    const offsets = sampled(on, request);
    plain = { key, offsets, loglik: likelihoods(on, offsets, count) };
  }
  const { offsets, loglik } = plain;
  try {
    intervene(on, intervention);
    const after = sampled(on, request);
    const changed = likelihoods(on, offsets, count);
    const pairs = Float32Array.from(loglik.flatMap((value, k) => [value, changed[k]!]));
    const scale = scaleOf(on, RULING);
    answer({ type: "written", id, intervention, before: offsets, after, loglik: pairs, scale });
  } finally {
    intervene(on, []);
  }
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

function sampled(on: Engine, { seed, variation, count, steps }: WriteRequest): Float32Array {
  const start = on.start();
  const offsets = on.futures(start, count, steps, { seed, variation });
  start.free();
  return offsets;
}

/** Of each sample, nats a point. */
function likelihoods(on: Engine, samples: Float32Array, count: number): number[] {
  const width = samples.length / count;
  return Array.from({ length: count }, (_, f) => {
    const state = on.start();
    const sample = samples.subarray(width * f, width * (f + 1));
    const { loglik } = on.trace(state, sample, { c: false, h: false });
    state.free();
    return loglik!.reduce((sum, value) => sum + value, 0) / (width / 3);
  });
}

function answer(reply: ChangeReply): void {
  self.postMessage(reply);
}
