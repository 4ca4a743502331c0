/** The sample wall at work: asks for samples, shows them, and tells how surprising the one is that is looked at. */

import { batch, computed, createModel, effect, type ReadonlySignal, signal } from "@preact/signals-core";
import { into } from "../../draw/redraw.ts";
import { fixed } from "../../draw/words.ts";
import { packed } from "../../engine/source.ts";
import { inkCode, joinedCode, type Python, startCode } from "../../frame/python.ts";
import { letterAt, readText } from "../../ink/letter.ts";
import { pointsOf } from "../../ink/path.ts";
import { type Stroke, X_HEIGHT } from "../../ink/stroke.ts";
import type { Client } from "../../worker/pool.ts";
import { sampleWall } from "./sample-wall.ts";
import type { LikelihoodReply, SamplesReply, SamplesRequest, WallTask } from "./task.ts";
import type { WallData } from "./wall-cells.ts";
import type { OpenedSample, WallWiring } from "./wiring.ts";

const COUNT = 24;
const STEPS = 500;
/** Where samples that begin a line are put on the sheet. */
const LEFT = X_HEIGHT / 2;

type Sample = Omit<OpenedSample, "sample">;

interface Held {
  readonly sample: number;
  /** How many of its points are written. */
  readonly points: number;
}

/** How much the first movements of a sample surprise the model. */
interface Known {
  readonly count: number;
  /** -log p of all of them, in nats. */
  readonly sum: number;
}

export const LiveWall = createModel((wiring: WallWiring) => {
  const { frame, open } = wiring;
  const { state, seen } = frame;
  const { client, failed } = frame.line<WallTask>("wall");
  const { samples, key } = samplesOf(wiring, client, failed);
  const held = signal<Held | null>(null);
  const known = knownOf(client, samples, held);

  const continuations = computed(() => samples.value.map((sample) => sample?.continuation));
  const data = computed<WallData>(() => ({
    samples: continuations.value,
    key: key.value,
    playing: state.playing.value && seen.value,
    speed: state.speed.value,
    step: state.step.value,
    head: samples.value[0]?.primed ? 0 : 1,
    note: known.value === null ? "" : `${fixed(known.value.sum, 0)} nats`,
  }));
  sampleWall(frame.view, data, {
    count: COUNT,
    onHold: into(held),
    onOpen(number) {
      const sample = samples.value[number];
      if (sample !== undefined) open({ ...sample, sample: number });
    },
    onStep(step) {
      state.step.value = Math.min(step, STEPS);
    },
    onEnd: () =>
      batch(() => {
        state.playing.value = false;
        state.step.value = STEPS;
      }),
  });

  const said = computed(() => failed.value || statusText(wiring, samples.value, held.value, known.value));
  effect(() => frame.say(said.value));
  effect(() => {
    if (known.value !== null) frame.announce(said.value);
  });
  return { python: () => pythonOf(wiring) };
});

function pythonOf({ frame: { state }, ink, said }: WallWiring): Python {
  const { seed, variation, primed } = state;
  const settings = `${COUNT}, ${STEPS}, seed=${seed.value}, variation=${variation.value}`;
  const value = "Samples: [sample, step, (dx, dy, pen lift)] in model units";
  if (!primed.value) return { value, lines: [`writer.engine.futures(writer.engine.start(), ${settings})`] };
  if (said.value !== null) {
    const { start, imports } = startCode(said.value);
    const value = "Samples of the text: offsets, and the character of each (-1 after the end of the line)";
    return { value, imports, lines: [`writer.engine.text_futures(writer.${start}, ${settings})`] };
  }
  const read = inkCode({ kind: "sheet", strokes: ink.value.map(packed) });
  const last = `writer.engine.futures(writer.state(ink), ${settings}, origin=len(ink.offsets))`;
  return { value, ...joinedCode(read, { lines: [last] }) };
}

/** What a wall was asked for. */
interface Asked {
  readonly key: string;
  /** Whether its samples go on from the reader's ink. */
  readonly primed: boolean;
  readonly text: SamplesRequest["text"];
}

/** By number; undefined where one has not come yet. */
type Samples = readonly (Sample | undefined)[];

