/** The figure at work: from the text to the ink, and from the ink and the stairs back to the text. */

import { batch, computed, createModel, effect, type ReadonlySignal, signal } from "@preact/signals-core";
import { roundOf } from "../../engine/text/takes.ts";
import { laidOut } from "../../engine/text/written.ts";
import { type TextInk, writtenToSvg } from "../../ink/files.ts";
import { TRAITS } from "./controls.ts";
import { handsRow } from "./hands-row.ts";
import { inkView } from "./ink-view.ts";
import { letters } from "./letters.ts";
import { LONGEST_HOLD, type Move, movesOf, movesText, withMove } from "./moves.ts";
import { openedOf } from "./opened.ts";
import { ownHandOf, taughtOf } from "./own-hand.ts";
import { player } from "./player.ts";
import { pythonOf } from "./python.ts";
import { lineAt, type Script, type ScriptLine } from "./script.ts";
import { listenToKeys, stairs } from "./stairs.ts";
import type { HandSample } from "./task.ts";
import { mixOf, modelOf, type TextModel } from "./text-model.ts";
import { BEFORE, type TypeWiring } from "./wiring.ts";
import { choiceText, movesSaid, myHandText, openingText, pointText, unknownText } from "./words.ts";
import { handsOf, planOf, writingOf } from "./writing.ts";

/** How much there is of the reader's hand when another is chosen beside it. */
const MIXED = 0.5;
/** Drawings are for paper: the colours of the light page. */
const INK = "#1b2440";
const PAPER = "#fffdf8";

export const LiveType = createModel((wiring: TypeWiring) => {
  const { frame, parts } = wiring;
  const { state, seen, still } = frame;
  const model = modelOf(wiring);
  const { text, mine, progress, problem } = model;
  const hands = handsOf(text, state.hand);
  const hand = mixOf(model, hands);
  const samples = samplesOf(hands, model);
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
  const own = ownHandOf(wiring, model);
  const taught = taughtOf(model);
  const prime = computed(() => (state.own.value ? own.value : taught.value));
  const plan = planOf(state, text, hand, prime, wiring.amounts);
  // A new take of the text does not repeat the pointer moves made in the take before.
  forgetMoves(state);
  writingOf(plan, model, script, pen);
  effect(() => {
    parts.problem.textContent = plan.value === null ? "" : unknownText(plan.value.unknown);
  });

  effect(() => {
    parts.mine.hidden = mine.value === null;
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
    script.value === null || point.value === null ? null : lineAt(script.value, point.value),
  );
  /** The point where the pen is and its line, whatever is pointed at. */
  const penPoint = computed(() => Math.max(Math.ceil(pen.written.value) - 1, 0));
  const penLine = computed(() => script.value && lineAt(script.value, penPoint.value));
  const numberOf = computed(() => {
    const lines = script.value?.lines ?? [];
    return lines.length > 1 && penLine.value !== null ? lines.indexOf(penLine.value) + 1 : null;
  });
  const ended = computed(
    () => script.value?.whole === true && !state.playing.value && pen.written.value >= script.value.length,
  );
  /** Whether nothing is looked at: all is written, and nothing is pointed at. */
  const rests = computed(() => ended.value && pointed.value === null);
  inkView(
    parts.ink,
    computed(
      () =>
        script.value && {
          script: script.value,
          written: pen.written.value,
          marked: rests.value ? null : point.value,
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
  /** How many points of a line the pen has written. */
  const penIn = ({ begin, written }: ScriptLine): number =>
    Math.min(Math.max(penPoint.value - begin, 0), written.pointers.length);
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
        script.value === null || point.value === null || rests.value
          ? null
          : script.value.places[Math.floor(point.value)]!,
    })),
    (number, place) => {
      const target = script.value?.lines[number];
      if (target === undefined) return;
      move({ line: number, at: penIn(target), to: place, hold: 0 });
      frame.announce(`The pointer is put at “${target.text[place]}”.`);
    },
  );
  const held = heldOf(script, penPoint, state.moves);
  effect(() => {
    parts.hold.ariaPressed = String(held.value !== null);
  });
  const hold = (): void => {
    const [now, target] = [held.value, penLine.value];
    if (script.value === null || target === null) return;
    if (now !== null) {
      const { begin } = script.value.lines[now.line]!;
      move({ ...now, hold: Math.max(penPoint.value - begin - now.at, 1) });
      return;
    }
    const at = penIn(target);
    const { pointers } = target.written;
    const to = Math.min(pointers[Math.min(at, pointers.length - 1)] ?? 0, target.text.length - 1);
    move({ line: script.value.lines.indexOf(target), at, to, hold: LONGEST_HOLD });
  };

  // What is said.
  const said = computed(() => {
    if (problem.value !== "") return problem.value;
    const now = plan.value;
    if (now === null) {
      return progress.value === null
        ? BEFORE
        : `Loading the model that knows text: ${Math.round(100 * progress.value)} %`;
    }
    if (now.lines.length === 0) return "Type something above, and it is written here.";
    if (script.value === null || point.value === null || line.value === null)
      return "The pen is about to begin.";
    if (!rests.value) return pointText(script.value, line.value, Math.floor(point.value));
    const more = [
      movesSaid(now.moves.length),
      choiceText(script.value, roundOf(now)),
      openingText(numberOf.value, now.prime !== null),
    ];
    return ["Written.", ...more].filter(Boolean).join(" ");
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
      const [now, loaded, shown] = [plan.peek(), text.peek(), penLine.peek()];
      return now && loaded && shown ? openedOf(shown, now, loaded.name) : null;
    },
    line: numberOf,
    whole: computed(() => script.value?.whole === true && script.value.lines.length > 0),
  };

  const drawing = (paper: string | null): string | null => {
    const now = ink();
    return now && writtenToSvg(now, INK, paper);
  };
  return {
    drawing: (kind: "png" | "svg") => drawing(kind === "png" ? PAPER : null),
    python: () => pythonOf(wiring, plan.value, text.value),
  };
});

/** A word in each of the hands that are offered. */
function samplesOf(
  hands: ReadonlySignal<{ readonly hands: readonly number[] }>,
  { text, clients }: TextModel,
): ReadonlySignal<ReadonlyMap<number, HandSample>> {
  const samples = signal<ReadonlyMap<number, HandSample>>(new Map());
  const numbers = computed(() => hands.value.hands.join());
  effect(() => {
    if (text.value === null || numbers.value === "") return;
    const take = (sample: HandSample): void => {
      samples.value = new Map([...samples.peek(), [sample.hand, sample]]);
    };
    clients().first.ask("hands", numbers.value.split(",").map(Number), take, 0);
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
  point: ReadonlySignal<number>,
  moves: ReadonlySignal<string>,
): ReadonlySignal<Move | null> {
  const all = computed(() => movesOf(moves.value));
  const held = ({ line, at, hold }: Move): boolean => {
    const since = point.value - at - (script.value?.lines[line]?.begin ?? Number.POSITIVE_INFINITY);
    return since >= 0 && since < hold;
  };
  return computed(() => all.value.find(held) ?? null);
}
