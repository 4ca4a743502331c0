/** The worker of moments; see moments.ts. */

import { similarMoments } from "../atlas/similar.ts";
import type { Engine } from "./engine.ts";
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
} from "./moments.ts";
import { open, sentence, turn } from "./serving.ts";

/** Ink that is shown before and after a moment. */
const BEFORE = 45;
const AFTER = 25;

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
    await opening;
    answer({ type: "ready", id: request.id });
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
  if (ink === null) own = null;
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
  await trace(lines, () => newest.get("similar") === id, id);
  const ink = own;
  if (newest.get("similar") !== id || ink === null) return;
  const since = performance.now();
  const m = compared?.length ?? lines.cells;
  const rows = (of: TracedInk): Float32Array => {
    // The state after an ink is no row of its trace.
    const all = of.rows.subarray(0, (of.offsets.length / 3) * lines.cells);
    return compared === null ? all : columns(all, lines.cells, compared);
  };
  const inOwn = rows(ink);
  const span = inOwn.slice(begin * m, end * m);
  const inks = lines.numbers.map((line) => ({ line, rows: rows(lines.line(line)) }));
  const found = similarMoments(
    [{ line: null, rows: inOwn, apartFrom: { begin, end } }, ...inks],
    span,
    m,
    count,
  );
  const moments = found.map((moment) => {
    const where = moment.line === null ? ink : lines.line(moment.line);
    return {
      ...piece(lines, where, moment.line, moment.begin, moment.end, request),
      distance: moment.distance,
    };
  });
  answer({ type: "similar", id, moments, took: performance.now() - since });
}

async function prepare(lines: LineTraces, id: number): Promise<void> {
  await trace(lines, () => newest.get("prepare") === id, id);
}

/** Traces the lines that are not, one at a time. */
async function trace(lines: LineTraces, wanted: () => boolean, id: number): Promise<void> {
  const missing = lines.numbers.filter((line) => !lines.has(line));
  for (const [k, line] of missing.entries()) {
    if (!wanted() || lines !== traces) return;
    lines.line(line);
    const of = lines.numbers.length;
    if (k % 8 === 7 || k === missing.length - 1) {
      answer({ type: "prepared", id, lines: of - missing.length + k + 1, of });
    }
    await turn();
  }
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