function samplesOf(
  { frame, ink, said, writing }: WallWiring,
  client: Client<WallTask>,
  failed: { value: string },
) {
  const { state, seen, loaded } = frame;
  const samples = signal<Samples>([]);
  /** Another key: the samples of another wall, which begins again. */
  const key = signal("");
  let walls = 0;
  let asked: Asked = { key: "", primed: false, text: null };

  const take = (reply: SamplesReply): void => {
    // Samples that are being written begin together; a wall at rest changes one by one, as a control is moved.
    const another = key.value !== asked.key && state.playing.value;
    const next = another ? [] : [...samples.value];
    reply.lines.forEach((_, f) => {
      next[reply.first + f] = sampleOf(reply, f, asked);
    });
    batch(() => {
      if (another || samples.value.length === 0) key.value = asked.key;
      samples.value = next;
    });
  };

  /** What the samples continue. While a stroke is drawn, they stay as they are. */
  let primedBy: readonly Stroke[] = [];
  effect(() => {
    const primed = state.primed.value;
    if (!primed) primedBy = [];
    else if (!writing.value) primedBy = ink.value;
    const [seed, variation] = [state.seed.value, state.variation.value];
    if (loaded.value === null || !seen.value) return;
    failed.value = "";
    const text = primed && said.value ? { words: said.value.words, hand: said.value.hand } : null;
    asked = { key: String(++walls), primed: primed && text === null, text };
    const strokes = text === null ? primedBy.map(packed) : [];
    client.ask("samples", { strokes, text, seed, variation, count: COUNT, steps: STEPS }, take);
  });
  return { samples, key };
}

/** Asks how likely the sample is that is held; null until it is known. */
function knownOf(
  client: Client<WallTask>,
  samples: ReadonlySignal<Samples>,
  held: ReadonlySignal<Held | null>,
): ReadonlySignal<Known | null> {
  const likelihood = signal<LikelihoodReply | null>(null);
  effect(() => {
    likelihood.value = null;
    if (held.value === null || samples.value[held.value.sample] === undefined) return;
    client.ask("likelihood", { sample: held.value.sample }, into(likelihood));
  });
  return computed(() => {
    const [looked, reply] = [held.value, likelihood.value];
    const sample = samples.value[looked?.sample ?? -1];
    if (looked === null || reply?.sample !== looked.sample || sample === undefined) return null;
    const origin = sample.continuation.lifts.length - sample.offsets.length / 3;
    const count = Math.max(looked.points - origin, 0);
    return { count, sum: -reply.loglik.subarray(0, count).reduce((total, each) => total + each, 0) };
  });
}

/** The line above the wall. */
function statusText(
  { frame: { state }, isExample }: WallWiring,
  samples: Samples,
  held: Held | null,
  known: Known | null,
): string {
  const settings = `seed ${state.seed.value}, variation ${state.variation.value.toFixed(2)}`;
  if (held !== null) {
    const sample = samples[held.sample];
    const at = sample?.text ? letterAt(readText(sample.text), Math.max(held.points - 1, 0)) : null;
    const start = `Sample ${held.sample + 1}${at === null ? "" : `, at ${at}`}: ${settings}.`;
    if (known === null || known.count === 0) return start;
    const { count, sum } = known;
    return `${start} Surprise of its ${count} movements: ${fixed(sum, 0)} nats, ${fixed(sum / count, 2)} nats a point.`;
  }
  if (samples.length === 0) return "Writing the samples";
  const text = samples[0]?.text;
  if (text) return `${COUNT} samples of “${text.words}”: ${settings}.`;
  if (state.primed.value && isExample.value) return `Continuing the example above: ${settings}.`;
  return `${COUNT} samples: ${settings}.`;
}

/** A sample on the sheet: from the end of the ink that it continues, or from the sheet's beginning. */
function sampleOf({ lines, end, scale }: SamplesReply, f: number, { primed, text }: Asked): Sample {
  const { offsets, pointers } = lines[f]!;
  // The first point of a line is its origin, and is written; an ink that goes on has its last point already.
  const origin = end ?? { x: LEFT, y: -X_HEIGHT / 2 };
  const continuation = pointsOf({ offsets, firstLifted: false, origin, scale }, end === null ? 0 : 1);
  return { continuation, offsets, primed, text: text && { ...text, pointers } };
}
