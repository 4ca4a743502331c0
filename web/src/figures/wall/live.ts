/** What the sample wall does: asks its worker for samples, shows them, says what is known of the one looked at. */

import { batch, computed, effect, signal } from "@preact/signals-core";
import { packed } from "../../engine/source.ts";
import type { Running } from "../../frame/figure.ts";
import { pointsOf } from "../../ink/path.ts";
import { type Continuation, type Stroke, X_HEIGHT } from "../../ink/stroke.ts";
import { sampleWall, type WallData } from "./sample-wall.ts";
import type { LikelihoodReply, SamplesReply, WallTask } from "./task.ts";
import type { WallWiring } from "./wiring.ts";

export const COUNT = 24;
const STEPS = 500;
/** Where samples that begin a line are put on the sheet. */
const LEFT = X_HEIGHT / 2;

interface Sample {
  readonly continuation: Continuation;
  readonly offsets: Float32Array;
  readonly primed: boolean;
}

interface Held {
  readonly sample: number;
  readonly points: number;
}

export async function startWall({ frame, ink, isExample, writing, open }: WallWiring): Promise<Running> {
  const { state, seen } = frame;
  const samples = signal<readonly (Sample | undefined)[]>([]);
  const key = signal("");
  const held = signal<Held | null>(null);
  const likelihood = signal<LikelihoodReply | null>(null);
  const problem = signal("");
  let walls = 0;
  let asked = { key: "", primed: false };

  const error = (message: string): void => {
    problem.value = message;
  };
  const client = frame.pool.client<WallTask>("wall", { error });

  const take = (reply: SamplesReply): void => {
    // While they write they begin together; a wall at rest changes sample by sample, as a control is moved.
    const anew = key.value !== asked.key && state.playing.value;
    const next = anew ? [] : [...samples.value];
    for (let f = 0; f < reply.count; f++) next[reply.first + f] = sampleOf(reply, f, asked.primed);
    batch(() => {
      if (anew || samples.value.length === 0) key.value = asked.key;
      samples.value = next;
      likelihood.value = null;
    });
  };

  const none: readonly Stroke[] = [];
  /** What the samples go on from. While a stroke is drawn, they stay as they are. */
  let primedBy = none;
  effect(() => {
    const primed = state.primed.value;
    if (!primed) primedBy = none;
    else if (!writing.value) primedBy = ink.value;
    const request = { seed: state.seed.value, variation: state.variation.value, primed };
    if (frame.loaded.value === null || !seen.value) return;
    problem.value = "";
    asked = { key: String(++walls), primed };
    const { seed, variation } = request;
    const strokes = primedBy.map(packed);
    client.ask("samples", { strokes, seed, variation, count: COUNT, steps: STEPS }, take);
  });

  // The one that is looked at.

  effect(() => {
    if (held.value !== null && samples.value[held.value.sample]) {
      client.ask("likelihood", { sample: held.value.sample }, (reply) => {
        likelihood.value = reply;
      });
    }
  });

  const known = computed(() => {
    const [looked, reply] = [held.value, likelihood.value];
    if (looked === null || reply === null || reply.sample !== looked.sample) return null;
    const sample = samples.value[looked.sample];
    if (sample === undefined) return null;
    const origin = sample.continuation.lifts.length - sample.offsets.length / 3;
    const count = Math.max(looked.points - origin, 0);
    const sum = reply.loglik.subarray(0, count).reduce((total, each) => total + each, 0);
    return { count, sum };
  });

  const note = computed(() => (known.value === null ? "" : `${signed(known.value.sum, 0)} nats`));

  const telling = computed(() => {
    if (problem.value !== "") return problem.value;
    const looked = held.value;
    const settings = `seed ${state.seed.value}, variation ${state.variation.value.toFixed(2)}`;
    if (looked !== null) {
      const start = `Sample ${looked.sample + 1}: ${settings}.`;
      if (known.value === null || known.value.count === 0) return start;
      const { count, sum } = known.value;
      const each = signed(sum / count, 2);
      return `${start} Log-likelihood of its ${count} movements: ${signed(sum, 0)} nats, ${each} each.`;
    }
    if (samples.value.length === 0) return "Drawing the samples";
    if (state.primed.value && isExample.value) return `Going on from the example above: ${settings}.`;
    return `${COUNT} samples: ${settings}.`;
  });

  effect(() => frame.say(telling.value));
  effect(() => {
    if (known.value !== null) frame.announce(telling.value);
  });

  // The wall.

  const continuations = computed(() => samples.value.map((sample) => sample?.continuation));
  const data = computed<WallData>(() => ({
    samples: continuations.value,
    key: key.value,
    playing: state.playing.value && seen.value,
    speed: state.speed.value,
    step: state.step.value,
    head: samples.value[0]?.primed ? 0 : 1,
    note: note.value,
  }));
  const view = sampleWall(frame.view, data.peek(), {
    count: COUNT,
    onHold: (next) => {
      held.value = next;
    },
    onOpen: (number) => {
      const sample = samples.value[number];
      if (sample === undefined) return;
      open({ ...sample, seed: state.seed.value, sample: number, variation: state.variation.value });
    },
    onStep: (step) => {
      state.step.value = Math.min(step, STEPS);
    },
    onEnd: () => {
      state.playing.value = false;
      state.step.value = STEPS;
    },
  });
  effect(() => view.update(data.value));

  return {
    svg: view.svg,
    destroy() {
      client.destroy();
      view.destroy();
    },
  };
}

/** A sample on the sheet: from the end of the ink that it goes on from, or from the sheet's beginning. */
function sampleOf({ offsets: all, count, end, scale }: SamplesReply, f: number, primed: boolean): Sample {
  const n = all.length / (3 * count);
  const offsets = all.subarray(3 * n * f, 3 * n * (f + 1));
  // A line's first point is its origin, and is written; an ink that goes on has its last point already.
  const origin = end ?? { x: LEFT, y: -X_HEIGHT / 2 };
  const continuation = pointsOf({ offsets, firstLifted: false, origin, scale }, end === null ? 0 : 1);
  return { continuation, offsets, primed };
}

function signed(value: number, digits: number): string {
  return value.toFixed(digits).replace("-", "−");
}
