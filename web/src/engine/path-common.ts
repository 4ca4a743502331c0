/** Arrays of offsets: where two paths part, and several as one. */

/** How many offsets two paths have in common, from the first on. */
export function commonOffsets(a: Float32Array, b: Float32Array): number {
  const n = Math.min(a.length, b.length);
  let k = 0;
  while (k < n && a[k] === b[k]) k++;
  return Math.floor(k / 3);
}

/** Arrays one after the other. */
export function joined(parts: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
