/** Writing under an intervention, and measuring what it does. Letter key: F samples, n steps. */

import { Engine, type Line } from "../../engine/engine.ts";
import { type Intervention, intervene } from "../../engine/interventions.ts";
import { mean } from "../../engine/measures.ts";
import type { Model } from "../../engine/model.ts";
import { Reader, type Reading, scaleOf } from "../../engine/reader.ts";
import type { InkStroke, SourceText } from "../../engine/source.ts";
import { using } from "../../explain/reading.ts";
import { DRAWS } from "../../explain/silence.ts";
import { RULING } from "../../ink/stroke.ts";
import type { Steps } from "../../worker/task.ts";
import type { Figures } from "./effect.ts";
import { Laboratory } from "./laboratory.ts";

/** Samples as they are and under an intervention, from the same random numbers. */
export interface WriteRequest {
  readonly intervention: Intervention;
  /** 0: as it is. k: the same on random cells, draw k. */
  readonly random: number;
  /** An ink that the samples go on from; none: they begin a line. */
  readonly strokes: readonly InkStroke[];
  /** A text that they write instead; null for none. A model that knows no text writes freely. */
  readonly text: Omit<SourceText, "pointers"> | null;
  readonly seed: number;
  readonly variation: number;
  /** F: sample k is stream k. */
  readonly count: number;
  /** n at most: a text may end before. */
  readonly steps: number;
}

export interface WrittenReply {
  /** What was done: with random cells, theirs. Empty where there are not as many others. */
  readonly intervention: Intervention;
  /** F samples. */
  readonly before: readonly Line[];
  readonly after: readonly Line[];
  /** Mean log p a point of the samples of `before`, as it is and under the intervention; nats. */
  readonly loglik: readonly [number, number];
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
  readonly samples: readonly Line[];
  readonly loglik: number;
}

type Begun = Pick<Reading, "state" | "position" | "scale">;

export type ChangeTask = ReturnType<typeof changeTask>;

export function changeTask(model: Model) {
  const plain = new Engine(model);
  const changed = new Engine(model);
  let known: Plain | null = null;
  let made: Laboratory | null = null;
  /** Made when it is first needed. */
  const laboratory = (): Laboratory => (made ??= new Laboratory(new Engine(model)));

  /** The samples as they are; those that begin a line are kept, since most requests differ in the change alone. */
  function* plainly(request: WriteRequest): Generator<undefined, Plain> {
    const { strokes, text, seed, variation, count, steps } = request;
    const key = strokes.length > 0 ? "" : JSON.stringify([text, seed, variation, count, steps]);
    if (known !== null && key !== "" && known.key === key) return known;
    const begun = begin(plain, request);
    const samples = sampled(plain, begun, request);
    yield;
    known = { key, samples, loglik: likelihood(plain, begun, samples) };
    yield;
    return known;
  }

  return {
    *write(request: WriteRequest): Steps<WrittenReply> {
      const { random } = request;
      const intervention =
        random === 0 ? request.intervention : laboratory().like(request.intervention, random);
      const before = yield* plainly(request);
      intervene(changed, intervention);
      const begun = begin(changed, request);
      const after = sampled(changed, begun, request);
      yield;
      const under = likelihood(changed, begun, before.samples);
      yield {
        ...{ intervention, before: before.samples, after, scale: begun.scale },
        loglik: [before.loglik, under],
      };
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

/** Where the samples begin: a line, a text, or the end of an ink as the engine reads it now. */
function begin(engine: Engine, { strokes, text }: WriteRequest): Begun {
  const begun = { position: 0, scale: scaleOf(engine, RULING) };
  if (text !== null && engine.architecture.text)
    return { ...begun, state: engine.start(text.words, text.hand ?? undefined) };
  if (strokes.length > 0) return new Reader(engine, RULING).read(strokes);
  return { ...begun, state: engine.start() };
}

function sampled(
  engine: Engine,
  { state, position }: Begun,
  { seed, variation, count, steps }: WriteRequest,
): Line[] {
  return engine.lines(state, count, steps, { seed, variation, origin: position });
}

/** Mean over samples, nats a point. */
function likelihood(engine: Engine, { state: begun }: Begun, samples: readonly Line[]): number {
  const each = samples.map(({ offsets, pointers }) => {
    const along = begun.characters > 0 && { pointers };
    const { loglik } = using(begun.copy(), (state) =>
      engine.trace(state, offsets, { c: false, h: false, ...along }),
    );
    return loglik!.reduce((sum, value) => sum + value, 0) / Math.max(pointers.length, 1);
  });
  return mean(each);
}
