/** Traits of a hand that can be turned up or down (spec/hand.md, Traits): the twin of src/pentrace/engine/traits.py. */

import stored from "../../../src/pentrace/engine/traits.json" with { type: "json" };

/** More is: more slanted to the right, larger, wider, further between words, fewer strokes, faster. */
export const NAMES = ["slant", "size", "width", "spacing", "joins", "pace"] as const;

/** How many times as large people's writing is for each standard deviation of its size. */
export const LARGER = Math.exp(stored.people.height);

/** By how many standard deviations of people each trait is changed; those that are not named stay as they are. */
export type Amounts = Readonly<Partial<Record<(typeof NAMES)[number], number>>>;

/** Whether the changes are known for the checkpoint whose file has this SHA-256. */
export function knowsTraits(sha256: string): boolean {
  return sha256 === stored.checkpoint;
}

/** A hand code [D] with some traits turned up or down. The checkpoint is one whose traits are known. */
export function changed(code: Float32Array, amounts: Amounts): Float32Array {
  const total = Float64Array.from(code);
  for (const name of NAMES) {
    const amount = amounts[name] ?? 0;
    for (const [k, change] of stored.traits[name].entries()) total[k]! += amount * change;
  }
  return Float32Array.from(total);
}
