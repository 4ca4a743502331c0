/** What it remembers, at work: strokes are changed in a worker, and the ink is drawn by what that changes. */

import { batch, computed, createModel, effect, type ReadonlySignal, signal } from "@preact/signals-core";
import { asSlider, make, stepOf } from "../../draw/element.ts";
import { into } from "../../draw/redraw.ts";
import { type PathSource, sheetSource } from "../../engine/source.ts";
import { tellFacts } from "../../frame/facts.ts";
import { emptied } from "../../frame/figure.ts";
import { recogniser } from "../../frame/recogniser.ts";
import { type InkActions, inkView } from "./ink-view.ts";
import { plotView } from "./plot.ts";
import { pythonOf } from "./python.ts";
import { type Scene, type SceneInk, sceneInk } from "./scene.ts";
import type { Change } from "./strokes.ts";
import type { LettersReply, LookReply, MemoryTask, StrokeReply } from "./task.ts";
import type { MemoryWiring } from "./wiring.ts";
import { CHANGE_LABELS, factRows, headline, statusText } from "./words.ts";

/** Of a sample. */
const [STEPS, VARIATION] = [300, 0.6];
/** The reader has looked at a stroke for so long before its letters are read. */
const PATIENCE_MS = 300;

export const LiveMemory = createModel((wiring: MemoryWiring) => {
  const { frame, parts } = wiring;
  const { state, view } = frame;
  const answers = reading(wiring);
  const { scene } = answers;

  const label = make("p", "memory-label column changed");
  const act = actions(wiring, scene);
  const surface = make("div", "memory-ink");
  view.append(surface, make("p", "memory-label column", "As it was"), label);
  inkView(surface, scene, act);
  plotView(parts.plot, scene, state.change);
  effect(() => {
    const stroke = scene.value?.stroke ?? null;
    const words = CHANGE_LABELS[state.change.value];
    label.textContent = stroke === null ? "" : `With stroke ${stroke + 1} ${words}`;
  });

  listenToKeys(wiring, surface, scene, act);
  effect(() => {
    const now = scene.value;
    if (now === null) return;
    const { reply, path } = now.ink;
    surface.ariaValueMax = String(path.length);
    surface.ariaValueNow = String(reply.step);
    const { look, letters, stroke } = now;
    if (look === null || stroke === null) {
      parts.facts.replaceChildren();
      surface.ariaValueText = `Step ${reply.step} of ${path.length}`;
      return;
    }
    const distance = reply.step - (reply.strokes[stroke]!.end - 1);
    const rows = factRows(look, letters, answers.problem.value);
    const told = tellFacts(parts.facts, headline(stroke, look.change, distance), rows);
    surface.ariaValueText = `Step ${reply.step} of ${path.length}. ${told}`;
  });
  effect(() => {
    if (answers.failed.value !== "") frame.say(answers.failed.value);
    else if (scene.value !== null) frame.say(statusText(scene.value));
  });
  return {
    python: () => {
      const read = scene.value?.ink.reply;
      if (read === undefined || read.strokes.length === 0) return "No stroke has ended before this step.";
      return pythonOf(answers.source.value, read, state.change.value);
    },
  };
});

