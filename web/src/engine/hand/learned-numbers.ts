/** The numbers that are learned, one after the other in the order of a hand's file, and what a hand keeps of them. */

import type { Weights } from "../../checkpoint/checkpoint.ts";
import {
  begun,
  DIRECTIONS,
  HAND_CODE,
  learnedTensors,
  RANK,
  round,
  rowsOf,
} from "../../checkpoint/hand-changes.ts";
import { joined } from "../../checkpoint/joined.ts";

export class LearnedNumbers {
  /** What they are before anything is learned. */
  readonly base: Float32Array<ArrayBuffer>;
  /** Names and lengths of the tensors. */
  readonly #lengths: readonly (readonly [string, number])[];

  constructor(checkpoint: Weights) {
    const names = [...learnedTensors(checkpoint.architecture).keys()];
    const tensors = names.map((name) => begun(checkpoint, name));
    this.#lengths = names.map((name, k) => [name, tensors[k]!.length]);
    this.base = joined(tensors);
  }

  /**
   * What a hand keeps of learned numbers, rounded as in its file, with its directions: a share of what they change, and the
   * whole hand code.
   */
  changes(numbers: Float32Array, share: number, directions: Float32Array): Map<string, Float32Array> {
    const kept = this.#changes(numbers, share);
    let at = 0;
    const parts = this.#lengths.map(([name, length]) => {
      const begin = at;
      at += length;
      return [name, kept.slice(begin, at)] as const;
    });
    freed(kept);
    return new Map<string, Float32Array>(parts).set(DIRECTIONS, directions);
  }

  /** The numbers with what a hand keeps of them: see `changes`. */
  kept(numbers: Float32Array, share: number): Float32Array<ArrayBuffer> {
    const kept = this.#changes(numbers, share);
    for (let k = 0; k < kept.length; k++) kept[k] = this.base[k]! + kept[k]!;
    return kept;
  }

  #changes(numbers: Float32Array, share: number): Float32Array<ArrayBuffer> {
    const changes = new Float32Array(numbers.length);
    let at = 0;
    for (const [name, length] of this.#lengths) {
      const times = name === HAND_CODE ? 1 : share;
      const begin = at;
      at += length;
      for (let k = begin; k < at; k++) changes[k] = times * (numbers[k]! - this.base[k]!);
      round(changes.subarray(begin, at), rowsOf(name, RANK));
    }
    return changes;
  }
}

/**
 * Lets the memory of an array go at once: the garbage collector leaves megabytes of them. Where an array came in a message, the
 * browser holds its memory as well, until that is collected. Browsers before 2024 lack `transfer`, and hold all of them.
 */
export function freed({ buffer }: ArrayBufferView): void {
  if (buffer instanceof ArrayBuffer) buffer.transfer?.(0);
}
