/** The figure at work: from the text to the ink, and from the ink and the stairs back to the text. */

import { batch, computed, createModel, effect, type ReadonlySignal, signal } from "@preact/signals-core";
import { roundOf } from "../../engine/takes.ts";
import { laidOut } from "../../engine/text.ts";
import type { Loaded } from "../../frame/checkpoints.ts";
import { type TextInk, writtenToSvg } from "../../ink/files.ts";
import { TRAITS } from "./controls.ts";
import { handsRow } from "./hands-row.ts";
import { inkView } from "./ink-view.ts";
import { listenToKeys } from "./keys.ts";
import { letters } from "./letters.ts";
import { LONGEST_HOLD, type Move, movesOf, movesText, withMove } from "./moves.ts";
import { openedOf } from "./opened.ts";
import { ownHandOf, taughtOf } from "./own-hand.ts";
import { player } from "./player.ts";
import { pythonOf } from "./python.ts";
import { lineAt, type Script } from "./script.ts";
import { stairs } from "./stairs.ts";
import type { Clients } from "./takes.ts";
import type { HandSample } from "./task.ts";
import { mixOf, modelOf } from "./text-model.ts";
import type { TypeWiring } from "./wiring.ts";
import { choiceText, movesSaid, myHandText, openingText, pointText, unknownText } from "./words.ts";
import { handsOf, planOf, writingOf } from "./writing.ts";

/** How much there is of the reader's hand when another is chosen beside it. */
const MIXED = 0.5;
/** What a hand is shown by. */
const SAMPLE = "quick";
/** Drawings are for paper: the colours of the light page. */
const INK = "#1b2440";
const PAPER = "#fffdf8";

