/** A worker of a field of futures; see field.ts. It listens after every piece, so that a newer request counts at once. */

import type { Engine } from "../engine/engine.ts";
import { intervene } from "../engine/interventions.ts";
import { PathStates, Sources, scaleOf } from "../engine/path.ts";
import { RULING } from "../ink/stroke.ts";
import { open, sentence, turn } from "../worker/serving.ts";
import type { DrawRequest, FieldReply, FieldRequest, PathRequest } from "./protocol.ts";

interface Open {
  readonly engine: Engine;
  path: PathStates;
  readonly sources: Sources;
}

/** Requests that come while a checkpoint is being opened wait for it. */
let opening: Promise<Open> | null = null;
let newest = 0;
let newestPath = 0;

self.onmessage = ({ data }: MessageEvent<FieldRequest>) => {
  newest = data.id;
  if (data.type === "path") newestPath = data.id;
  work(data).catch((error: unknown) => answer({ type: "error", id: data.id, message: sentence(error) }));
};

async function work(request: FieldRequest): Promise<void> {
  if (request.type === "load") {
    opening = open(request).then(({ engine }) => ({
      engine,
      path: new PathStates(engine),
      sources: new Sources(engine, RULING),
    }));
    // What waits for it would say the same again.
    await opening.catch((error: unknown) => {
      opening = null;
      throw error;
    });
    return;
  }
  const opened = await opening;
  if (opened === null) return;
  if (request.type === "intervene") {
    intervene(opened.engine, request.intervention);
    opened.path = new PathStates(opened.engine);
  } else if (request.type === "path") follow(request, opened);
  else if (request.type === "draw") await draw(request, opened);
}

function follow({ id, source, forks, reply }: PathRequest, { engine, path, sources }: Open): void {
  // Pieces of it may have been asked for already: only another path makes it void.
  if (id !== newestPath) return;
  const { offsets, firstLifted, left } = sources.read(source);
  path.read(offsets);
  for (const fork of forks) path.take(fork);
  if (!reply) return;
  const scale = scaleOf(engine, RULING);
  answer({ type: "path", id, offsets: path.offsets.slice(), firstLifted, scale, ...path.traced(), left });
}

async function draw(
  { id, pieces, steps, seed, variation }: DrawRequest,
  { engine, path }: Open,
): Promise<void> {
  for (const piece of pieces) {
    await turn();
    if (id !== newest) return;
    const { row, first, count } = piece;
    const offsets = engine.futures(path.state(row), count, steps, { seed, origin: row, variation, first });
    answer({ type: "piece", id, piece, offsets });
  }
}

function answer(reply: FieldReply): void {
  const transfer = reply.type === "piece" ? [reply.offsets.buffer as ArrayBuffer] : [];
  self.postMessage(reply, { transfer });
}
