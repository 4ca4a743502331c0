/** Moments of an atlas: pieces of ink, each with what cells did there. Letter key: N cells of all layers in turn, n offsets. */

import { Engine } from "../../engine/engine.ts";
import type { Model } from "../../engine/model.ts";
import { Sources } from "../../engine/path.ts";
import { scaleOf } from "../../engine/reader.ts";
import type { PathSource } from "../../engine/source.ts";
import { letterIn, lettersOf } from "../../ink/letter.ts";
import { RULING } from "../../ink/stroke.ts";
import type { Steps } from "../../worker/task.ts";
import { type LinesRequest, LineTraces, type TracedInk } from "./line-traces.ts";
import { type Span, similarMoments } from "./similar.ts";

/** By which cells ink is coloured, and each one's limit (spec/cells.md). */
interface Colouring {
  readonly cells: readonly number[];
  readonly limits: readonly number[];
}

/** A row of the trace of a line of the atlas. */
export interface LineStep {
  readonly line: number;
  readonly step: number;
}

/** The reader's ink and some moments, coloured. */
interface LookRequest extends Colouring {
  /** The ink that is looked at; null: the first line. */
  readonly ink: PathSource | null;
  readonly moments: readonly LineStep[];
}

/** The moments most like a span of the ink of the last look; they come again as more lines are read. */
interface SimilarRequest extends Colouring, Span {
  /** The cells that are compared; null for all. */
  readonly compared: readonly number[] | null;
  readonly count: number;
}

/** A piece of ink, about some rows of its line. */
export interface Piece extends Span {
  /** Of the atlas; null for the ink that is looked at. */
  readonly line: number | null;
  /** The row of its line at which it begins. */
  readonly from: number;
  /** [n, 3] in model units. */
  readonly offsets: Float32Array;
  /** Whether the pen lifts at its first point. */
  readonly firstLifted: boolean;
  /** [n + 1]: mean over the cells of their parts of their limits. */
  readonly shares: Float32Array;
  /** What is written in those rows: characters in their word; empty where no text is known. */
  readonly writes: string;
}

export interface LookReply {
  readonly ink: Piece | null;
  readonly moments: readonly Piece[];
}

export interface SimilarReply {
  readonly moments: readonly (Piece & { readonly distance: number })[];
  /** In how many of the lines they were looked for so far. */
  readonly lines: number;
  readonly of: number;
}

/** Points that are shown before and after a moment. */
const ABOUT = [45, 25] as const;
const ALL = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY] as const;
/** Lines that are read between two reports of what was found. */
const BATCH = 16;

export type AtlasTask = ReturnType<typeof atlasTask>;

export function atlasTask(model: Model) {
  const engine = new Engine(model);
  const sources = new Sources(engine, RULING);
  let traces: LineTraces | null = null;
  let own: TracedInk | null = null;

  return {
    /** Has to come first. scale: model units in a sheet unit, of all ink here. */
    *lines(request: LinesRequest): Steps<{ readonly scale: number }> {
      traces = new LineTraces(engine, sources, request);
      yield { scale: scaleOf(engine, RULING) };
    },

    *look(request: LookRequest): Steps<LookReply> {
      if (traces === null) return;
      const { moments, ink } = request;
      // Before an ink was read, the first line stands for it.
      if (ink === null) own = traces.line(traces.numbers[0]!);
      else if (own === null || !traces.isOf(own, ink)) own = traces.trace(ink);
      const seen = own;
      const pieces: Piece[] = [];
      for (const { line, step: at } of moments) {
        const traced = traces.line(line);
        // A text may end before the most steps that the atlas allows.
        const step = Math.min(at, traced.offsets.length / 3 - 1);
        pieces.push(piece(traces, traced, line, { begin: step, end: step + 1 }, request));
        yield;
      }
      yield { ink: piece(traces, seen, null, { begin: 0, end: 0 }, request, ALL), moments: pieces };
    },

    *similar(request: SimilarRequest): Steps<SimilarReply> {
      if (traces !== null && own !== null) yield* similar(traces, own, request);
    },

    /** Traces all lines, so that similar moments come at once. */
    *prepare(_: null): Steps<never> {
      for (const line of traces?.numbers ?? []) {
        traces!.line(line);
        yield;
      }
    },
  };
}

function* similar(lines: LineTraces, ink: TracedInk, request: SimilarRequest): Steps<SimilarReply> {
  const { begin, end, compared, count } = request;
  const m = compared?.length ?? lines.cells;
  const rows = (of: TracedInk): Float32Array => {
    // A trace has no row for the state after the ink.
    const all = of.rows.subarray(0, (of.offsets.length / 3) * lines.cells);
    return compared === null ? all : columns(all, lines.cells, compared);
  };
  const inOwn = rows(ink);
  const span = inOwn.slice(begin * m, end * m);
  let found = similarMoments([{ line: null, rows: inOwn, apartFrom: { begin, end } }], span, m, count);
  // Those that are traced come first, and are told all at once.
  const others = lines.numbers
    .filter((line) => !lines.has(line) || lines.line(line) !== ink)
    .sort((a, b) => Number(lines.has(b)) - Number(lines.has(a)));
  for (let searched = 0; searched < others.length; ) {
    const batch = others.slice(searched, searched + BATCH);
    for (const line of batch) {
      if (lines.has(line)) continue;
      lines.line(line);
      yield;
    }
    const inks = batch.map((line) => ({ line, rows: rows(lines.line(line)) }));
    const farthest = found.length < count ? Number.POSITIVE_INFINITY : found.at(-1)!.distance;
    const more = similarMoments(inks, span, m, count, farthest);
    found = [...found, ...more].sort((one, other) => one.distance - other.distance).slice(0, count);
    searched += batch.length;
    yield;
    const next = others[searched];
    if (next !== undefined && lines.has(next)) continue;
    const moments = found.map((moment) => {
      const where = moment.line === null ? ink : lines.line(moment.line);
      return { ...piece(lines, where, moment.line, moment, request), distance: moment.distance };
    });
    yield { moments, lines: searched, of: others.length };
  }
}

/** The ink about some rows, with so many points before and after them. */
function piece(
  lines: LineTraces,
  ink: TracedInk,
  line: number | null,
  { begin, end }: Span,
  { cells, limits }: Colouring,
  [before, after]: readonly [number, number] = ABOUT,
): Piece {
  const { offsets } = ink;
  const [from, to] = [Math.max(begin - before, 0), Math.min(end + after, offsets.length / 3)];
  const firstLifted = from === 0 ? ink.firstLifted : offsets[3 * from - 1] === 1;
  const shares = lines.shares(ink, cells, limits, from, to + 1);
  const piece = { line, from, offsets: offsets.slice(3 * from, 3 * to), firstLifted, shares };
  return { ...piece, begin, end, writes: writesIn(ink, begin, end) };
}

function writesIn({ text }: TracedInk, begin: number, end: number): string {
  const first = text?.pointers[begin];
  if (text === undefined || first === undefined || end <= begin) return "";
  const last = text.pointers[Math.min(end, text.pointers.length) - 1]!;
  return last === first ? letterIn(text.words, first) : lettersOf(text.words, first, last);
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