export const LiveType = createModel((wiring: TypeWiring) => {
  const { frame, parts } = wiring;
  const { state, seen, still } = frame;
  const { text, mine, recognises, progress, problem, clients } = modelOf(wiring);
  const hands = handsOf(text, state.hand);
  const hand = mixOf(text, mine, hands);
  const samples = samplesOf(hands, text, clients);
  // In nothing but the reader's own hand none of the others is chosen.
  const choice = computed(() => ({
    hands: hands.value.hands,
    chosen: state.own.value || mine.value === 1 ? -1 : hands.value.chosen,
  }));
  handsRow(parts.hands, choice, samples, (hand) =>
    batch(() => {
      state.own.value = false;
      if (mine.value === 1) state.mine.value = MIXED;
      state.hand.value = hand;
    }),
  );

  const script = signal<Script | null>(null);
  const pen = player(state, script, seen, still);
  const own = ownHandOf(wiring, text, recognises, clients);
  const taught = taughtOf(text, mine, recognises, clients);
  const prime = computed(() => (state.own.value ? own.value : taught.value));
  const plan = planOf(state, text, hand, prime, wiring.amounts);
  // A new take of the text does not repeat the pointer moves made in the take before.
  forgetMoves(state);
  writingOf(plan, { text, clients, recognises }, script, pen);
  effect(() => {
    parts.problem.textContent = plan.value === null ? "" : unknownText(plan.value.unknown);
  });

  effect(() => {
    parts.mine.closest("label")!.hidden = mine.value === null;
    const place = hands.value.hands.indexOf(hands.value.chosen);
    parts.mineHint.textContent =
      text.value === null
        ? ""
        : myHandText(wiring.page.worn.value !== null, mine.value, place, prime.value !== null);
    parts.mineHint.hidden = parts.mineHint.textContent === "";
  });

  // What is looked at: where a pointer is, else where the pen is.
  const pointed = signal<number | null>(null);
  const point = computed(() => {
    const total = script.value?.length ?? 0;
    if (total === 0) return null;
    return Math.min(pointed.value ?? Math.max(pen.written.value - 1, 0), total - 1);
  });
  const line = computed(() =>
    script.value === null || point.value === null ? null : (lineAt(script.value, point.value) ?? null),
  );
  /** The line where the pen is, whatever is pointed at. */
  const penLine = computed(
    () => script.value && (lineAt(script.value, Math.max(Math.ceil(pen.written.value) - 1, 0)) ?? null),
  );
  const numberOf = computed(() => {
    const lines = script.value?.lines ?? [];
    return lines.length > 1 && penLine.value !== null ? lines.indexOf(penLine.value) + 1 : null;
  });
  effect(() => {
    wiring.line.value = numberOf.value;
  });
  const ended = computed(
    () => script.value?.whole === true && !state.playing.value && pen.written.value >= script.value.length,
  );
  inkView(
    parts.ink,
    computed(
      () =>
        script.value && {
          script: script.value,
          written: pen.written.value,
          marked: ended.value && pointed.value === null ? null : point.value,
          rest: !state.playing.value || pointed.value !== null,
        },
    ),
    { onLook: (at) => (pointed.value = at), onChoose: (at) => pen.goTo(at + 1) },
  );
  const surface = stairs(
    parts.stairs,
    computed(() => line.value && { line: line.value, point: Math.floor(point.value! - line.value.begin) }),
    {
      onLook: (at) => {
        pointed.value = at === null ? null : line.value!.begin + at;
      },
      onChoose: (at) => pen.goTo(line.value!.begin + at + 1),
    },
  );
  listenToKeys(surface, script, point, (at) => {
    pointed.value = null;
    pen.goTo(at + 1);
  });

  // The pointer, moved by the reader.
  const move = (made: Move): void => {
    const next = withMove(movesOf(state.moves.value), made);
    if (next === null) frame.announce("The pointer cannot be moved more often; choose “As it was”.");
    else state.moves.value = movesText(next);
  };
  letters(
    parts.letters,
    computed(() => ({
      rows: plan.value?.rows ?? [],
      now:
        script.value === null || point.value === null || (ended.value && pointed.value === null)
          ? null
          : script.value.places[Math.floor(point.value)]!,
    })),
    (number, place) => {
      const target = script.value?.lines[number];
      if (target === undefined) return;
      const at = Math.min(Math.max(Math.ceil(pen.written.value) - target.begin - 1, 0), lengthOf(target));
      move({ line: number, at, to: place, hold: 0 });
      frame.announce(`The pointer is put at “${target.text[place]}”.`);
    },
  );
  const held = heldOf(script, pen.written, state.moves);
  effect(() => {
    parts.hold.ariaPressed = String(held.value !== null);
  });
  const hold = (): void => {
    if (script.value === null) return;
    const now = held.value;
    if (now !== null) {
      const { begin } = script.value.lines[now.line]!;
      move({ ...now, hold: Math.max(Math.ceil(pen.written.value) - begin - 1 - now.at, 1) });
      return;
    }
    const target = lineAt(script.value, Math.max(Math.ceil(pen.written.value) - 1, 0));
    if (target === undefined) return;
    const at = Math.min(Math.max(Math.ceil(pen.written.value) - target.begin - 1, 0), lengthOf(target));
    const { pointers } = target.written;
    const to = Math.min(pointers[Math.min(at, pointers.length - 1)] ?? 0, target.text.length - 1);
    move({ line: script.value.lines.indexOf(target), at, to, hold: LONGEST_HOLD });
  };

  // What is said.
  const said = computed(() => {
    if (problem.value !== "") return problem.value;
    if (text.value === null) {
      return progress.value === null
        ? "Type a sentence. The model is loaded when you come here."
        : `Loading the model that knows text: ${Math.round(100 * progress.value)} %`;
    }
    if (plan.value?.lines.length === 0) return "Type something above, and it is written here.";
    if (script.value === null || point.value === null || line.value === null)
      return "The pen is about to begin.";
    if (ended.value && pointed.value === null) {
      const primed = plan.value !== null && plan.value.prime !== null;
      const more = [
        movesSaid(plan.value?.moves.length ?? 0),
        choiceText(script.value, plan.value === null ? state.candidates.value : roundOf(plan.value)),
        openingText(numberOf.value, primed),
      ];
      return ["Written.", ...more].filter(Boolean).join(" ");
    }
    return pointText(script.value, line.value, Math.floor(point.value));
  });
  effect(() => frame.say(said.value));
  effect(() => {
    if (ended.value) frame.announce(`${plan.peek()?.lines.join(" ")} ${said.peek()}`);
  });
  effect(() => {
    surface.ariaValueMax = String(Math.max((script.value?.length ?? 1) - 1, 0));
    surface.ariaValueNow = String(Math.floor(point.value ?? 0));
    surface.ariaValueText = said.value;
  });
  effect(() => {
    frame.view.ariaBusy = String(text.value === null || script.value?.whole !== true);
  });

  const ink = (): TextInk | null => {
    const now = script.peek();
    const units = text.peek()?.checkpoint.unitsPerRawUnit;
    if (!now?.whole || now.lines.length === 0 || units === undefined) return null;
    return laidOut(
      now.rows,
      now.lines.map(({ written }) => written),
      units,
    );
  };
  wiring.at.value = {
    ink,
    hold,
    svg: () => drawing(PAPER),
    opened: () => {
      const [now, loaded] = [plan.peek(), text.peek()];
      const shown = penLine.peek();
      return now && loaded && shown ? openedOf(shown, now, loaded.name) : null;
    },
  };
  effect(() => {
    wiring.whole.value = script.value?.whole === true && script.value.lines.length > 0;
  });

  const drawing = (paper: string | null): string | null => {
    const now = ink();
    return now && writtenToSvg(now, INK, paper);
  };
  return {
    drawing: (kind: "png" | "svg") => drawing(kind === "png" ? PAPER : null),
    python: () => pythonOf(wiring, plan.value, text.value),
  };
});

