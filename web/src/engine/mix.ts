/** Mixing hands, each at a share (spec/hand.md): the twin of mix.py, which gives the same bits. */

import type { Checkpoint } from "./checkpoint.ts";
import { applyHand, begun, type Hand, learnedTensors } from "./hand.ts";

export interface Part {
  readonly hand: Hand;
  readonly share: number;
}

/** A hand between hands of a checkpoint, whose file has this SHA-256; it is not scored. Throws HandError. */
export function mixHands(checkpoint: Checkpoint, sha256: string, parts: readonly Part[]): Hand {
  const applied = parts.map(
    ({ hand, share }) => [applyHand(checkpoint, sha256, hand).tensors, share] as const,
  );
  const tensors = new Map(
    [...learnedTensors(checkpoint.architecture).keys()].map((name) => {
      const base = begun(checkpoint, name);
      const others = applied.map(([tensors, share]) => [tensors.get(name)!, share] as const);
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
