/** The numbers that are learned, one after the other in the order of a hand's file, and what a hand keeps of them. */

import type { Weights } from "./checkpoint.ts";
import { begun, HAND_CODE, learnedTensors } from "./hand.ts";

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

  /** What a hand keeps of learned numbers: all of them, or a share and the whole hand code where it has one. */
  kept(numbers: Float32Array<ArrayBuffer>, share: number): Float32Array<ArrayBuffer> {
    const [last, code] = this.#lengths.at(-1)!;
    if (last !== HAND_CODE) return numbers;
    const first = numbers.length - code;
    return numbers.map((number, k) => {
      const base = this.base[k]!;
      return k < first ? base + share * (number - base) : number;
    });
  }

  /** Learned numbers by names. */
  tensors(numbers: Float32Array<ArrayBuffer>): Map<string, Float32Array<ArrayBuffer>> {
    let at = 0;
    return new Map(
      this.#lengths.map(([name, length]) => {
        const begin = at;
        at += length;
        return [name, numbers.slice(begin, at)];
      }),
    );
  }
}

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

/**
 * Lets the memory of an array go at once: the garbage collector leaves megabytes of them. An array that came in a message is
 * not let go by `ArrayBuffer.transfer`, because the browser holds its memory as well.
 */
export function freed({ buffer }: Float32Array<ArrayBuffer>): void {
  if (buffer.byteLength > 0) structuredClone(null, { transfer: [buffer] });
}
