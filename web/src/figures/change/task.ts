/** Writing under an intervention, and measuring what it does. Letter key: F samples, n steps. */

import { Engine } from "../../engine/engine.ts";
import { type Intervention, intervene } from "../../engine/interventions.ts";
import type { Model } from "../../engine/model.ts";
import { Reader, type Reading, scaleOf } from "../../engine/reader.ts";
import type { InkStroke } from "../../engine/source.ts";
import { RULING } from "../../ink/stroke.ts";
import type { Steps } from "../../worker/task.ts";
import { DRAWS, type Figures } from "./effect.ts";
import { Laboratory } from "./laboratory.ts";

/** Samples as they are and under an intervention, from the same random numbers. */
export interface WriteRequest {
  readonly intervention: Intervention;
  /** 0: as it is. k: the same on random cells, draw k. */
  readonly random: number;
  /** An ink that the samples go on from; none: they begin a line. */
  readonly strokes: readonly InkStroke[];
  readonly seed: number;
  readonly variation: number;
  /** F: sample k is stream k. */
  readonly count: number;
  /** n */
  readonly steps: number;
}

export interface WrittenReply {
  /** What was done: with random cells, theirs. Empty where there are not as many others. */
  readonly intervention: Intervention;
  /** [F, n, 3] in model units. */
  readonly before: Float32Array;
  readonly after: Float32Array;
  /** [F, 2]: log p a point of each sample of `before`, as it is and under the intervention; nats. */
  readonly loglik: Float32Array;
  /** Model units in a sheet unit. */
  readonly scale: number;
}

/** After each run: `done` of `total`. */
export interface MeasuredReply {
  readonly done: number;
  readonly total: number;
  readonly figures: Figures;
}

/** Samples as they are, and their likelihood. */
interface Plain {
  readonly key: string;
  readonly offsets: Float32Array;
  readonly loglik: readonly number[];
}

type Begun = Pick<Reading, "state" | "position" | "scale">;

export type ChangeTask = ReturnType<typeof changeTask>;

export function changeTask(model: Model) {
  const plain = new Engine(model);
  const changed = new Engine(model);
  let known: Plain | null = null;
  let made: Laboratory | null = null;
  /** Made when it is first needed. */
  const laboratory = (): Laboratory => {
    made ??= new Laboratory(new Engine(model));
    return made;
  };

  /** The samples as they are; those that begin a line are kept, since most requests differ in the change alone. */
  function* plainly(request: WriteRequest): Generator<undefined, Plain> {
    const { strokes, seed, variation, count, steps } = request;
    const key = strokes.length > 0 ? "" : [seed, variation, count, steps].join();
    if (known !== null && key !== "" && known.key === key) return known;
    const begun = begin(plain, strokes);
    const offsets = sampled(plain, begun, request);
    yield;
    known = { key, offsets, loglik: likelihoods(plain, begun, offsets, count) };
    yield;
    return known;
  }

  return {
    *write(request: WriteRequest): Steps<WrittenReply> {
      const { random, strokes, count } = request;
      const intervention =
        random === 0 ? request.intervention : laboratory().like(request.intervention, random);
      const before = yield* plainly(request);
      intervene(changed, intervention);
      const begun = begin(changed, strokes);
      const after = sampled(changed, begun, request);
      yield;
      const under = likelihoods(changed, begun, before.offsets, count);
      const loglik = Float32Array.from(before.loglik.flatMap((value, k) => [value, under[k]!]));
      yield { intervention, before: before.offsets, after, loglik, scale: begun.scale };
    },

    /** Measures what an intervention does, beside as many draws of random cells as a claim needs. */
    *measure(intervention: Intervention): Steps<MeasuredReply> {
      const others = Array.from({ length: DRAWS }, (_, draw) => laboratory().like(intervention, draw + 1));
      const compared = others.filter((other) => other.length > 0);
      const total = 1 + compared.length;
      let done = 0;
      for (const figures of laboratory().measure(intervention, compared)) {
        yield figures && { done: ++done, total, figures };
      }
    },
  };
}

/** Where the samples begin: a line, or the end of an ink as the engine reads it now. */
function begin(engine: Engine, strokes: readonly InkStroke[]): Begun {
  if (strokes.length > 0) return new Reader(engine, RULING).read(strokes);
  return { state: engine.start(), position: 0, scale: scaleOf(engine, RULING) };
}

function sampled(
  engine: Engine,
  { state, position }: Begun,
  { seed, variation, count, steps }: WriteRequest,
): Float32Array {
  return engine.futures(state, count, steps, { seed, variation, origin: position });
}

/** Of each sample, nats a point. */
function likelihoods(
  engine: Engine,
  { state: begun }: Begun,
  samples: Float32Array,
  count: number,
): number[] {
  const width = samples.length / count;
  return Array.from({ length: count }, (_, f) => {
    const state = begun.copy();
    const sample = samples.subarray(width * f, width * (f + 1));
    const { loglik } = engine.trace(state, sample, { c: false, h: false });
    state.free();
    return loglik!.reduce((sum, value) => sum + value, 0) / (width / 3);
  });
}
