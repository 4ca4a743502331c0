/** A measured effect, and when it says something of the cells (spec/interventions.md). */

import type { Measure } from "./measures.ts";

/** One measure: its mean before and after, and under the same change of random cells; null where no sample has it. */
export interface Figure {
  readonly before: number | null;
  readonly after: number | null;
  /** Standard error of after - before. */
  readonly error: number | null;
  /** A mean for each draw of random cells. */
  readonly random: readonly (number | null)[];
}

export type Figures = Readonly<Partial<Record<Measure, Figure>>>;

/** Draws of random cells that a claim needs: an effect larger than all of 19 happens once in 20 times by chance. */
export const DRAWS = 19;

/** after - before; NaN where it is not known. */
export function effectOf({ before, after }: Figure): number {
  return before === null || after === null ? Number.NaN : after - before;
}

/** The same of each draw of random cells. */
export function randomEffects({ before, random }: Figure): number[] {
  return random.map((value) => (before === null || value === null ? Number.NaN : value - before));
}

/**
 * Whether the effect is larger than that of every draw of at least 19, and goes where it was expected to: 1 for more,
 * -1 for less, 0 where either will do.
 */
export function beatsRandom(figure: Figure, expected: number): boolean {
  const effect = effectOf(figure);
  const others = randomEffects(figure);
  if (others.length < DRAWS || effect * expected < 0) return false;
  return others.every((other) => Math.abs(effect) > Math.abs(other));
}
