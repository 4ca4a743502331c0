/** What the figure says. */

import { percent } from "../../draw/words.ts";
import type { Unknown } from "../../engine/text/spelling.ts";
import type { Script, ScriptLine } from "./script.ts";

/** What cannot be written, and what is written in its place. */
export function unknownText(unknown: readonly Unknown[]): string {
  const names = unknown.map(({ character, instead }) =>
    instead === null ? `“${character}” is left out` : `“${instead}” is written for “${character}”`,
  );
  return names.length === 0 ? "" : `The model has not learned every character: ${names.join(", ")}.`;
}

/** The point that is looked at: its letter, how long the pointer has stood there, and whether it moves on. */
export function pointText(script: Script, line: ScriptLine, point: number): string {
  const { pointers, advance } = line.written;
  const offset = Math.max(point - line.begin - 1, 0);
  const pointer = pointers[offset];
  if (pointer === undefined) return "";
  let since = offset;
  while (since > 0 && pointers[since - 1] === pointer) since--;
  const name = nameOf(line.text[pointer]);
  const which = script.lines.length > 1 ? ` of line ${script.lines.indexOf(line) + 1}` : "";
  const moves =
    advance === null ? "" : ` The letter is finished with a probability of ${percent(advance[offset]!)}.`;
  return `Point ${offset + 1}${which}: ${name}, its point ${offset - since + 1}.${moves}`;
}

function nameOf(character: string | undefined): string {
  if (character === undefined) return "the end";
  return character === " " ? "a space" : `“${character}”`;
}

/** What became of the takes. round: how many takes of a line are drawn at a time. */
export function choiceText({ lines }: Script, round: number): string {
  const said = lines.flatMap(({ written: { choice } }, k) => {
    if (choice === null) return [];
    const which = lines.length > 1 ? ` of line ${k + 1}` : "";
    const own = choice.refused[choice.chosen]!;
    const drawn = choice.refused.length;
    if (own !== "") {
      const all = drawn > 1 ? `None of the ${drawn} takes` : "The take";
      return [`${all}${which} is ${drawn > 1 ? "without a fault" : "faulty"}: ${own}. Try another take.`];
    }
    if (drawn > round) {
      const still = choice.unsure ? " Even the best one may be hard to read." : "";
      const first = round > 1 ? `The first ${round} takes${which} were` : `The first take${which} was`;
      return [`${first} hard to read, so ${drawn} were drawn.${still}`];
    }
    const first = choice.refused[0]!;
    return first === "" ? [] : [`The first take${which} was not used: ${first}.`];
  });
  return said.join(" ");
}

/**
 * What becomes of the reader's learned hand here. mine: how much of it is written with; null where it cannot be. primed:
 * whether lines of the reader's are read first.
 */
export function myHandText(worn: boolean, mine: number | null, chosen: number, primed = false): string {
  if (!worn) return "";
  if (mine === null) {
    return "My hand was learned on another model than this one, which knows letters. Press Learn in “Teach it your hand”: both learn from the same lines.";
  }
  const other = chosen < 0 ? "the plain model" : `hand ${chosen + 1}`;
  if (mine === 1) {
    const letters = primed ? ", and each letter is the one of several that is most like yours" : "";
    return `It is written in your learned hand${letters}.`;
  }
  return `It is written between your learned hand and ${other}.`;
}

/** What the other figures open, where that is less than what was written. line: its number, where there are several. */
export function openingText(line: number | null, primed: boolean): string {
  if (line === null && !primed) return "";
  const which = line === null ? "this line" : `line ${line}`;
  const without = primed ? ", without your own line before it" : "";
  const choice = line === null ? "" : " Press another line to open that one.";
  return `Other figures open ${which}${without}.${choice}`;
}

/** What the reader did to the pointer. */
export function movesSaid(moves: number): string {
  if (moves === 0) return "";
  return `You moved the pointer ${moves === 1 ? "once" : `${moves} times`}; “As it was” takes that back.`;
}
