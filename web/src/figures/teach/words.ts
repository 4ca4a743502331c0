/** What the line above the figure says. */

import type { Hand } from "../../checkpoint/hand.ts";
import { counted } from "../../draw/words.ts";
import type { Pass } from "../../engine/hand/learn.ts";
import { ENOUGH, PROMPTS } from "./prompts.ts";

/** A learning that goes on, or is over. */
export interface Run {
  readonly going: boolean;
  /** Whether it is the model of the typed text that learns. */
  readonly forText: boolean;
  readonly passes: readonly Pass[];
}

export interface Said {
  readonly run: Run | null;
  /** The hand that was learned on the page's model, and how many hands are kept in all. */
  readonly hand: Hand | null;
  readonly others: number;
  /** The line that is shown, from 1, and how many are written. */
  readonly line: number;
  readonly written: number;
  /** Whether the browser keeps the lines and the hand. */
  readonly kept: boolean;
}

export function statusOf({ run, hand, others, line, written, kept }: Said): string {
  if (run !== null) return `${run.forText ? "For typed text: " : ""}${passesOf(run)}`;
  if (!kept) return "This browser keeps nothing for this page: download the hand before you leave.";
  const at = `Line ${line} of ${PROMPTS.length}.`;
  if (hand !== null)
    return `${at} A hand is kept in this browser, learned from ${counted(hand.lines, "line")}.`;
  if (others > 0)
    return `${at} The hand that is kept was learned on another model; learn again to use it with this one.`;
  if (written === 0) return `${at} Any ${ENOUGH} lines are enough to begin; ten are better.`;
  if (written < ENOUGH)
    return `${at} Written so far: ${counted(written, "line")}; ${ENOUGH} are enough to begin.`;
  return `${at} Written so far: ${counted(written, "line")}. It can learn from them.`;
}

function passesOf({ going, passes }: Run): string {
  const last = passes.at(-1);
  if (last === undefined) return going ? "Reading your lines." : "Stopped before the first pass.";
  if (going && last.trying) return "It writes, to find how much stays easy to read.";
  const at = going
    ? `Pass ${Math.min(last.number + 1, last.of)} of ${last.of}.`
    : `After ${last.number} of ${last.of} passes.`;
  const scores = passes.map(({ scored }) => scored);
  const [before, after] = [scores[0]!, Math.min(...scores)];
  const what = last.hand.heldBack > 0 ? "The line held back surprises" : "Your lines surprise";
  const now = `${at} ${what} it by ${after.toFixed(2)} nats a point`;
  if (last.number === 0 && going) return `${now}.`;
  if (going || after < before) return `${now}; before, by ${before.toFixed(2)}.`;
  return `${at} No pass was better than the model as it was. Write more lines, and learn again.`;
}