/** What the worker answers to the controls. */
function reading({ frame, ink, said, writing, sample }: MemoryWiring) {
  const { state, loaded, seen, view } = frame;
  const read = signal<SceneInk | null>(null);
  const influences = signal<ReadonlyMap<number, StrokeReply>>(new Map());
  const look = signal<LookReply | null>(null);
  const letters = signal<LettersReply | null>(null);
  const { client, failed } = frame.line<MemoryTask>("memory");
  const { problem, ready } = recogniser(
    frame.loaded,
    computed(() => look.value !== null),
    (weights) => client.ask("recogniser", weights, () => {}),
  );

  const source = computed((): PathSource => {
    if (sample.value) return { kind: "sample", seed: state.seed.value, steps: STEPS, variation: VARIATION };
    return sheetSource(ink.value, said.value);
  });
  const request = computed(() => ({
    source: source.value,
    step: state.step.value,
    change: state.change.value as Change,
  }));
  emptied(loaded, [read, look, letters]);
  effect(() => {
    if (loaded.value === null || !seen.value || (writing.value && !sample.value)) return;
    view.ariaBusy = "true";
    client.ask("strokes", request.value, (reply) =>
      batch(() => {
        failed.value = "";
        if (reply.kind === "ink") {
          read.value = sceneInk(reply);
          influences.value = new Map();
          view.ariaBusy = String(reply.strokes.length > 0);
        } else {
          influences.value = new Map([...influences.peek(), [reply.stroke, reply]]);
          view.ariaBusy = String(reply.stroke > (read.peek()?.reply.first ?? 0));
        }
      }),
    );
  });

  const stroke = computed(() => {
    const count = read.value?.reply.strokes.length ?? 0;
    if (count === 0) return null;
    return state.stroke.value < 0 ? count - 1 : Math.min(state.stroke.value, count - 1);
  });
  const wanted = computed(() => {
    if (read.value === null || stroke.value === null) return null;
    return { ...request.peek(), step: read.value.reply.step, stroke: stroke.value };
  });
  effect(() => {
    if (wanted.value === null) look.value = null;
    else client.ask("look", wanted.value, into(look));
  });
  effect(() => {
    const now = look.value;
    if (now === null || !ready.value || fits(letters.peek(), now)) return;
    letters.value = null;
    const asked = wanted.peek();
    if (asked === null) return;
    const wait = window.setTimeout(() => {
      client.ask("letters", asked, into(letters));
    }, PATIENCE_MS);
    return () => window.clearTimeout(wait);
  });

  const scene = computed((): Scene | null => {
    if (read.value === null) return null;
    const now = look.value;
    const same = now !== null && now.step === read.value.reply.step && now.stroke === stroke.value;
    return {
      ink: read.value,
      influences: influences.value,
      stroke: stroke.value,
      look: same ? now : null,
      letters: same && fits(letters.value, now) ? letters.value : null,
      future: state.future.value,
    };
  });
  return { scene, source, failed, problem };
}

/** Whether letters are those of what is looked at. */
function fits(letters: LettersReply | null, { stroke, change, step }: LookReply): boolean {
  return letters?.stroke === stroke && letters.change === change && letters.step === step;
}

function actions({ frame: { state } }: MemoryWiring, scene: ReadonlySignal<Scene | null>): InkActions {
  return {
    onStep(step) {
      const last = scene.value?.ink.path.length ?? 0;
      // Without a text "now" goes on with the ink.
      const onward = step >= last && scene.value?.ink.reply.text === undefined;
      state.step.value = onward ? -1 : Math.min(Math.max(step, 0), last);
    },
    onStroke: into(state.stroke),
  };
}

/** Left and right move "now", up and down choose a stroke. */
function listenToKeys(
  { frame: { state } }: MemoryWiring,
  surface: HTMLElement,
  scene: ReadonlySignal<Scene | null>,
  { onStep, onStroke }: InkActions,
): void {
  asSlider(surface, "Now: the step before which the strokes are changed");
  surface.setAttribute("aria-describedby", "memory-caption");
  const far = Number.MAX_SAFE_INTEGER;
  surface.addEventListener("keydown", (event) => {
    if (scene.value === null) return;
    const { ink, stroke } = scene.value;
    const steps = { ArrowRight: 1, ArrowLeft: -1, PageDown: 10, PageUp: -10, Home: -far, End: far };
    const by = stepOf(event, steps);
    // From the step that is asked for, which the worker may not have reached yet.
    if (by !== undefined) onStep((state.step.value < 0 ? ink.reply.step : state.step.value) + by);
    const strokes = stepOf(event, { ArrowUp: -1, ArrowDown: 1 });
    if (strokes !== undefined && stroke !== null)
      onStroke(Math.min(Math.max(stroke + strokes, 0), ink.reply.strokes.length - 1));
  });
}
