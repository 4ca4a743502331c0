/** The worker of moments; see moments.ts. */

import type { Engine } from "../../engine/engine.ts";
import { scaleOf } from "../../engine/path.ts";
import { RULING } from "../../ink/stroke.ts";
import { open, sentence, turn } from "../../worker/serving.ts";
import { LineTraces, type TracedInk } from "./line-traces.ts";
import type {
  Colouring,
  LookReply,
  LookRequest,
  MomentsReply,
  MomentsRequest,
  Piece,
  SimilarReply,
  SimilarRequest,
} from "./protocol.ts";
import { similarMoments } from "./similar.ts";

/** Ink that is shown before and after a moment. */
const BEFORE = 45;
const AFTER = 25;
/** Lines that are read before what was found is told anew. */
const BATCH = 16;

let opening: Promise<Engine> | null = null;
let traces: LineTraces | null = null;
let own: TracedInk | null = null;
/** Newest request of each kind: older ones are dropped. */
const newest = new Map<string, number>();

self.onmessage = ({ data }: MessageEvent<MomentsRequest>) => {
  newest.set(data.type, data.id);
  work(data).catch((error: unknown) => answer({ type: "error", id: data.id, message: sentence(error) }));
};

async function work(request: MomentsRequest): Promise<void> {
  if (request.type === "load") {
    traces = null;
    own = null;
    opening = open(request).then(({ engine }) => engine);
    answer({ type: "ready", id: request.id, scale: scaleOf(await opening, RULING) });
    return;
  }
  const engine = await opening;
  if (engine === null) return;
  if (request.type === "lines") {
    const { lines, deviation, offsets } = request;
    traces = new LineTraces(engine, lines, deviation, offsets);
    return;
  }
  await turn();
  if (traces === null || newest.get(request.type) !== request.id) return;
  if (request.type === "look") await look(traces, request);
  else if (request.type === "similar") await similar(traces, request);
  else await prepare(traces, request.id);
}

async function look(lines: LineTraces, request: LookRequest): Promise<void> {
  const { id, ink, firstLifted, moments } = request;
  // Before the reader's ink was read, the first line stands for it.
  if (ink === null) own = lines.line(lines.numbers[0]!);
  else if (own === null || !equal(own.offsets, ink)) own = lines.trace(ink, firstLifted);
  const seen = own;
  const pieces: Piece[] = [];
  for (const { line, step } of moments) {
    pieces.push(piece(lines, lines.line(line), line, step, step + 1, request));
    await turn();
    if (newest.get("look") !== id) return;
  }
  const whole = seen === null ? null : cut(lines, seen, null, [0, seen.offsets.length / 3], [0, 0], request);
  answer({ type: "look", id, ink: whole, moments: pieces });
}

async function similar(lines: LineTraces, request: SimilarRequest): Promise<void> {
  const { id, begin, end, compared, count } = request;
  const ink = own;
  if (ink === null) return;
  const m = compared?.length ?? lines.cells;
  const rows = (of: TracedInk): Float32Array => {
    // The state after an ink is no row of its trace.
    const all = of.rows.subarray(0, (of.offsets.length / 3) * lines.cells);
    return compared === null ? all : columns(all, lines.cells, compared);
  };
  const inOwn = rows(ink);
  const span = inOwn.slice(begin * m, end * m);
  let found = similarMoments([{ line: null, rows: inOwn, apartFrom: { begin, end } }], span, m, count);
  const others = lines.numbers.filter((line) => !lines.has(line) || lines.line(line) !== ink);
  // Those that are traced come first, all at once.
  const traced = others.filter((line) => lines.has(line));
  const missing = others.filter((line) => !lines.has(line));
  const ready = batches(traced, BATCH);
  let searched = 0;
  for (const [k, batch] of [...ready, ...batches(missing, BATCH)].entries()) {
    for (const line of batch) {
      if (lines.has(line)) continue;
      lines.line(line);
      await turn();
      if (newest.get("similar") !== id || lines !== traces) return;
    }
    const inks = batch.map((line) => ({ line, rows: rows(lines.line(line)) }));
    const farthest = found.length < count ? Number.POSITIVE_INFINITY : found.at(-1)!.distance;
    const more = similarMoments(inks, span, m, count, farthest);
    found = [...found, ...more].sort((one, other) => one.distance - other.distance).slice(0, count);
    searched += batch.length;
    await turn();
    if (newest.get("similar") !== id || lines !== traces) return;
    if (k < ready.length - 1) continue;
    const moments = found.map((moment) => {
      const where = moment.line === null ? ink : lines.line(moment.line);
      const shown = piece(lines, where, moment.line, moment.begin, moment.end, request);
      return { ...shown, distance: moment.distance };
    });
    answer({ type: "similar", id, moments, lines: searched, of: others.length });
  }
}

/** Traces the lines one at a time, so that what is asked meanwhile need not wait. */
async function prepare(lines: LineTraces, id: number): Promise<void> {
  for (const line of lines.numbers) {
    if (newest.get("prepare") !== id || lines !== traces) return;
    lines.line(line);
    await turn();
  }
}

function batches(all: readonly number[], size: number): number[][] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, k) => all.slice(size * k, size * (k + 1)));
}

/** The ink about some rows. */
function piece(
  lines: LineTraces,
  ink: TracedInk,
  line: number | null,
  begin: number,
  end: number,
  colouring: Colouring,
): Piece {
  const length = ink.offsets.length / 3;
  const from = Math.max(begin - BEFORE, 0);
  return cut(lines, ink, line, [from, Math.min(end + AFTER, length)], [begin, end], colouring);
}

/** An ink from one point to another. */
function cut(
  lines: LineTraces,
  ink: TracedInk,
  line: number | null,
  [from, to]: readonly [number, number],
  [begin, end]: readonly [number, number],
  { cells, limits }: Colouring,
): Piece {
  const { offsets } = ink;
  const firstLifted = from === 0 ? ink.firstLifted : offsets[3 * from - 1] === 1;
  const shares = lines.shares(ink, cells, limits, from, to + 1);
  return { line, from, offsets: offsets.slice(3 * from, 3 * to), firstLifted, shares, begin, end };
}

/** Some columns of rows [n, N]. */
function columns(rows: Float32Array, N: number, chosen: readonly number[]): Float32Array {
  const m = chosen.length;
  const found = new Float32Array((rows.length / N) * m);
  for (let row = 0, at = 0; at < found.length; row++) {
    for (let k = 0; k < m; k++, at++) found[at] = rows[row * N + chosen[k]!]!;
  }
  return found;
}

function equal(a: Float32Array, b: Float32Array): boolean {
  return a.length === b.length && a.every((value, k) => value === b[k]);
}

function answer(reply: MomentsReply): void {
  self.postMessage(reply, { transfer: buffers(reply) });
}

function buffers(reply: MomentsReply): ArrayBuffer[] {
  if (reply.type !== "look" && reply.type !== "similar") return [];
  const pieces: readonly (Piece | null)[] = [...(reply as LookReply | SimilarReply).moments];
  const all = reply.type === "look" ? [...pieces, reply.ink] : pieces;
  return all.flatMap((each) =>
    each === null ? [] : [each.offsets.buffer, each.shares.buffer],
  ) as ArrayBuffer[];
}
