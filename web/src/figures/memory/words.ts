/** The words of what it remembers. */

import { counted } from "../../draw/words.ts";
import { letterAt, readText } from "../../ink/letter.ts";
import type { Shift } from "./influence.ts";
import type { Scene } from "./scene.ts";
import type { LettersReply, LookReply } from "./task.ts";

/** What was done to a stroke. */
export const CHANGE_LABELS: Readonly<Record<string, string>> = {
  drop: "left out",
  straighten: "straightened",
  lean: "leaned over",
  move: "moved down",
  tremble: "made to tremble",
};

type Row = readonly [term: string, text: string];

/** How many letters of a list are told. */
const TOLD = 4;

/** What a change does, by what is known of it. distance: offsets since the stroke was left. */
export function factRows(look: LookReply, letters: LettersReply | null, problem: string): Row[] {
  const control = look.change === "tremble" ? "" : `; ${nats(look.tremble)} where the stroke only trembles`;
  return [
    ["The next movement", `${nats(look.divergence)} nats apart${control}`],
    ["Slant, 50 steps later", `${shift(look.hand.slant, "°", "more to the right", "more to the left")}`],
    ["Size, 50 steps later", `${shift(look.hand.size, " model units", "taller", "lower")}`],
    ["The letter that comes", letters === null ? problem || "Being read" : lettersTold(letters)],
  ];
}

export function headline(stroke: number, change: string, distance: number): string {
  return `Stroke ${stroke + 1} ${CHANGE_LABELS[change]}, ${counted(distance, "step")} ago`;
}

/** In how many futures another letter comes, and which ones come. */
export function lettersTold({ change, before, after, tremble }: LettersReply): string {
  const count = before.length;
  const other = (letters: readonly string[]): number =>
    letters.filter((each, k) => each !== before[k]).length;
  const control = change === "tremble" ? "" : ` (in ${other(tremble)} where the stroke only trembles)`;
  return `another in ${other(after)} of ${count} futures${control}. As it was: ${often(before)}. Now: ${often(after)}`;
}

/** The most frequent letters, with their numbers. */
function often(letters: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const letter of letters) counts.set(letter, (counts.get(letter) ?? 0) + 1);
  const most = [...counts].sort(([, a], [, b]) => b - a).slice(0, TOLD);
  return most.map(([letter, count]) => `${shown(letter)} ${count}`).join(", ");
}

function shown(letter: string): string {
  return letter === "" ? "nothing" : letter === " " ? "space" : letter;
}

function shift({ change, error }: Shift, unit: string, more: string, less: string): string {
  if (!Number.isFinite(change)) return "cannot be told";
  const size = `${Math.abs(change).toFixed(1)}${unit}`;
  if (Math.abs(change) < 2 * error) return `no clear change (${size} ± ${error.toFixed(1)})`;
  return `${size} ${change > 0 ? more : less} (± ${error.toFixed(1)})`;
}

/** Nats with two digits that count. A divergence below 0 is an error of the rule by which it is computed. */
export function nats(value: number): string {
  return value < 0.0001 ? "less than 0.0001" : String(Number(value.toPrecision(2)));
}

/** The line above the view. */
export function statusText({ ink: { reply, path }, influences }: Scene): string {
  const { step, strokes, first, left, text } = reply;
  const all = strokes.length - first;
  if (all === 0) return "No stroke has ended before this step: move on, or write more.";
  const done = influences.size < all ? `, ${influences.size} of ${all} strokes changed` : "";
  const letter = letterAt(text && readText(text), step);
  const at = letter === null ? "" : `, at ${letter}`;
  const cut = left > 0 ? ` The last ${left} points of the ink are left out.` : "";
  return `After ${step} of ${path.length} steps${at}${done}.${cut}`;
}
