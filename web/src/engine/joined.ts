/** Several arrays, or lines, as one. */

import type { Line } from "./engine.ts";

/** Arrays one after the other. */
export function joined(parts: readonly Float32Array[]): Float32Array<ArrayBuffer> {
  const whole = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Lines one after the other. */
export function joinedLines(lines: readonly Line[]): Line {
  const offsets = joined(lines.map((line) => line.offsets));
  return { offsets, pointers: Int32Array.from(lines.flatMap(({ pointers }) => [...pointers])) };
}

/** A line whose characters stand `by` places later in a text. */
export function shifted({ offsets, pointers }: Line, by: number): Line {
  return { offsets, pointers: pointers.map((pointer) => pointer + by) };
}
