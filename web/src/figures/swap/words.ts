/** The texts of the figure that puts one hand's state into another's. */

import { counted } from "../../draw/words.ts";
import type { Answer } from "./task.ts";

/** What the inks are called: the reader's, and the other. */
export function inkNames(isExample: boolean, hasText: boolean): readonly [string, string] {
  if (hasText) return ["the opened text", "the same in another hand"];
  return [isExample ? "the example" : "your ink", "a line of the model’s"];
}

export function movements(count: number): string {
  return counted(count, "movement");
}

/** The heading of an ink. */
export function inkTitle(role: "Receiver" | "Donor", name: string, step: number, length: number): string {
  return `${role}: ${name}, step ${step === length ? step : `${step} of ${length}`}`;
}

/** What is taken, in words. */
export interface Taken {
  readonly cells: number;
  readonly random: boolean;
  /** The name of a direction; empty where cells are taken. */
  readonly direction: string;
}

/** The headings of the two sides. */
export function heads({ cells, random, direction }: Taken): readonly [string, string] {
  if (direction !== "") return ["It writes on as it was", `Moved to the donor along “${direction}”`];
  const some = cells === 0 ? "no cell" : counted(cells, random ? "random cell" : "cell");
  return ["It writes on as it was", `With ${some} of the donor`];
}

/** The line above the figure. */
export function statusText(
  { inks, donor, written, pending }: Omit<Answer, "request">,
  { random, direction }: Pick<Taken, "random" | "direction">,
): string {
  if (written === null || pending)
    return "Looking for the cells that tell hands apart, in lines of the model’s own.";
  const { length } = written.cells;
  const [there, here] = [inks[donor].step, inks[donor === 0 ? 1 : 0].step];
  // At its end a text has at most a last offset to come.
  if ([...written.before, ...written.after].every(({ pointers }) => pointers.length <= 1))
    return `After ${movements(here)} the text of the receiver is at its end, so nothing is written on. Look at an earlier step of it.`;
  if (direction !== "")
    return `After ${movements(here)}, the state of the receiver is moved along the direction of “${direction}”, as far as that of the donor lies beyond it after ${there}. Both sides use the same random numbers.`;
  if (length === 0) return "No cell is put in. Choose some in the figure of cells, or others here.";
  const cells = counted(length, random ? "random cell" : "cell");
  const [has, value] = length === 1 ? ["has", "value"] : ["have", "values"];
  return `After ${movements(here)}, ${cells} of the receiver ${has} the ${value} that the donor had after ${there}. Both sides use the same random numbers.`;
}
