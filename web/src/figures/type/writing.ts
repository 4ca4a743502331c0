/** What is written of a text: asks the workers, and keeps the pen where it was when another writing comes. */

import { batch, computed, effect, type ReadonlySignal, type Signal, untracked } from "@preact/signals-core";
import { type Checkpoint, handCode, handCodes } from "../../checkpoint/checkpoint.ts";
import { settled } from "../../draw/redraw.ts";
import type { Hand } from "../../engine/host.ts";
import { type Unknown, unknownIn, writable } from "../../engine/text/spelling.ts";
import { linesOf } from "../../engine/text/written.ts";
import { type Amounts, changed, LARGER } from "../../engine/traits.ts";
import type { Loaded } from "../../frame/checkpoints.ts";
import type { StateOf } from "../../frame/control.ts";
import { PRIORITY } from "../../worker/pool.ts";
import type { controls } from "./controls.ts";
import { variousHands } from "./hands.ts";
import { movesOf } from "./moves.ts";
import type { Player } from "./player.ts";
import type { Prime } from "./prime.ts";
import { commonStart, type Script, sameLetter, scriptOf } from "./script.ts";
import { takesOf } from "./takes.ts";
import type { WriteRequest, WrittenLine } from "./task.ts";
import type { TextModel } from "./text-model.ts";

/** Hands that are offered. */
const HANDS = 8;
/** Milliseconds after which a text counts as typed. */
const TYPED_MS = 120;

/** What is to be written. */
export interface Plan extends WriteRequest {
  /** The lines with the empty ones between them, which stay free. */
  readonly rows: readonly string[];
  readonly unknown: readonly Unknown[];
  /** The hand before its traits are changed: none where it is that of a prime. */
  readonly chosen: Hand | undefined;
  readonly traits: Amounts | null;
}

type State = StateOf<typeof controls>;

/** The hands that are offered, and the one that is chosen. */
export function handsOf(text: ReadonlySignal<Loaded | null>, hand: ReadonlySignal<number>) {
  const offered = computed(() => {
    if (text.value === null) return [];
    const { checkpoint } = text.value;
    return variousHands(handCodes(checkpoint), checkpoint.architecture.text!.hand, HANDS);
  });
  return computed(() => {
    const total = text.value?.checkpoint.architecture.text?.hands ?? 0;
    const chosen = hand.value < 0 ? (offered.value[0] ?? -1) : Math.min(hand.value, total - 1);
    // A hand of a link need not be one of those that are offered.
    const hands =
      chosen < 0 || offered.value.includes(chosen)
        ? offered.value
        : [chosen, ...offered.value.slice(0, HANDS - 1)];
    return { hands, chosen };
  });
}

/** What the controls ask for; null until the model is there. */
export function planOf(
  state: State,
  text: ReadonlySignal<Loaded | null>,
  hand: ReadonlySignal<Hand | undefined>,
  prime: ReadonlySignal<Prime | null>,
  traits: ReadonlySignal<Amounts | null>,
): ReadonlySignal<Plan | null> {
  const typed = settled(state.text, TYPED_MS);
  return computed(() => {
    if (text.value === null) return null;
    const { checkpoint } = text.value;
    const { alphabet } = checkpoint.architecture.text!;
    const rows = linesOf(writable(typed.value, alphabet));
    const chosen = prime.value === null ? hand.value : undefined;
    return {
      rows,
      lines: rows.filter(Boolean),
      unknown: unknownIn(typed.value, alphabet),
      chosen,
      traits: traits.value,
      hand: traits.value === null ? chosen : changed(codeOf(checkpoint, chosen), traits.value),
      prime: prime.value,
      seed: state.seed.value,
      variation: state.variation.value,
      candidates: state.candidates.value,
      moves: movesOf(state.moves.value),
    };
  });
}

/** A hand code [D]; zeros where no hand is asked for. */
function codeOf(checkpoint: Checkpoint, hand: Hand | undefined): Float32Array {
  if (typeof hand === "number") return handCode(checkpoint, hand);
  return hand ?? new Float32Array(checkpoint.architecture.text!.hand);
}

/** Follows a plan; `pen` is moved along. */
export function writingOf(
  plan: ReadonlySignal<Plan | null>,
  { text: loaded, clients, recognises }: TextModel,
  script: Signal<Script | null>,
  pen: Player,
): void {
  let before: Plan | null = null;
  let model: Loaded | null = null;
  /** Counts writings that differ in more than their moves. */
  let number = 0;
  const takes = takesOf(clients, recognises);
  /** Characters that the newest writing and what is shown begin with; all of them where only the take differs. */
  let common = 0;
  const show = (now: Plan, written: readonly WrittenLine[]): void =>
    batch(() => {
      const next = scriptOf(now.rows, written, largerOf(now));
      const last = script.peek();
      const at = pen.written.peek();
      script.value = next;
      if (last === null) performance.mark("type-first-ink");
      if (next.whole) performance.mark("type-whole");
      if (last !== null && at < last.length) pen.put(sameLetter(last, next, at, common));
      common = Number.POSITIVE_INFINITY;
    });

  /** The pointer was moved: the writing is shown when all of it is there, and the pen goes on at the move. */
  const askMoved = (now: Plan, last: Plan): void => {
    const written: WrittenLine[] = [];
    const move = now.moves.at(-1) ?? last.moves[0];
    clients().first.drop("begin");
    takes.write(number, now, (line) => {
      written.push(line);
      if (written.length < now.lines.length) return;
      batch(() => {
        const next = scriptOf(now.rows, written, largerOf(now));
        script.value = next;
        const begin = next.lines[move?.line ?? 0]?.begin ?? 0;
        pen.playFrom(begin + (move?.at ?? 0) + 1);
      });
    });
  };

  const askAll = (now: Plan): void => {
    const { first } = clients();
    let written: WrittenLine[] = [];
    let asked = false;
    const askBest = (): void => {
      if (asked) return;
      asked = true;
      takes.write(number, now, (line) => {
        first.drop("begin");
        written = [...written, line];
        show(now, written);
      });
    };
    number++;
    takes.drop();
    if (now.moves.length > 0) askBest();
    else {
      const begun = (line: WrittenLine): void => {
        show(now, [line]);
        askBest();
      };
      // The worker's share of the takes waits until what the pen follows is there.
      first.ask("begin", now, begun, PRIORITY.pen);
    }
  };

  effect(() => {
    const now = plan.value;
    if (now === null) return;
    const last = before;
    before = now;
    untracked(() => {
      const same = model === loaded.value && last?.prime === now.prime && settings(last) === settings(now);
      model = loaded.value;
      const [old, text] = [last?.rows.join("\n") ?? "", now.rows.join("\n")];
      if (same && old === text) {
        if (last.moves !== now.moves) askMoved(now, last);
        return;
      }
      common = same ? commonStart(old, text) : 0;
      if (last !== null) pen.playFrom(same ? pen.written.peek() : 0);
      if (now.lines.length > 0) askAll(now);
      else {
        clients().first.drop("begin");
        takes.drop();
        script.value = scriptOf([], []);
      }
    });
  });
}

/** How many times as large the traits make the hand. */
function largerOf({ traits }: Plan): number {
  return LARGER ** (traits?.size ?? 0);
}

/** What makes one writing another one, besides its text. */
function settings({ hand, seed, variation, candidates }: Plan): string {
  return [String(hand), seed, variation, candidates].join();
}
