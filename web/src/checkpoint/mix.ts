/** Mixing hands, each at a share (spec/hand.md): the twin of mix.py, which gives the same bits. */

import type { Checkpoint } from "./checkpoint.ts";
import { checkBase, type Hand } from "./hand.ts";
import { ADDED, DIRECTIONS, round, rowsOf } from "./hand-changes.ts";
import { joined } from "./joined.ts";

export interface Part {
  readonly hand: Hand;
  readonly share: number;
}

/** A hand between hands of a checkpoint, whose file has this SHA-256; it is not scored. Throws HandError. */
export function mixHands(checkpoint: Checkpoint, sha256: string, parts: readonly Part[]): Hand {
  for (const { hand } of parts) checkBase(checkpoint, sha256, hand);
  const changes = new Map(
    Array.from(parts[0]!.hand.tensors.keys(), (name) => {
      const all = parts.map(({ hand }) => hand.tensors.get(name)!);
      if (name === DIRECTIONS) return [name, joined(all)];
      // Each hand adds in directions of its own.
      if (name === ADDED)
        return [name, joined(all.map((added, k) => added.map((number) => parts[k]!.share * number)))];
      const mixed = new Float64Array(all[0]!.length);
      for (const [k, change] of all.entries()) {
        for (let n = 0; n < change.length; n++) mixed[n]! += parts[k]!.share * change[n]!;
      }
      return [name, new Float32Array(mixed)];
    }),
  );
  const total = (of: (hand: Hand) => number) => parts.reduce((sum, { hand }) => sum + of(hand), 0);
  const [lines, points] = [total(({ lines }) => lines), total(({ points }) => points)];
  const rank = changes.get(DIRECTIONS)!.length / checkpoint.architecture.hidden;
  for (const [name, change] of changes) if (name !== DIRECTIONS) round(change, rowsOf(name, rank));
  return { base: sha256, tensors: changes, lines, points, heldBack: 0, before: null, after: null };
}