function lengthOf({ written }: { readonly written: { readonly pointers: Int32Array } }): number {
  return written.pointers.length;
}

/** A word in each of the hands that are offered. */
function samplesOf(
  hands: ReadonlySignal<{ readonly hands: readonly number[] }>,
  text: ReadonlySignal<Loaded | null>,
  clients: () => Clients,
): ReadonlySignal<ReadonlyMap<number, HandSample>> {
  const samples = signal<ReadonlyMap<number, HandSample>>(new Map());
  const numbers = computed(() => hands.value.hands.join());
  effect(() => {
    if (text.value === null || numbers.value === "") return;
    const wanted = numbers.value.split(",").map(Number);
    clients().first.ask(
      "hands",
      { hands: wanted, word: SAMPLE },
      (sample) => {
        samples.value = new Map([...samples.peek(), [sample.hand, sample]]);
      },
      0,
    );
  });
  return samples;
}

/** Moves are of one writing: they go when it changes, unless a link brings both. */
function forgetMoves(state: TypeWiring["frame"]["state"]): void {
  let last: { readonly writing: string; readonly moves: string } | null = null;
  effect(() => {
    const { text, hand, seed, variation, candidates, own } = state;
    const traits = TRAITS.map((name) => state[name]);
    const all = [text, hand, seed, variation, candidates, own, ...traits].map(({ value }) => value);
    const now = { writing: all.join("\n"), moves: state.moves.value };
    const stale = last !== null && last.writing !== now.writing && last.moves === now.moves;
    last = now;
    if (stale) state.moves.value = "";
  });
}

/** The move that holds the pointer where the pen is; null where none does. */
function heldOf(
  script: ReadonlySignal<Script | null>,
  written: ReadonlySignal<number>,
  moves: ReadonlySignal<string>,
): ReadonlySignal<Move | null> {
  const all = computed(() => movesOf(moves.value).filter(({ hold }) => hold > 0));
  return computed(() => {
    if (script.value === null || all.value.length === 0) return null;
    const point = Math.max(Math.ceil(written.value) - 1, 0);
    return (
      all.value.find(({ line, at, hold }) => {
        const begin = script.value!.lines[line]?.begin ?? Number.POSITIVE_INFINITY;
        return point >= begin + at && point < begin + at + hold;
      }) ?? null
    );
  });
}
