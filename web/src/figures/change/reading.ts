/** The change that is wanted, and what the worker answers: samples with it and without it, and measurements. */

import { batch, computed, effect, signal } from "@preact/signals-core";
import { followAtlas } from "../../atlas/fetch.ts";
import { into } from "../../draw/redraw.ts";
import { atStrength, change, type Intervention } from "../../engine/interventions.ts";
import { packed } from "../../engine/source.ts";
import type { Stroke } from "../../ink/stroke.ts";
import { PRIORITY } from "../../worker/pool.ts";
import { type Effect, effectsOf } from "./effect.ts";
import type { ChangeTask, MeasuredReply, WriteRequest, WrittenReply } from "./task.ts";
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

export type Known = ReturnType<typeof reading>;

export function reading(wiring: ChangeWiring) {
  const { frame, primed, ink, said, writing } = wiring;
  const wished = wish(wiring);
  const { settled, own, wanted } = wished;
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
    ...wished,
    ...{ written, measured },
    failed: computed(() => inWords(failed.value)),
    measure(): void {
      if (loaded.value === null) return;
      client.ask("measure", own.value, into(measured), PRIORITY.background);
      frame.announce("Measuring.");
    },
  };
}

/** From the controls to the change that is wanted: a preset of the atlas, or one of the reader's own. */
function wish({ frame }: ChangeWiring) {
  const { state } = frame;
  const followed = followAtlas(frame.loaded);
  /** The presets of the atlas. */
  const effects = computed(() => effectsOf(followed.atlas.value?.about.effects ?? []));
  /** The one that is chosen; null for cells of the reader's own. */
  const preset = computed((): Effect | null => {
    if (state.cells.value.length > 0) return null;
    return effects.value.find(({ name }) => name === state.preset.value) ?? effects.value[0] ?? null;
  });
  /** The reader's own change. */
  const own = computed((): Intervention => {
    const numbers: Readonly<Record<string, readonly [scale: number, shift: number]>> = {
      clamp: [0, state.clamp.value],
      scale: [state.scale.value, 0],
      shift: [1, state.shift.value],
    };
    return change(state.cells.value, state.of.value === "h" ? "h" : "c", ...numbers[state.how.value]!);
  });
  /** What is done, and the draw of random cells to which the worker does it; 0 for none. */
  const wanted = computed(() => {
    const random = state.random.value;
    const stored = preset.value;
    if (stored === null) return { intervention: own.value, random };
    const other = stored.random[random - 1];
    const { cells, of, scale, shift } = other ?? stored;
    const intervention = atStrength(change(cells, of, scale, shift), state.strength.value);
    return { intervention, random: other === undefined ? random : 0 };
  });
  return { ...followed, effects, preset, own, wanted };
}

/** The engine's message, or what to do where the change is too strong. */
function inWords(message: string): string {
  if (!message.includes("NaN")) return message;
  return "Under this change the cell values grow without bound. Multiply by a smaller factor.";
}
