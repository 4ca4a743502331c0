/** The controls of the figure that writes a typed text. */

import constants from "../../../../spec/constants.json" with { type: "json" };
import type { Amounts } from "../../engine/traits.ts";
import { flag, number, type StateOf, text, UINT32 } from "../../frame/control.ts";

/** The most points of a text. */
export const MOST_POINTS = 20_000;
/** The most characters. */
export const LONGEST = 300;

const trait = number(0, -2, 2, 0.25);

/** Standard deviations of people by which the traits of the hand are changed. */
export const traits = {
  slant: trait,
  size: trait,
  width: trait,
  spacing: trait,
  joins: trait,
  pace: trait,
} satisfies Record<keyof Amounts, typeof trait>;

/** Their names. */
export const TRAITS = Object.keys(traits) as (keyof Amounts)[];

export const controls = {
  text: {
    ...text("hash"),
    initial: "Dear Ada, it writes what you type.",
    parse: (value: string) => Array.from(value).slice(0, LONGEST).join(""),
  },
  /** The number of one of the checkpoint's hands; below 0, the first of those that are shown. */
  hand: number(-1, -1, 65_535, 1),
  /** While the reader's learned hand is on: how much of it, in a mix with the hand that is chosen. */
  mine: number(1, 0, 1, 0.05),
  ...traits,
  /** Whether it is written on in the hand of the reader's own line, and what that line says. */
  own: flag(false),
  said: text("hash"),
  seed: number(2, 0, UINT32, 1),
  variation: number(constants.text.variation, 0, 1.5, 0.05),
  /** How many times each line is written; the best is shown. */
  candidates: number(8, 1, 16, 1),
  /** Times the usual speed of a pen. */
  speed: number(1.5, 0.25, 4, 0.25),
  playing: flag(true, true),
  /** Points that are written while it is not playing. */
  step: number(MOST_POINTS, 0, MOST_POINTS, 1),
  /** Where the reader put the pointer (moves.ts). */
  moves: text("hash"),
};

/** What is changed; null where nothing is. */
export function amountsOf(state: StateOf<typeof traits>): Amounts | null {
  const amounts = TRAITS.map((name) => [name, state[name].value] as const).filter(
    ([, amount]) => amount !== 0,
  );
  return amounts.length === 0 ? null : Object.fromEntries(amounts);
}
