/**
 * Adaptive binary arithmetic coding: numbers cost as many bits as they surprise what came before them.
 *
 * A range coder with carries (G. N. N. Martin 1979, in the form that LZMA uses). Whole numbers only, so that every
 * browser writes and reads the same.
 */

/** What is wrong with the code of an ink, for the end of a sentence. */
export class InkCodeError extends Error {}

/** Odds of a bit, learnt from the bits before it. */
class Bit {
  /** Probability of a 0, in units of 1 / ONE. */
  zero = ONE / 2;
  #seen = 0;

  learn(bit: number): void {
    // At first each bit counts for much.
    const rate = Math.min(this.#seen + 2, SLOWEST);
    const goal = bit === 0 ? ONE - LEAST : LEAST;
    this.zero += Math.trunc((goal - this.zero) / rate);
    this.#seen++;
  }
}

const ONE = 1 << 15;
const LEAST = 32;
const SLOWEST = 40;
const TOP = 2 ** 24;
/** The bits of a magnitude below its two highest are as good as random. */
const LEARNT_BITS = 2;
/** Most bits of a magnitude. */
const LONGEST = 31;

/** Writes or reads a bit with some odds, or plain bits. A writer returns what it was given. */
export interface BitCoder {
  bit(odds: Bit, bit: number): number;
  /** `count` bits as likely as not. */
  plain(value: number, count: number): number;
}

export class BitWriter implements BitCoder {
  readonly #bytes: number[] = [];
  #low = 0;
  #range = 2 ** 32 - 1;
  #cache = 0;
  #held = 0;
  #begun = false;

  bit(odds: Bit, bit: number): number {
    const bound = Math.floor(this.#range / ONE) * odds.zero;
    if (bit === 0) this.#range = bound;
    else {
      this.#low += bound;
      this.#range -= bound;
    }
    odds.learn(bit);
    this.#settle();
    return bit;
  }

  plain(value: number, count: number): number {
    for (let k = count - 1; k >= 0; k--) {
      this.#range = Math.floor(this.#range / 2);
      if (Math.floor(value / 2 ** k) % 2 === 1) this.#low += this.#range;
      this.#settle();
    }
    return value;
  }

  /** All that was written. */
  finish(): Uint8Array {
    for (let k = 0; k < 5; k++) this.#shift();
    return Uint8Array.from(this.#bytes);
  }

  #settle(): void {
    while (this.#range < TOP) {
      this.#range *= 256;
      this.#shift();
    }
  }

  /** Gives out the highest byte, once no carry can reach it any more. */
  #shift(): void {
    if (this.#low < 0xff000000 || this.#low >= 2 ** 32) {
      const carry = this.#low >= 2 ** 32 ? 1 : 0;
      if (this.#begun) this.#bytes.push((this.#cache + carry) & 255);
      for (; this.#held > 0; this.#held--) this.#bytes.push((255 + carry) & 255);
      this.#begun = true;
      this.#cache = Math.floor(this.#low / TOP) & 255;
    } else this.#held++;
    this.#low = (this.#low % TOP) * 256;
  }
}

export class BitReader implements BitCoder {
  readonly #bytes: Uint8Array;
  #at: number;
  #range = 2 ** 32 - 1;
  #code = 0;

  constructor(bytes: Uint8Array, from: number) {
    this.#bytes = bytes;
    this.#at = from;
    for (let k = 0; k < 4; k++) this.#code = this.#code * 256 + this.#next();
  }

  /** Whether all bytes are read. */
  get done(): boolean {
    return this.#at === this.#bytes.length;
  }

  bit(odds: Bit): number {
    const bound = Math.floor(this.#range / ONE) * odds.zero;
    const bit = this.#code < bound ? 0 : 1;
    if (bit === 0) this.#range = bound;
    else {
      this.#code -= bound;
      this.#range -= bound;
    }
    odds.learn(bit);
    this.#settle();
    return bit;
  }

  plain(_value: number, count: number): number {
    let value = 0;
    for (let k = 0; k < count; k++) {
      this.#range = Math.floor(this.#range / 2);
      const bit = this.#code >= this.#range ? 1 : 0;
      if (bit === 1) this.#code -= this.#range;
      value = 2 * value + bit;
      this.#settle();
    }
    return value;
  }

  #settle(): void {
    while (this.#range < TOP) {
      this.#range *= 256;
      this.#code = this.#code * 256 + this.#next();
    }
  }

  #next(): number {
    const byte = this.#bytes[this.#at++];
    if (byte === undefined) throw new InkCodeError("it ends too early");
    return byte;
  }
}

/** A flag, with odds of its own. */
export class FlagCode {
  readonly #odds = new Bit();

  code(coder: BitCoder, value: boolean): boolean {
    return coder.bit(this.#odds, Number(value)) === 1;
  }
}

/** Whole numbers with a sign, small ones more likely; the odds depend on a class of what is known already. */
export class NumberCode {
  readonly #contexts: { zero: Bit; sign: Bit; length: Bit[]; high: Bit[] }[];

  constructor(classes = 1) {
    const bits = (count: number): Bit[] => Array.from({ length: count }, () => new Bit());
    this.#contexts = Array.from({ length: classes }, () => ({
      zero: new Bit(),
      sign: new Bit(),
      length: bits(LONGEST + 1),
      high: bits((LONGEST + 1) << LEARNT_BITS),
    }));
  }

  code(coder: BitCoder, value: number, known = 0): number {
    const { zero, sign, length, high } = this.#contexts[known]!;
    if (coder.bit(zero, Number(value === 0)) === 1) return 0;
    const negative = coder.bit(sign, Number(value < 0)) === 1;
    const size = Math.abs(value);
    const wanted = Math.floor(Math.log2(Math.max(size, 1)));
    let count = 0;
    while (count < LONGEST && coder.bit(length[count]!, Number(count < wanted)) === 1) count++;
    // The highest bit is a 1; the next ones are learnt, the others are not.
    const learnt = Math.min(count, LEARNT_BITS);
    let result = 1;
    for (let k = 1; k <= learnt; k++) {
      const odds = high[(count << LEARNT_BITS) + (k === 1 ? 0 : 1 + (result & 1))]!;
      result = 2 * result + coder.bit(odds, Math.floor(size / 2 ** (count - k)) % 2);
    }
    const rest = 2 ** (count - learnt);
    result = result * rest + coder.plain(size % rest, count - learnt);
    return negative ? -result : result;
  }
}
