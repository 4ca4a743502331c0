/** Teaching at work: the card, the learning in a worker, what it makes of one seed, and the hand that is kept. */

import { batch, computed, createModel, effect, type Signal, signal, untracked } from "@preact/signals-core";
import { make } from "../../draw/element.ts";
import { whenEnded } from "../../draw/redraw.ts";
import type { Checkpoint } from "../../engine/checkpoint.ts";
import { applyHand, decodeHand, encodeHand, type Hand, HandError } from "../../engine/hand.ts";
import { type Base, FetchError, loadLearner } from "../../frame/checkpoints.ts";
import { download } from "../../frame/download.ts";
import type { LearnLine, LearnTask } from "../../hands/task.ts";
import { pointsOf } from "../../ink/path.ts";
import { type Continuation, RULING, type Stroke } from "../../ink/stroke.ts";
import { PRIORITY } from "../../worker/pool.ts";
import { card } from "./card.ts";
import { keepHand, keptHand } from "./kept.ts";
import { ENOUGH } from "./prompts.ts";
import { pythonOf } from "./python.ts";
import { plotView, sampleView } from "./views.ts";
import type { TeachWiring } from "./wiring.ts";
import { type Run, statusOf } from "./words.ts";

/** The sample that is written again after every pass. */
const SAMPLE = { seed: 7, variation: 0.6, steps: 700, ruling: RULING };
const NO_CHECKSUM =
  "A hand belongs to one model, known by its checksum. Browsers compute that only on https or localhost: open the page there.";

/** A hand, and its file. */
interface Held {
  readonly hand: Hand;
  readonly file: Uint8Array<ArrayBuffer>;
}

