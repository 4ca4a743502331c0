/** Writing a typed text: at once, so that the pen can begin, and then the best of several takes of each line. */

import { Engine, type Line } from "../../engine/engine.ts";
import type { Model } from "../../engine/model.ts";
import { scaleOf } from "../../engine/reader.ts";
import { CAP } from "../../engine/text.ts";
import { RULING } from "../../ink/stroke.ts";
import type { Steps } from "../../worker/task.ts";
import type { Move } from "./moves.ts";
import { type Choice, chooseTake } from "./takes.ts";

export interface WriteRequest {
  /** At least one, of characters that the model knows. */
  readonly lines: readonly string[];
  /** The number of a hand; undefined where the checkpoint has none. */
  readonly hand: number | undefined;
  readonly seed: number;
  readonly variation: number;
  /** Takes of each line. */
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
  /** Model units in a sheet unit. */
  readonly scale: number;
}

export interface HandsRequest {
  /** Their numbers. */
  readonly hands: readonly number[];
  /** A short word that shows a hand. */
  readonly word: string;
}

export interface HandSample {
  readonly hand: number;
  /** [n, 3] in model units. */
  readonly offsets: Float32Array;
  readonly scale: number;
}

/** How hands are shown: neatly, so that what differs is the hand. */
const SAMPLE_VARIATION = 0.4;
const SAMPLE_SEED = 1;
/** Offsets that are drawn before the page is told: about a letter. */
const PIECE = 24;
/** Takes that are drawn in one batch; between two batches newer requests come in. */
const AT_ONCE = 8;
/** Offsets of a line at most, with all moves of the reader. */
const LONGEST_LINE = 12_000;

export type TypeTask = ReturnType<typeof typeTask>;

export function typeTask(model: Model) {
  const engine = new Engine(model);
  const scale = scaleOf(engine, RULING);
  /** The lines of the newest text before any move: a move does not write the takes again. */
  let known: Chosen = { key: "", lines: [] };
  return {
    /** A word in each of some hands. */
    *hands({ hands, word }: HandsRequest): Steps<HandSample> {
      for (const hand of hands) {
        const state = engine.start(word, hand);
        const draws = { seed: SAMPLE_SEED, variation: SAMPLE_VARIATION, cap: CAP };
        const { offsets } = engine.write(state, stepsOf(word), draws);
        state.free();
        yield { hand, offsets, scale };
      }
    },

    /** The first take of the first line, as it is drawn. */
    *begin({ lines, hand, seed, variation }: WriteRequest): Steps<WrittenLine> {
      const state = engine.start(lines[0], hand);
      const steps: Line[] = [];
      const advance: number[] = [];
      for (let firstStep = 0; firstStep < stepsOf(lines[0]!); firstStep++) {
        advance.push(state.advance);
        const step = engine.write(state, 1, { seed, variation, cap: CAP, firstStep });
        const ended = step.pointers.length === 0;
        if (!ended) steps.push(step);
        if (!ended && steps.length % PIECE > 0) continue;
        const written = joined(steps);
        yield { line: 0, ...written, advance: Float32Array.from(advance), choice: null, scale };
        if (ended) break;
      }
      state.free();
    },

    /** All lines: of each the best take, changed as the reader moved the pointer. */
    *write(request: WriteRequest): Steps<WrittenLine> {
      const { lines, hand, moves } = request;
      const key = JSON.stringify({ ...request, moves: [] });
      if (key !== known.key) known = { key, lines: [] };
      for (const [line, text] of lines.entries()) {
        known.lines[line] ??= yield* bestOf(engine, request, line);
        const { choice, draws } = known.lines[line];
        let { written } = known.lines[line];
        for (const move of moves.filter((each) => each.line === line)) {
          written = moved(engine, { text, hand, draws }, written, move);
          yield undefined;
        }
        yield { line, ...written, advance: advanceOf(engine, text, hand, written), choice, scale };
      }
    },
  };
}

interface Chosen {
  readonly key: string;
  readonly lines: {
    readonly choice: Choice;
    readonly written: Line;
    readonly draws: Writing["draws"];
  }[];
}

/** The best of the takes of a line. */
function* bestOf(
  engine: Engine,
  { lines, hand, seed, variation, candidates }: WriteRequest,
  line: number,
): Generator<undefined, Chosen["lines"][number]> {
  const text = lines[line]!;
  const state = engine.start(text, hand);
  const takes: Line[] = [];
  while (takes.length < candidates) {
    const total = Math.min(AT_ONCE, candidates - takes.length);
    const first = line * candidates + takes.length;
    takes.push(...engine.takes(state, total, { seed, variation, cap: CAP, first }));
    yield undefined;
  }
  state.free();
  const choice = chooseTake(text, takes, new Array<number>(candidates).fill(0));
  const draws = { seed, variation, cap: CAP, stream: line * candidates + choice.index };
  return { choice, written: takes[choice.index]!, draws };
}

function stepsOf(line: string): number {
  return CAP * (Array.from(line).length + 1);
}

function joined(pieces: readonly Line[]): Line {
  const total = pieces.reduce((sum, { pointers }) => sum + pointers.length, 0);
  const offsets = new Float32Array(3 * total);
  const pointers = new Int32Array(total);
  let at = 0;
  for (const piece of pieces) {
    offsets.set(piece.offsets, 3 * at);
    pointers.set(piece.pointers, at);
    at += piece.pointers.length;
  }
  return { offsets, pointers };
}

interface Writing {
  readonly text: string;
  readonly hand: number | undefined;
  readonly draws: {
    readonly seed: number;
    readonly variation: number;
    readonly cap: number;
    readonly stream: number;
  };
}

/** A line up to a point, and then on from another letter. */
function moved(engine: Engine, { text, hand, draws }: Writing, written: Line, { at, to, hold }: Move): Line {
  const { length } = Array.from(text);
  if (at > written.pointers.length || to > length || at + stepsOf(text) > LONGEST_LINE) return written;
  const before = {
    offsets: written.offsets.slice(0, 3 * at),
    pointers: written.pointers.slice(0, at),
  };
  const state = engine.start(text, hand);
  engine.consume(state, before.offsets, before.pointers);
  const pieces: Line[] = [before];
  if (hold > 0) {
    engine.point(state, to, { hold: true });
    pieces.push(engine.write(state, hold, { ...draws, firstStep: at }));
  }
  engine.point(state, to);
  pieces.push(engine.write(state, stepsOf(text), { ...draws, firstStep: at + hold }));
  state.free();
  return joined(pieces);
}

/** The probability, before each offset, that the pointer moves on after it. */
function advanceOf(
  engine: Engine,
  text: string,
  hand: number | undefined,
  { offsets, pointers }: Line,
): Float32Array {
  const state = engine.start(text, hand);
  const wanted = { c: false, h: false, loglik: false, pointer: true, pointers };
  const { pointer } = engine.trace(state, offsets, wanted);
  state.free();
  return Float32Array.from(pointers, (_, k) => pointer![2 * k + 1]!);
}
