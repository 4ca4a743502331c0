/** Strokes are changed in a worker: their influence, and what would come then instead. Letter key: n offsets, F futures. */

import { Engine, type Line, type State } from "../../engine/engine.ts";
import type { Model } from "../../engine/model.ts";
import { type Source, Sources } from "../../engine/path.ts";
import { commonOffsets } from "../../engine/path-common.ts";
import type { PathSource } from "../../engine/source.ts";
import { sameText } from "../../engine/text/read-text.ts";
import { Recogniser, type RecogniserFiles } from "../../engine/text/recogniser.ts";
import { letterAfter } from "../../explain/letters.ts";
import type { PenDown } from "../../ink/path.ts";
import { RULING } from "../../ink/stroke.ts";
import type { Steps } from "../../worker/task.ts";
import { FUTURES } from "./controls.ts";
import { type HandShift, handShift, Memory } from "./influence.ts";
import type { Change } from "./strokes.ts";

const SEED = 0;
/** Strokes before the step that are changed: a line of writing has fewer. */
const MOST_STROKES = 60;
/** Letters that are read before others may go first. */
const LETTERS_AT_ONCE = 8;

interface StrokesRequest {
  readonly source: PathSource;
  /** The number of offsets before "now"; below 0: all, and with a text some before its end. */
  readonly step: number;
  readonly change: Change;
}

/** An ink, and the strokes of it that can be changed. */
export interface InkReply extends Source {
  readonly kind: "ink";
  readonly step: number;
  /** Those that ended before the step. */
  readonly strokes: readonly PenDown[];
  /** The first of them that is changed. */
  readonly first: number;
}

/** Of one stroke, changed: how different the prediction at the step is then, in nats. */
export interface StrokeReply {
  readonly kind: "stroke";
  readonly stroke: number;
  readonly divergence: number;
  /** The same at each of DISTANCES after the stroke, as far as the ink goes. */
  readonly near: readonly number[];
}

export interface LookRequest extends StrokesRequest {
  readonly stroke: number;
}

/** What comes instead, with one stroke changed. */
export interface LookReply {
  readonly kind: "look";
  readonly stroke: number;
  readonly change: Change;
  readonly step: number;
  /** [m, 3]: the changed ink before the step. */
  readonly offsets: Float32Array;
  /** Futures of at most 100 offsets, with the same random numbers. */
  readonly before: readonly Line[];
  readonly after: readonly Line[];
  /** Nats, of the change and of a tremble. */
  readonly divergence: number;
  readonly tremble: number;
  readonly hand: HandShift;
}

/** The letter that comes next in each future: as it was, with the change, and where the stroke only trembles. */
export interface LettersReply {
  readonly stroke: number;
  readonly change: Change;
  readonly step: number;
  readonly before: readonly string[];
  readonly after: readonly string[];
  readonly tremble: readonly string[];
}

/** An ink that was read. */
interface Read extends Source {
  readonly memory: Memory;
}

/** A step without a change. */
interface Plain {
  readonly memory: Memory;
  readonly step: number;
  readonly futures: readonly Line[];
  /** null until they are read. */
  letters: readonly string[] | null;
}

export type MemoryTask = ReturnType<typeof memoryTask>;

export function memoryTask(model: Model) {
  const engine = new Engine(model);
  const sources = new Sources(engine, RULING);
  let known: Read | null = null;
  let recogniser: Recogniser | null = null;
  /** Of the step that was looked at last. */
  let plain: Plain | null = null;

  const read = (source: PathSource, step: number): Read & { readonly step: number } => {
    const ink = sources.read(source);
    const same =
      known !== null &&
      known.offsets.length === ink.offsets.length &&
      known.firstLifted === ink.firstLifted &&
      sameText(known.text, ink.text) &&
      commonOffsets(known.offsets, ink.offsets) === ink.offsets.length / 3;
    const memory =
      known !== null && same ? known.memory : new Memory(engine, ink.offsets.slice(), { ...ink, seed: SEED });
    known = { ...ink, memory };
    return { ...known, step: step < 0 ? memory.lastStep : Math.min(step, memory.length) };
  };
  const futuresOf = (memory: Memory, state: State): Line[] => {
    const futures = memory.futures(state, FUTURES);
    state.free();
    return futures;
  };
  const plainly = (memory: Memory, step: number): Plain => {
    if (plain?.memory !== memory || plain.step !== step)
      plain = { memory, step, futures: futuresOf(memory, memory.state(step)), letters: null };
    return plain;
  };
  function* lettersIn(ink: Float32Array, futures: readonly Line[]): Generator<undefined, string[]> {
    const letters: string[] = [];
    for (const { offsets } of futures) {
      letters.push(letterAfter(recogniser!, ink, offsets));
      if (letters.length % LETTERS_AT_ONCE === 0) yield;
    }
    return letters;
  }

  return {
    *recogniser({ module, weights }: RecogniserFiles): Steps<boolean> {
      recogniser = Recogniser.create(module, weights);
      yield true;
    },

    /** The ink, then the influence of its strokes, the latest first. */
    *strokes({ source, step: wanted, change }: StrokesRequest): Steps<InkReply | StrokeReply> {
      const { memory, step, ...placed } = read(source, wanted);
      const strokes = memory.strokes.filter(({ end }) => end <= step);
      const first = Math.max(strokes.length - MOST_STROKES, 0);
      yield { kind: "ink", ...placed, step, strokes, first };
      for (let stroke = strokes.length - 1; stroke >= first; stroke--) {
        const divergence = memory.divergence(stroke, change, step);
        yield { kind: "stroke", stroke, divergence, near: memory.near(stroke, change) };
      }
    },

    /** What comes after the step as it was, and with one stroke changed. */
    *look({ source, step: wanted, change, stroke }: LookRequest): Steps<LookReply> {
      const { memory, step } = read(source, wanted);
      const { futures: before } = plainly(memory, step);
      yield;
      const after = futuresOf(memory, memory.state(step, stroke, change));
      yield;
      yield {
        kind: "look",
        stroke,
        change,
        step,
        offsets: memory.before(step, stroke, change),
        before,
        after,
        divergence: memory.divergence(stroke, change, step),
        tremble: memory.divergence(stroke, "tremble", step),
        hand: handShift(before, after),
      };
    },

    /** The letters that come then. The recogniser has to be there. */
    *letters({ source, step: wanted, change, stroke }: LookRequest): Steps<LettersReply> {
      const { memory, step } = read(source, wanted);
      const own = memory.before(step);
      const known = plainly(memory, step);
      known.letters ??= yield* lettersIn(own, known.futures);
      const before = known.letters;
      const changed = futuresOf(memory, memory.state(step, stroke, change));
      const after = yield* lettersIn(own, changed);
      const trembling = futuresOf(memory, memory.state(step, stroke, "tremble"));
      const tremble = change === "tremble" ? after : yield* lettersIn(own, trembling);
      yield { stroke, change, step, before, after, tremble };
    },
  };
}
