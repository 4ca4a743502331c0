/** A measured effect, and when it says something of the cells (spec/interventions.md). */

import type { Changed } from "../../engine/interventions.ts";
import type { Measure } from "../../engine/measures.ts";
import { DRAWS } from "../../explain/silence.ts";

/** One measure: its mean before and after, and under the same change of random cells; null if no sample has a value. */
export interface Figure {
  readonly before: number | null;
  readonly after: number | null;
  /** Standard error of after - before. */
  readonly error: number | null;
  /** A mean for each draw of random cells. */
  readonly random: readonly (number | null)[];
}

export type Figures = Readonly<Partial<Record<Measure, Figure>>>;

/** after - before; NaN where it is not known. */
export function effectOf({ before, after }: Figure): number {
  return before === null || after === null ? Number.NaN : after - before;
}

/** The same of each draw of random cells. */
export function randomEffects({ before, random }: Figure): number[] {
  return random.map((value) => (before === null || value === null ? Number.NaN : value - before));
}

/**
 * Whether the effect goes further than that of every draw of at least DRAWS. expected: 1 for more, -1 for less, further to
 * that side; 0: larger, to whichever side.
 */
export function beatsRandom(figure: Figure, expected: number): boolean {
  const effect = effectOf(figure);
  const others = randomEffects(figure);
  if (others.length < DRAWS) return false;
  if (expected === 0) return others.every((other) => Math.abs(effect) > Math.abs(other));
  return effect * expected > 0 && others.every((other) => effect * expected > other * expected);
}

/** What an effect has to lie beyond: as far as random cells went, to either side, or to whichever side went further. */
export function randomReach(figure: Figure, expected: number): [number, number] {
  const others = randomEffects(figure).filter(Number.isFinite);
  const [least, most] = [Math.min(0, ...others), Math.max(0, ...others)];
  const reach = Math.max(-least, most);
  return expected === 0 ? [-reach, reach] : [least, most];
}

/** A preset of an atlas and its measured effects. */
export interface Effect extends Stored {
  readonly name: string;
  readonly title: string;
  readonly what: string;
  readonly feature: string;
  /** What it was compared with. */
  readonly random: readonly Stored[];
  readonly measure: Measure;
  readonly expected: -1 | 0 | 1;
  readonly controls: boolean;
  readonly samples: number;
  readonly steps: number;
  readonly variation: number;
  readonly figures: Figures;
}

/** An intervention of one kind on several cells. */
interface Stored {
  readonly cells: readonly number[];
  readonly of: Changed;
  readonly scale: number;
  readonly shift: readonly number[];
}

/** The effects of an atlas; anything else is left out. */
export function effectsOf(stored: readonly unknown[]): Effect[] {
  return stored.filter(isEffect);
}

function isEffect(value: unknown): value is Effect {
  if (typeof value !== "object" || value === null) return false;
  const { name, title, what, measure, figures, random } = value as Record<string, unknown>;
  const texts = [name, title, what, measure].every((text) => typeof text === "string");
  if (!texts || typeof figures !== "object" || figures === null || !Array.isArray(random)) return false;
  return String(measure) in figures && [value, ...random].every(isStored);
}

function isStored(value: unknown): value is Stored {
  const { cells, of, scale, shift } = (value ?? {}) as Record<string, unknown>;
  const numbers = (list: unknown): boolean => Array.isArray(list) && list.every(Number.isFinite);
  return (of === "c" || of === "h") && Number.isFinite(scale) && numbers(cells) && numbers(shift);
}
