/** Where two paths part. */

/** How many offsets two paths have in common, from the first on. */
export function commonOffsets(a: Float32Array, b: Float32Array): number {
  const n = Math.min(a.length, b.length);
  let k = 0;
  while (k < n && a[k] === b[k]) k++;
  return Math.floor(k / 3);
}
