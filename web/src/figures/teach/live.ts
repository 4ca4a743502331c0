/** Teaching at work: the card, the learning in a worker, what it makes of one seed, and the hand that is kept. */

import { batch, computed, createModel, effect, type Signal, signal, untracked } from "@preact/signals-core";
import { type Checkpoint, CheckpointError } from "../../checkpoint/checkpoint.ts";
import {
  applyHand,
  checkSize,
  decodeHand,
  encodeHand,
  type Hand,
  inkPoints,
  type Taught,
} from "../../checkpoint/hand.ts";
import { type Changes, HandError } from "../../checkpoint/hand-changes.ts";
import { mixHands } from "../../checkpoint/mix.ts";
import { make } from "../../draw/element.ts";
import { settled, whenEnded } from "../../draw/redraw.ts";
import type { Pass } from "../../engine/hand/learn.ts";
import { type Base, FetchError, loadText, type Worn } from "../../frame/checkpoints.ts";
import { lookAtCell } from "../../frame/chosen.ts";
import { download } from "../../frame/download.ts";
import type { LearnLine, LearnTask } from "../../hands/task.ts";
import { pointsOf } from "../../ink/path.ts";
import { type Continuation, RULING, type Stroke } from "../../ink/stroke.ts";
import { card } from "./card.ts";
import { cellsView } from "./cells-view.ts";
import { changeHands, type HandFiles } from "./kept.ts";
import { learningOf, NO_CHECKSUM } from "./learning.ts";
import { ENOUGH, PROMPTS } from "./prompts.ts";
import { pythonOf, type WrittenLine } from "./python.ts";
import { plotView, sampleView } from "./views.ts";
import type { TeachWiring } from "./wiring.ts";
import { type Run, statusOf } from "./words.ts";

/** What the files of a hand are called: that of the page's model, and that of the one that writes typed text. */
const MINE = "mine";
const MINE_TEXT = "mine-text";
/** The sample that is written again after every pass. */
const SAMPLE = { seed: 7, variation: 0.6, steps: 700, ruling: RULING };
/** Hands that are kept: that of the page's model, and that of the typed text's. */
const MOST_HANDS = 2;
/** Milliseconds after which a slider counts as moved: all figures begin again then. */
const MOVED_MS = 200;

/** A hand, and its file. */
interface Held {
  readonly hand: Hand;
  readonly file: Uint8Array<ArrayBuffer>;
}

