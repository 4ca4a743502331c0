/** Writing a typed text: at once, so that the pen can begin, then takes of each line, then the one that is chosen. */

import type { Taught } from "../../checkpoint/hand.ts";
import { Engine, type Line, type State } from "../../engine/engine.ts";
import type { Hand } from "../../engine/host.ts";
import type { Model } from "../../engine/model.ts";
import { inkOffsets } from "../../engine/path.ts";
import { SheetReader, scaleOf } from "../../engine/reader.ts";
import { writtenIn } from "../../engine/text/letters.ts";
import { Recogniser, type RecogniserFiles } from "../../engine/text/recogniser.ts";
import { type Choice, roundOf, type Share, streamOf } from "../../engine/text/takes.ts";
import { CAP, joinedLines, shifted } from "../../engine/text/written.ts";
import { RULING } from "../../ink/stroke.ts";
import type { Steps } from "../../worker/task.ts";
import type { Move } from "./moves.ts";
import {
  type AlignedLine,
  alignedLine,
  type Prime,
  type PrimeReply,
  type PrimeRequest,
  primeOf,
} from "./prime.ts";

export interface WriteRequest {
  /** At least one, of characters that the model knows. */
  readonly lines: readonly string[];
  /** The number of a hand or a hand code; undefined for no particular one. */
  readonly hand: Hand | undefined;
  /** null: no ink was read before. */
  readonly prime: Prime | null;
  readonly seed: number;
  readonly variation: number;
  /** Takes of each line in a round; after a prime, candidates of each character of the one take. */
  readonly candidates: number;
  readonly moves: readonly Move[];
}

/** A line of the text, or the part of the first one that is there already. */
export interface WrittenLine extends Line {
  readonly line: number;
  /** [n]: the probability, before each offset, that the pointer then moves on; null while it is not known. */
  readonly advance: Float32Array | null;
  /** null while the takes are still being compared. */
  readonly choice: Choice | null;
  /** What the pen did before it: the space after a prime. */
  readonly lead: Line;
  /** Model units in a sheet unit. */
  readonly scale: number;
}

/** Some of the takes of a line: a share of them all. */
export interface TakesRequest extends WriteRequest, Share {
  readonly line: number;
}

export interface Take {
  /** What the pen did before the line: the space after a prime. */
  readonly lead: Line;
  readonly written: Line;
  /** Log likelihood a character of the text, as the recogniser reads it; 0 where there is nothing to rank. */
  readonly score: number;
}

export interface LineTakes {
  readonly line: number;
  readonly first: number;
  readonly takes: readonly Take[];
}

/** A line whose take is chosen. */
interface FinishRequest extends WriteRequest {
  readonly line: number;
  readonly choice: Choice;
  readonly take: Take;
}

export interface HandSample {
  readonly hand: number;
  /** [n, 3] in model units. */
  readonly offsets: Float32Array;
  readonly scale: number;
}

/** How hands are shown: by a short word, neatly, so that what differs is the hand. */
const SAMPLE = "quick";
const SAMPLE_DRAWS = { seed: 1, variation: 0.4, cap: CAP };
/** Offsets that are drawn before the page is told: about a letter. */
const PIECE = 24;
/** Takes that are drawn in one batch; between two batches newer requests come in. */
const AT_ONCE = 8;
/** Offsets of a line at most, with all moves of the reader. */
const LONGEST_LINE = 12_000;

const NOTHING: Line = { offsets: new Float32Array(0), pointers: new Int32Array(0) };

export type TypeTask = ReturnType<typeof typeTask>;

