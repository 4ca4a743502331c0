/** Mixing hands, each at a share (spec/hand.md): the twin of mix.py, which gives the same bits. */

import type { Checkpoint } from "./checkpoint.ts";
import { applyHand, type Hand } from "./hand.ts";

export interface Part {
  readonly hand: Hand;
  readonly share: number;
}

/** A hand between hands of a checkpoint, whose file has this SHA-256; it is not scored. Throws HandError. */
export function mixHands(checkpoint: Checkpoint, sha256: string, parts: readonly Part[]): Hand {
  for (const { hand } of parts) applyHand(checkpoint, sha256, hand);
  const tensors = new Map(
    [...parts[0]!.hand.tensors.keys()].map((name) => {
      const base = checkpoint.tensors.get(name) as Float32Array;
      const others = parts.map(({ hand, share }) => [hand.tensors.get(name)!, share] as const);
      const mixed = Float32Array.from(base, (number, k) =>
        others.reduce((sum, [tensor, share]) => sum + share * (tensor[k]! - number), number),
      );
      return [name, mixed] as const;
    }),
  );
  const total = (of: (hand: Hand) => number) => parts.reduce((sum, { hand }) => sum + of(hand), 0);
  const [lines, points] = [total(({ lines }) => lines), total(({ points }) => points)];
  return { base: sha256, tensors, lines, points, heldBack: 0, before: null, after: null };
}