export const LiveTeach = createModel((wiring: TeachWiring) => {
  const { frame, parts, at } = wiring;
  const { base, worn, offers } = wiring.open;
  const { share } = frame.state;
  const copied = card(frame.view, frame.state.line, frame.still);
  /** The lines that are written, with what they copy. */
  const written = computed(() =>
    copied.lines.value
      .map((strokes, k): WrittenLine => ({ strokes, text: PROMPTS[k]! }))
      .filter(({ strokes }) => strokes.length > 0),
  );
  const lines = (): LearnLine[] => written.value.map(({ strokes, text }) => lineOf(strokes, text));
  /** Hands of different models, the newest last. */
  const held = signal<readonly Held[]>([]);
  const ofModel = computed(() => held.value.find(({ hand }) => hand.base === base.value?.sha256) ?? null);
  const hand = computed(() => ofModel.value?.hand ?? null);
  const ofText = computed(() =>
    base.value?.checkpoint.architecture.text
      ? null
      : (held.value.find((each) => each !== ofModel.value) ?? null),
  );
  const kept = signal(true);
  /** What is wrong with a hand that the browser keeps. */
  const unreadable = signal("");
  const problem = signal("");

  /** Runs something that may find a hand wrong, and says so. */
  const trying = <T>(work: () => T): T | null => {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof HandError)) throw error;
      problem.value = `${error.message}.`;
      return null;
    }
  };

  // The hand.

  const take = (now: Held): void => {
    const others = held.value.filter((each) => each.hand.base !== now.hand.base);
    held.value = [...others, now].slice(-MOST_HANDS);
    unreadable.value = "";
    const keep = (files: HandFiles) => [...without(files, [now.hand.base]), now.file].slice(-MOST_HANDS);
    void changeHands(keep).then((done) => {
      kept.value = done;
    });
  };
  for (const file of wiring.kept) {
    const found = trying(() => ({ hand: decodeHand(file, "the hand that this browser keeps"), file }));
    if (found !== null) held.value = [...held.value, found];
    else unreadable.value = problem.value;
  }
  const wanted = settled(share, MOVED_MS);
  /** The lines of a hand: its own, or those of the card where they can be the same. Not all figures follow each stroke. */
  const taughtOf = ({ ink, lines: count, points }: Hand): Taught | null =>
    untracked(() => {
      const known = ink ?? lines();
      return ink || known.length === count ? { lines: known, points } : null;
    });
  const wear = computed<Worn>(() => {
    const [hands, whole] = [held.value, wanted.value];
    return (of, part = 1) => {
      const mine = hands.find((each) => each.hand.base === of.sha256);
      if (mine === undefined) return null;
      const file = handFile(of.name === base.value?.name ? MINE : MINE_TEXT);
      const now = whole * part;
      const taught = () => taughtOf(mine.hand);
      return { checkpoint: inHand(of, mine.hand, now), hand: { file, share: now, taught } };
    };
  });
  effect(() => {
    const now = wear.value;
    untracked(() => {
      if (worn.value !== null) worn.value = now;
    });
  });

  /** The model of the typed text, where it is another than the page's; null where none comes. */
  const textModel = async (of: Base): Promise<Base | null> => {
    const text = await loadText(of, offers.value).catch((error: unknown) => {
      if (error instanceof FetchError) problem.value = error.message;
      else if (error instanceof CheckpointError)
        problem.value = `The checkpoint that knows text cannot be used: ${error.message}.`;
      else throw error;
      return null;
    });
    return text === of ? null : text;
  };
  const load = async (file: File): Promise<void> => {
    const of = base.value;
    if (of === null) return;
    problem.value = "";
    if (trying(() => checkSize(file.size, file.name)) === null) return;
    const buffer = await file.arrayBuffer().catch(() => null);
    if (buffer === null) {
      problem.value = `${file.name}: cannot be read; choose it again.`;
      return;
    }
    const bytes = new Uint8Array(buffer);
    const made = trying(() => decodeHand(bytes, file.name));
    if (made === null) return;
    const text = made.base === of.sha256 ? null : await textModel(of);
    // It may be the one that the hand was learned on.
    if (problem.value !== "") return;
    const fits = trying(() => inHand(text !== null && made.base === text.sha256 ? text : of, made));
    if (fits === null) return;
    // It may have begun while the file was read.
    if (going.value) {
      problem.value = `${file.name} is not opened while it learns; open it again when that is over.`;
      return;
    }
    run.value = null;
    open();
    take({ hand: made, file: bytes });
    frame.announce(`${file.name} is opened.`);
  };

  // Learning.

  /** Keeps the best of the passes so far, with the lines if they are to be in the file. */
  function finish({ passes }: Run, { checkpoint }: Base, ink: readonly LearnLine[]): void {
    const best = passes.at(-1)?.hand;
    if (best === undefined || !isBetter(passes)) return;
    const hand = parts.keepInk.checked ? { ...best, ink } : best;
    const file = trying(() => encodeHand(hand, checkpoint.architecture));
    if (file !== null) take({ hand, file });
  }
  const learning = learningOf(wiring.open, { lines, textModel, finish, problem });
  const { run, newestPasses, changes, learn, stop, clear } = learning;
  /** What the newest run learns from: other lines may be written while it goes on. */
  let learned = written.peek();
  const going = computed(() => run.value?.going ?? false);

  // What it writes.

  const passes = computed(() => run.value?.passes ?? []);
  const newest = computed(() => {
    const made = passes.value.at(-1)?.hand;
    return made?.base === base.value?.sha256 ? (made ?? hand.value) : hand.value;
  });
  const samples = make("div", "teach-samples");
  const below = make("div", "teach-learning column", samples);
  frame.view.append(below);
  const ofBase = sampleOf(wiring, () => (base.value === null ? null : { of: base.value, changes: null }));
  const ofHand = sampleOf(wiring, () => {
    const [of, made] = [base.value, newest.value];
    return of === null || made === null ? null : { of, changes: inShare(of, made, share.value).tensors };
  });
  sampleView(samples, "The model", ofBase, "ink");
  sampleView(samples, "With your hand", ofHand, "model-ink");
  plotView(below, newestPasses);
  cellsView(below, changes, (cell) => lookAtCell(frame, cell, "#cells"));
  /** Gives what is learned its place, above the controls, which stay where they are in the window. */
  const open = (): void => {
    const top = (): number => frame.controls.el.getBoundingClientRect().top;
    const before = top();
    frame.view.classList.add("teach-open");
    window.scrollBy({ top: top() - before, behavior: "instant" });
  };

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
    parts.wear.disabled = !ready || going.value || held.value.length === 0;
    parts.wear.checked = worn.value !== null;
    parts.share.disabled = newest.value === null;
    parts.keepInk.disabled = !ready || going.value;
    parts.save.disabled = hand.value === null;
    parts.saveText.disabled = ofText.value === null;
    parts.load.disabled = !ready || going.value;
    parts.forget.disabled = going.value || (held.value.length === 0 && unreadable.value === "");
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
      statusOf({
        ...{ run: run.value, hand: hand.value, others: held.value.length, line },
        ...{ written: written.value.length, kept: keeps },
      }),
    );
  });

  at.value = {
    undo: copied.undo,
    again: copied.again,
    learn() {
      if (going.value) return stop();
      // A hand that cannot be kept is not learned first.
      if (parts.keepInk.checked && trying(() => inkPoints(lines())) === null) return;
      open();
      if (base.value === null) return;
      learned = written.value;
      learn(base.value);
    },
    wear(on) {
      worn.value = on ? wear.value : null;
      parts.wear.checked = worn.value !== null;
    },
    save() {
      if (ofModel.value !== null) saveHand(MINE, ofModel.value);
    },
    saveText() {
      if (ofText.value !== null) saveHand(MINE_TEXT, ofText.value);
    },
    load: (file) => void load(file),
    forget() {
      const bases = held.value.map(({ hand }) => hand.base);
      batch(() => {
        worn.value = null;
        held.value = [];
        unreadable.value = "";
        problem.value = "";
        clear();
        void changeHands((files) => without(files, bases));
      });
    },
    forgetLines() {
      copied.clear();
      // Who writes in the letters of these lines is to know.
      held.value = [...held.value];
    },
  };
  whenEnded(() => {
    at.value = null;
  });
  return {
    python: () =>
      pythonOf(SAMPLE, {
        ...{ run: run.value, hand: hand.value, file: handFile(MINE), share: share.value },
        ...{ base: base.value, lines: learned },
      }),
  };
});

