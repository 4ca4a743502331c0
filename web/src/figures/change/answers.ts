/** What the worker answers: samples with the change and without it, and measurements. */

import { batch, computed, effect, signal } from "@preact/signals-core";
import { into } from "../../draw/redraw.ts";
import { packed } from "../../engine/source.ts";
import type { Stroke } from "../../ink/stroke.ts";
import { PRIORITY } from "../../worker/pool.ts";
import type { ChangeTask, MeasuredReply, WriteRequest, WrittenReply } from "./task.ts";
import type { Wish } from "./wanted.ts";
import type { ChangeWiring } from "./wiring.ts";

export const COUNT = 4;
export const STEPS = 500;
/** Steps of a text at most: for each of its characters, and in all. */
const CHARACTER_STEPS = 40;
const MOST_STEPS = 1500;

export function textSteps(words: string): number {
  return Math.min(CHARACTER_STEPS * words.length, MOST_STEPS);
}

/** Samples, and the text that they write; null where they write freely. */
export interface Written extends WrittenReply {
  readonly text: WriteRequest["text"];
}

export type Answers = ReturnType<typeof answers>;

export function answers({ frame, primed, ink, said, writing }: ChangeWiring, { settled, own, wanted }: Wish) {
  const { state, loaded } = frame;
  const written = signal<Written | null>(null);
  /** Of the reader's own change, as it is now; null where it was not measured. */
  const measured = signal<MeasuredReply | null>(null);
  const { client, failed } = frame.line<ChangeTask>("change");

  /** What the samples go on from. While a stroke is drawn, they stay as they are. */
  let primedBy: readonly Stroke[] = [];
  effect(() => {
    if (!primed.value) primedBy = [];
    else if (!writing.value) primedBy = ink.value;
    const { intervention, random } = wanted.value;
    const [seed, variation] = [state.seed.value, state.variation.value];
    if (!settled.value) return;
    const text = primed.value && said.value ? { words: said.value.words, hand: said.value.hand } : null;
    const strokes = text === null ? primedBy.map(packed) : [];
    const steps = text === null ? STEPS : textSteps(text.words);
    const request = { intervention, random, strokes, text, seed, variation, count: COUNT, steps };
    client.ask("write", request, (reply) =>
      batch(() => {
        failed.value = "";
        written.value = { ...reply, text };
      }),
    );
  });
  // What was measured belongs to one change of one model.
  effect(() => {
    own.value;
    loaded.value;
    client.drop("measure");
    measured.value = null;
  });

  return {
    written,
    measured,
    failed: computed(() => inWords(failed.value)),
    measure(): void {
      if (loaded.value === null) return;
      client.ask("measure", own.value, into(measured), PRIORITY.background);
      frame.announce("Measuring.");
    },
  };
}

/** The engine's message, or what to do where the change is too strong. */
function inWords(message: string): string {
  if (!message.includes("NaN")) return message;
  return "Under this change the cell values grow without bound. Multiply by a smaller factor.";
}
