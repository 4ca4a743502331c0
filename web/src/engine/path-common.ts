/** Paths of offsets: their lengths, and where two of them part. */

/** The longest path that is followed: a state is 14 KB of the engine's memory. */
export const MOST_OFFSETS = 3000;
/** A path that was cut goes on for at least so long. */
export const LEAST_AFTER_FORK = 80;

/** How many offsets two paths have in common, from the first on. */
export function commonOffsets(a: Float32Array, b: Float32Array): number {
  const n = Math.min(a.length, b.length);
  let k = 0;
  while (k < n && a[k] === b[k]) k++;
  return Math.floor(k / 3);
}