export const LiveTeach = createModel((wiring: TeachWiring) => {
  const { frame, parts, at } = wiring;
  const { base, worn } = wiring.open;
  const copied = card(frame.view, frame.state.line, frame.still);
  const written = computed(() => copied.lines.value.filter(({ length }) => length > 0));
  const held = signal<Held | null>(null);
  const hand = computed(() => held.value?.hand ?? null);
  const run = signal<Run | null>(null);
  const kept = signal(true);
  const problem = signal("");
  const going = computed(() => run.value?.going ?? false);
  const learner = frame.line<LearnTask>("learn", PRIORITY.background);

  /** Runs something that may find a hand wrong, and says so. */
  const trying = <T>(work: () => T): T | null => {
    problem.value = "";
    try {
      return work();
    } catch (error) {
      if (!(error instanceof HandError)) throw error;
      problem.value = `${error.message}.`;
      return null;
    }
  };

  // The hand.

  /** A hand and its file: of the open checkpoint, it must fit that. */
  const read = (file: Uint8Array<ArrayBuffer>, name: string, must: boolean): Held => {
    const made = decodeHand(file, name);
    if (base.value !== null && (must || made.base === base.value.sha256)) inHand(base.value, made);
    return { hand: made, file };
  };
  const take = (of: Base, now: Held): void =>
    batch(() => {
      held.value = now;
      kept.value = keepHand(now.file);
      if (worn.value !== null) worn.value = inHand(of, now.hand);
    });
  const file = keptHand();
  if (file !== null) held.value = trying(() => read(file, "the hand that this browser keeps", false));

  const load = async (file: File): Promise<void> => {
    const of = base.value;
    if (of === null) return;
    const bytes = new Uint8Array(await file.arrayBuffer());
    const opened = trying(() => read(bytes, file.name, true));
    if (opened === null) return;
    run.value = null;
    take(of, opened);
    frame.announce(`${file.name} is opened.`);
  };

  // Learning.

  const finish = (): void =>
    batch(() => {
      const passes = run.value?.passes ?? [];
      run.value = { going: false, passes };
      const made = passes.at(-1)?.hand;
      const of = base.value;
      if (made === undefined || made.after >= made.before || of?.sha256 !== made.base) return;
      take(of, { hand: made, file: encodeHand(made, of.checkpoint.architecture) });
    });
  const refuse = (message: string): void =>
    batch(() => {
      problem.value = message;
      run.value = null;
    });
  const learn = async (of: Base): Promise<void> => {
    problem.value = "";
    const { sha256, checkpoint } = of;
    if (sha256 === null) return refuse(NO_CHECKSUM);
    const mine: Run = { going: true, passes: [] };
    run.value = mine;
    const module = await loadLearner().catch((error: unknown) => {
      if (!(error instanceof FetchError)) throw error;
      refuse(error.message);
    });
    // It may be stopped by now.
    if (module === undefined || run.value !== mine) return;
    const lines = written.value.map(lineOf);
    learner.client.ask("learn", { module, checkpoint, base: sha256, lines }, (reply) => {
      if ("refused" in reply) return refuse(`${reply.refused}.`);
      run.value = { going: true, passes: [...(run.value?.passes ?? []), reply.pass] };
      if (reply.pass.number === reply.pass.of) finish();
    });
  };
  const stop = (): void => {
    learner.client.drop("learn");
    finish();
  };
  effect(() => {
    const message = learner.failed.value;
    if (message !== "") untracked(() => refuse(message));
  });
  // Another model: what is learned now is of the one before, and workers have dropped it.
  let before: Base | null = null;
  effect(() => {
    const now = base.value;
    if (before !== null && now !== before)
      untracked(() => going.value && refuse("Another model was opened; learn again."));
    before = now;
  });

  // What it writes.

  const passes = computed(() => run.value?.passes ?? []);
  const newest = computed(() => passes.value.at(-1)?.hand ?? hand.value);
  const samples = make("div", "teach-samples");
  const learning = make("div", "teach-learning column", samples);
  frame.view.append(learning);
  const ofBase = sampleOf(wiring, () => base.value?.checkpoint ?? null);
  const ofHand = sampleOf(wiring, () => {
    const [of, made] = [base.value, newest.value];
    return of === null || made === null || of.sha256 !== made.base ? null : inHand(of, made);
  });
  sampleView(samples, "The model", ofBase, "ink");
  sampleView(samples, "With your hand", ofHand, "model-ink");
  plotView(learning, passes);

  // The controls.

  effect(() => {
    parts.problem.textContent = problem.value;
  });
  effect(() => {
    const ready = base.value !== null;
    const { value: line } = frame.state.line;
    const isWritten = copied.lines.value[line - 1]!.length > 0;
    parts.before.disabled = line === 1;
    parts.next.disabled = line === copied.lines.value.length;
    parts.undo.disabled = !copied.canUndo.value;
    parts.again.disabled = !isWritten;
    parts.learn.textContent = going.value ? "Stop" : "Learn";
    parts.learn.disabled = !going.value && (!ready || written.value.length < ENOUGH);
    parts.wear.disabled = !ready || going.value || hand.value === null;
    parts.wear.checked = worn.value !== null;
    parts.save.disabled = hand.value === null;
    parts.load.disabled = !ready || going.value;
    parts.forget.disabled = going.value || hand.value === null;
    parts.forgetLines.disabled = written.value.length === 0;
  });
  // A line that is written or chosen after learning is what the reader looks at now.
  let seen = untracked(() => [copied.lines.value, frame.state.line.value] as const);
  effect(() => {
    const now = [copied.lines.value, frame.state.line.value] as const;
    const same = now.every((value, k) => value === seen[k]);
    seen = now;
    if (!same)
      untracked(() => {
        if (!going.value && run.value !== null) run.value = null;
      });
  });
  effect(() => {
    const [line, keeps] = [frame.state.line.value, copied.kept.value && kept.value];
    frame.say(
      statusOf({ run: run.value, hand: hand.value, line, written: written.value.length, kept: keeps }),
    );
  });

  at.value = {
    undo: copied.undo,
    again: copied.again,
    learn() {
      if (going.value) stop();
      else if (base.value !== null) void learn(base.value);
    },
    wear(on) {
      const [of, made] = [base.value, hand.value];
      worn.value = on && of !== null && made !== null ? trying(() => inHand(of, made)) : null;
      parts.wear.checked = worn.value !== null;
    },
    save() {
      if (held.value !== null) download("mine.hand.safetensors", "application/octet-stream", held.value.file);
    },
    load: (file) => void load(file),
    forget() {
      batch(() => {
        worn.value = null;
        held.value = null;
        run.value = null;
        keepHand(null);
      });
    },
    forgetLines: copied.clear,
  };
  whenEnded(() => {
    at.value = null;
  });
  return {
    python: () =>
      pythonOf(SAMPLE, { run: run.value, hand: hand.value, base: base.value, lines: written.value }),
  };
});

/** Throws HandError where it is a hand of another checkpoint. */
function inHand({ checkpoint, sha256 }: Base, hand: Hand): Checkpoint {
  if (sha256 === null) throw new HandError(NO_CHECKSUM.slice(0, -1));
  return applyHand(checkpoint, sha256, hand);
}

/** What a checkpoint writes from the same seed; null for none. */
function sampleOf(
  { frame, open: { base } }: TeachWiring,
  checkpointNow: () => Checkpoint | null,
): Signal<Continuation | null> {
  const sample = signal<Continuation | null>(null);
  const { client } = frame.line<LearnTask>("learn");
  effect(() => {
    const checkpoint = checkpointNow();
    // The workers forget what was asked when they open another model.
    const loaded = frame.loaded.value;
    const module = base.value?.module;
    if (checkpoint === null || loaded === null || module === undefined) {
      client.drop("sample");
      sample.value = null;
      return;
    }
    client.ask("sample", { module, checkpoint, ...SAMPLE }, ({ offsets, scale }) => {
      sample.value = pointsOf({ offsets, firstLifted: false, origin: { x: 0, y: 0 }, scale }, 0);
    });
  });
  return sample;
}

/** A line as the learner takes it: of any size, so it is prepared as any ink is. */
function lineOf(strokes: readonly Stroke[]): LearnLine {
  const points = Float32Array.from(strokes.flatMap(({ x, y }) => x.flatMap((value, k) => [value, y[k]!])));
  const penUp = Uint8Array.from(strokes.flatMap(({ x }) => x.map((_, k) => Number(k === x.length - 1))));
  return { points, penUp, scale: null };
}