/** A share of a hand. Throws HandError where the page cannot know whose checkpoint it is. */
function inShare({ checkpoint, sha256 }: Base, hand: Hand, share: number): Hand {
  if (sha256 === null) throw new HandError(NO_CHECKSUM.slice(0, -1));
  if (share === 1) return hand;
  return mixHands(checkpoint, sha256, [{ hand, share }]);
}

/** A checkpoint in a share of a hand. Throws HandError where it is a hand of another checkpoint. */
function inHand(of: Base, hand: Hand, share = 1): Checkpoint {
  return applyHand(of.checkpoint, of.sha256!, inShare(of, hand, share));
}

/** Files of hands but those of some models, and but those that cannot be read. */
function without(files: HandFiles, bases: readonly string[]): HandFiles {
  return files.filter((file) => {
    try {
      return !bases.includes(decodeHand(file, "").base);
    } catch (error) {
      if (!(error instanceof HandError)) throw error;
      return false;
    }
  });
}

function isBetter(passes: readonly Pass[]): boolean {
  return passes.some(({ scored }) => scored < passes[0]!.scored);
}

function handFile(name: string): string {
  return `${name}.hand.safetensors`;
}

function saveHand(name: string, { file }: Held): void {
  download(handFile(name), "application/octet-stream", file);
}

/** What a model writes from the same seed, in a hand that changes it or not; null for none. */
function sampleOf(
  { frame }: TeachWiring,
  wanted: () => { of: Base; changes: Changes | null } | null,
): Signal<Continuation | null> {
  const sample = signal<Continuation | null>(null);
  const { client } = frame.line<LearnTask>("learn");
  effect(() => {
    const now = wanted();
    // The workers forget what was asked when they open another model.
    const loaded = frame.loaded.value;
    if (now === null || loaded === null) {
      client.drop("sample");
      sample.value = null;
      return;
    }
    const open = loaded.checkpoint.tensors;
    const { module, checkpoint } = now.of;
    const { architecture, unitsPerRawUnit } = checkpoint;
    const tensors = new Map(
      Array.from(checkpoint.tensors, ([name, tensor]) => [name, tensor === open.get(name) ? null : tensor]),
    );
    const asked = { module, architecture, unitsPerRawUnit, tensors, changes: now.changes, ...SAMPLE };
    client.ask("sample", asked, ({ offsets, scale }) => {
      sample.value = pointsOf({ offsets, firstLifted: false, origin: { x: 0, y: 0 }, scale }, 0);
    });
  });
  return sample;
}

/** A line as the learner takes it: of any size, so it is prepared as any ink is. */
function lineOf(strokes: readonly Stroke[], text: string): LearnLine {
  const points = Float32Array.from(strokes.flatMap(({ x, y }) => x.flatMap((value, k) => [value, y[k]!])));
  const penUp = Uint8Array.from(strokes.flatMap(({ x }) => x.map((_, k) => Number(k === x.length - 1))));
  return { points, penUp, scale: null, text };
}