export function typeTask(model: Model) {
  const engine = new Engine(model);
  const reader = new SheetReader(engine, RULING);
  const scale = scaleOf(engine, RULING);
  const alphabet = model.architecture.text?.alphabet ?? [];
  let recogniser: Recogniser | null = null;
  /** The first take of a line, as it was drawn for the pen, and what it was drawn for. */
  let begun: { readonly key: string; readonly take: Line } | null = null;
  return {
    /** Gives the task what takes are ranked by. */
    *recogniser({ module, weights }: RecogniserFiles): Steps<boolean> {
      recogniser = Recogniser.create(module, weights);
      yield true;
    },

    /** Finds the characters of an ink whose text is known. */
    *prime({ strokes, text }: PrimeRequest): Steps<PrimeReply> {
      const { offsets, scale } = reader.read(strokes);
      if (recogniser === null || offsets.length === 0) return;
      const line = alignedLine(offsets, text, alphabet, recogniser);
      const [x, y] = strokes.at(-1)!.points.subarray(-2);
      if (line === null) yield { prime: null, reads: recogniser.read(offsets) };
      else yield { prime: primeOf([line], scale, { x: x!, y: y! }, []), reads: null };
    },

    /** The same of lines that a hand was learned from: of those that say what they are said to. */
    *taught({ lines, points }: Taught): Steps<Prime | null> {
      if (recogniser === null) return;
      const found: AlignedLine[] = [];
      const read: number[] = [];
      let total = 0;
      for (const [k, line] of lines.entries()) {
        const { offsets } = inkOffsets(engine, line, line.scale);
        total += offsets.length / 3;
        const one =
          line.text && offsets.length > 0 ? alignedLine(offsets, line.text, alphabet, recogniser) : null;
        if (one !== null) {
          found.push(one);
          read.push(k);
        }
        yield;
      }
      yield total === points && found.length > 0 ? primeOf(found, scale, null, read) : null;
    },

    /** A word in each of some hands, by their numbers. */
    *hands(hands: readonly number[]): Steps<HandSample> {
      for (const hand of hands) {
        const state = engine.start(SAMPLE, hand);
        const { offsets } = engine.write(state, stepsOf(SAMPLE), SAMPLE_DRAWS);
        state.free();
        yield { hand, offsets, scale };
      }
    },

    /** The first take of the first line, as it is drawn. */
    *begin(request: WriteRequest): Steps<WrittenLine> {
      const chosen = roundOf(request) < request.candidates;
      const likely: number[] = [];
      const pieces: Line[] = [];
      for (const piece of chosen ? inLetters(engine, request, 0, 0) : inSteps(engine, request, likely)) {
        pieces.push(piece);
        const { lead, written } = parted(joinedLines(pieces), placeOf(request));
        const advance = chosen ? null : Float32Array.from(likely.slice(lead.pointers.length));
        const shown = { line: 0, ...written, advance, choice: null, lead: NOTHING, scale };
        yield written.pointers.length > 0 ? shown : undefined;
      }
      begun = { key: firstTake(request, 0), take: joinedLines(pieces) };
    },

    /** Takes of a line, which do not depend on who draws the others. */
    *takes(request: TakesRequest): Steps<LineTakes> {
      const { line, first } = request;
      const known = first === 0 && begun?.key === firstTake(request, line) ? [begun.take] : [];
      const takes: Take[] = [];
      for (const take of yield* drawn(engine, request, known)) {
        const score = request.candidates > 1 ? scoreOf(recogniser!, request.lines[line]!, take.written) : 0;
        takes.push({ ...take, score });
        yield undefined;
      }
      yield { line, first, takes };
    },

    /** A line as its chosen take has it, changed as the reader moved the pointer. */
    *finish(request: FinishRequest): Steps<WrittenLine> {
      const { seed, variation, candidates, line, choice, take } = request;
      const text = request.lines[line]!;
      const stream = streamOf(line, candidates, drawnBefore(request, choice.chosen));
      const draws = { seed, variation, cap: CAP, stream };
      const begin = (): Opened => {
        const { state, place } = opened(engine, request, text);
        const { offsets, pointers } = take.lead;
        if (pointers.length > 0) engine.consume(state, offsets, Int32Array.of(...pointers, place));
        return { state, place };
      };
      let { written } = take;
      for (const move of request.moves.filter((each) => each.line === line)) {
        written = moved(engine, begin(), text, draws, written, move);
        yield undefined;
      }
      const advance = advanceOf(engine, begin(), written);
      yield { line, ...written, advance, choice, lead: take.lead, scale };
    },
  };
}

/** A state that is about to write a line, and the place of the line's first character in the state's text. */
interface Opened {
  readonly state: State;
  readonly place: number;
}

function opened(engine: Engine, request: WriteRequest, line: string): Opened {
  const { hand, prime } = request;
  const state = engine.start(prime === null ? line : `${prime.text} ${line}`, hand);
  if (prime !== null) engine.consume(state, prime.offsets, prime.pointers);
  return { state, place: placeOf(request) };
}

/** The place of a line's first character in the text that is read and written: after that of a prime and a space. */
function placeOf({ prime }: WriteRequest): number {
  return prime === null ? 0 : Array.from(prime.text).length + 1;
}

/** How many of a line's takes or candidates are drawn before a take of it, by its place. */
function drawnBefore(request: WriteRequest, take: number): number {
  return take * (request.candidates / roundOf(request));
}

/** A take of a line after a prime, piece by piece, in the letters of the prime. */
function* inLetters(
  engine: Engine,
  request: WriteRequest,
  line: number,
  take: number,
): Generator<Line, void> {
  const { prime, lines, seed, variation, candidates } = request;
  const { state } = opened(engine, request, lines[line]!);
  const text = `${prime!.text} ${lines[line]!}`;
  const first = streamOf(line, candidates, drawnBefore(request, take));
  yield* writtenIn(engine, state, text, prime!.letters, candidates, { seed, variation, first });
  state.free();
}

