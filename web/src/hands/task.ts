/** Learning a hand, a part of it: what each of the workers does that share the lines. Also a sample of a hand. */

import type { Tensor, Weights } from "../checkpoint/checkpoint.ts";
import { type Changes, changed } from "../checkpoint/hand-changes.ts";
import { Engine, type RawInk } from "../engine/engine.ts";
import { cellChanges } from "../engine/hand/cell-changes.ts";
import type { Finding, Line, Read, Reading, Stepped, Stepping } from "../engine/hand/learn-group.ts";
import { Learner } from "../engine/hand/learner.ts";
import { textsFor, type Writing, writerOf } from "../engine/hand/legible.ts";
import { Model } from "../engine/model.ts";
import { inkOffsets } from "../engine/path.ts";
import { scaleOf } from "../engine/reader.ts";
import { Recogniser } from "../engine/text/recogniser.ts";
import { scriptOf } from "../engine/text/scripts.ts";
import { moved, type Steps } from "../worker/task.ts";

/** A line, and model units in one of its units where that is known; otherwise it is prepared first (spec/ink.md). */
export interface LearnLine extends RawInk {
  readonly scale: number | null;
  /** What it says; null where that is not known. */
  readonly text: string | null;
}

export interface OpenRequest {
  /** learn.wasm, and engine.wasm */
  readonly module: WebAssembly.Module;
  readonly engine: WebAssembly.Module;
  /**
   * recogniser.wasm and its weights, which find the text in the lines and read what is written in the hand; null: the
   * hand is learned without it.
   */
  readonly recogniser: { readonly module: WebAssembly.Module; readonly weights: Uint8Array } | null;
}

/** What another checkpoint than the open one writes from nothing, in a hand or not. */
export interface SampleRequest extends Omit<Weights, "tensors"> {
  /** engine.wasm */
  readonly module: WebAssembly.Module;
  /** null stands for the open model's: copies of all tensors, one a pass, would stay in memory until collected. */
  readonly tensors: ReadonlyMap<string, Tensor | null>;
  /** What the hand changes of them. */
  readonly changes: Changes | null;
  readonly seed: number;
  readonly variation: number;
  readonly steps: number;
  /** The writing size that a sheet's rules ask for, in its units. */
  readonly ruling: number;
}

export interface SampleReply {
  /** [steps, 3] in model units. */
  readonly offsets: Float32Array;
  /** Model units in a sheet unit. */
  readonly scale: number;
}

export type LearnTask = ReturnType<typeof learnTask>;

export function learnTask(model: Model) {
  const engine = new Engine(model);
  let opened: OpenRequest | null = null;
  let recogniser: Recogniser | null = null;
  let learner: Learner | null = null;
  let writer: ReturnType<typeof writerOf> | null = null;
  let sampler: Model | null = null;
  const room = new Map<string, Tensor>();
  let changesIn: ReturnType<typeof cellChanges> | null = null;
  return {
    /** Comes first. Gives the texts that can be written and read, for the choice of how much of a hand is kept. */
    *open(request: OpenRequest): Steps<readonly string[]> {
      opened = request;
      if (request.recogniser === null) yield [];
      else {
        recogniser = Recogniser.create(request.recogniser.module, request.recogniser.weights);
        writer = writerOf(request.engine, model, recogniser);
        yield textsFor(model.architecture, recogniser);
      }
    },

    /** Some lines as the model reads them, with the places of their characters. */
    *prepare(lines: readonly LearnLine[]): Steps<readonly Line[]> {
      const known = model.architecture.text;
      const read: Line[] = [];
      for (const line of lines) {
        const { offsets } = inkOffsets(engine, line, line.scale);
        const { text } = line;
        const script =
          recogniser && known && text !== null ? scriptOf(offsets, text, known, recogniser) : null;
        read.push({ offsets, script });
        yield;
      }
      yield read;
    },

    // As RemoteLearner has them.

    *begin(lines: readonly Line[]): Steps<true> {
      learner = new Learner(opened!.module, model, lines);
      yield true;
    },

    *find(finding: Finding): Steps<Float32Array> {
      yield learner!.find(finding);
    },

    *direct(directions: Float32Array): Steps<true> {
      learner!.directions = directions;
      yield true;
    },

    *read(window: Reading): Steps<Read> {
      yield moved(learner!.read(window));
    },

    *step(step: Stepping): Steps<Stepped> {
      yield moved(learner!.step(step));
    },

    *numbers(): Steps<{ readonly numbers: Float32Array<ArrayBuffer> }> {
      yield moved({ numbers: learner!.numbers });
    },

    *wear(changes: Changes): Steps<true> {
      writer!.wear(changes);
      yield true;
    },

    *write(takes: Writing): Steps<readonly number[]> {
      yield writer!.write(takes);
    },

    /** How much each cell does otherwise in a hand while it reads a line, which is always the same. */
    *changes({ tensors, line }: { tensors: Changes; line: Line }): Steps<Float32Array> {
      changesIn ??= cellChanges(opened!.engine, model, line);
      const { architecture, unitsPerRawUnit } = model;
      yield changesIn({ architecture, unitsPerRawUnit, tensors: changed(model, tensors, room) });
    },

    *sample(request: SampleRequest): Steps<SampleReply> {
      const { module, architecture, unitsPerRawUnit, seed, variation, steps, ruling } = request;
      const tensors = new Map(
        Array.from(request.tensors, ([name, tensor]) => [name, tensor ?? model.tensors.get(name)!] as const),
      );
      const checkpoint = { architecture, unitsPerRawUnit, tensors };
      const inHand = request.changes === null ? tensors : changed(checkpoint, request.changes, room);
      // Each pass asks again: an instance for each would stay in memory until it is collected.
      sampler = new Model(module, { ...checkpoint, tensors: inHand }, sampler?.wasm);
      const writer = new Engine(sampler);
      const offsets = writer.sample(writer.start(), steps, { seed, variation });
      yield moved({ offsets, scale: scaleOf(writer, ruling) });
    },
  };
}