/**
 * The first take of the first line, some offsets at a time. likely: gets, for each offset, the probability before it that
 * the pointer then moves on.
 */
function* inSteps(engine: Engine, request: WriteRequest, likely: number[]): Generator<Line, void> {
  const { lines, seed, variation } = request;
  const { state } = opened(engine, request, lines[0]!);
  let steps: Line[] = [];
  for (let firstStep = 0; firstStep < stepsOf(lines[0]!); firstStep++) {
    const { advance } = state;
    const step = engine.write(state, 1, { seed, variation, cap: CAP, firstStep });
    if (step.pointers.length === 0) break;
    likely.push(advance);
    steps.push(step);
    if (steps.length < PIECE) continue;
    yield joinedLines(steps);
    steps = [];
  }
  yield joinedLines(steps);
  state.free();
}

type Parted = Omit<Take, "score">;

/** What the first take of a line depends on. */
function firstTake({ lines, hand, prime, seed, variation, candidates }: WriteRequest, line: number): string {
  const before = prime && [prime.text, prime.scale, prime.end, prime.pointers.length, prime.letters.size];
  return JSON.stringify([lines[line], hand, before, seed, variation, streamOf(line, candidates, 0)]);
}

/** Takes of a line; `known` are the first of them. */
function* drawn(
  engine: Engine,
  request: TakesRequest,
  known: readonly Line[],
): Generator<undefined, Parted[]> {
  const { lines, seed, variation, candidates, line, first, total } = request;
  const { state, place } = opened(engine, request, lines[line]!);
  const takes = [...known];
  const chosen = roundOf(request) < candidates;
  while (chosen && takes.length < total) {
    const pieces: Line[] = [];
    for (const piece of inLetters(engine, request, line, first + takes.length)) {
      pieces.push(piece);
      yield undefined;
    }
    takes.push(joinedLines(pieces));
  }
  while (takes.length < total) {
    const count = Math.min(AT_ONCE, total - takes.length);
    const stream = streamOf(line, candidates, first + takes.length);
    takes.push(...engine.takes(state, count, { seed, variation, cap: CAP, first: stream }));
    yield undefined;
  }
  state.free();
  return takes.map((take) => parted(take, place));
}

/** How well the recogniser reads a text in a line. */
function scoreOf(recogniser: Recogniser, text: string, { offsets }: Line): number {
  const known = Array.from(text, (each) => (recogniser.alphabet.includes(each) ? each : "")).join("");
  return known === "" ? 0 : recogniser.score(offsets, known);
}

/** What a take has before its line, and the line. */
function parted({ offsets, pointers }: Line, place: number): Parted {
  const found = pointers.findIndex((pointer) => pointer >= place);
  const at = found < 0 ? pointers.length : found;
  const lead = { offsets: offsets.slice(0, 3 * at), pointers: pointers.slice(0, at) };
  const rest = { offsets: offsets.slice(3 * at), pointers: pointers.slice(at) };
  return { lead, written: shifted(rest, -place) };
}

function stepsOf(line: string): number {
  return CAP * (Array.from(line).length + 1);
}

/** A line up to a point, and then on from another letter. */
function moved(
  engine: Engine,
  { state, place }: Opened,
  text: string,
  draws: Parameters<Engine["write"]>[2],
  written: Line,
  { at, to, hold }: Move,
): Line {
  const { length } = Array.from(text);
  if (at > written.pointers.length || to > length || at + stepsOf(text) > LONGEST_LINE) return written;
  const before = { offsets: written.offsets.slice(0, 3 * at), pointers: written.pointers.slice(0, at) };
  engine.consume(state, before.offsets, shifted(before, place).pointers);
  const pieces: Line[] = [];
  if (hold > 0) {
    engine.point(state, place + to, { hold: true });
    pieces.push(engine.write(state, hold, { ...draws, firstStep: at }));
  }
  engine.point(state, place + to);
  pieces.push(engine.write(state, stepsOf(text), { ...draws, firstStep: at + hold }));
  state.free();
  return joinedLines([before, ...pieces.map((piece) => shifted(piece, -place))]);
}

/** The probability, before each offset, that the pointer moves on after it. */
function advanceOf(engine: Engine, { state, place }: Opened, written: Line): Float32Array {
  const { pointers } = shifted(written, place);
  const wanted = { c: false, h: false, loglik: false, pointer: true, pointers };
  const { pointer } = engine.trace(state, written.offsets, wanted);
  state.free();
  return Float32Array.from(pointers, (_, k) => pointer![2 * k + 1]!);
}
