/** What callers hand to the engine, checked before it runs. */

import constants from "../../../spec/constants.json" with { type: "json" };
import type { TextArchitecture } from "../checkpoint/architecture.ts";

/** Characters of the longest text. */
const MAX_TEXT = constants.engine.longest_text;

/** The engine refused its input or produced something that is not finite. */
export class EngineError extends Error {
  override name = "EngineError";
}

/** The number of offsets in [n, 3]. */
export function checkOffsets(offsets: Float32Array): number {
  if (offsets.length % 3 !== 0) {
    throw new EngineError(`offsets: expected three numbers a row, found ${offsets.length} numbers`);
  }
  const bad = offsets.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) {
    const row = Math.floor(bad / 3);
    throw new EngineError(`offsets: expected finite numbers, found a NaN or an infinity in row ${row}`);
  }
  return offsets.length / 3;
}

export function count(name: string, value: number): number {
  return whole(name, value, 2 ** 31 - 1);
}

export function word(name: string, value: number): number {
  return whole(name, value, 2 ** 32 - 1);
}

function whole(name: string, value: number, largest: number): number {
  if (!(Number.isInteger(value) && value >= 0 && value <= largest)) {
    throw new EngineError(`${name}: expected a whole number from 0 to ${largest}, found ${value}`);
  }
  return value;
}

/** The low and the high word of a seed. */
export function seedWords(seed: number | bigint): [number, number] {
  const valid =
    typeof seed === "bigint" ? seed >= 0n && seed < 2n ** 64n : Number.isSafeInteger(seed) && seed >= 0;
  if (!valid)
    throw new EngineError(`seed: expected a whole number from 0 to ${2n ** 64n - 1n}, found ${seed}`);
  const big = BigInt(seed);
  return [Number(big & 0xffffffffn), Number(big >> 32n)];
}

export function checkVariation(value: number): void {
  if (!(Number.isFinite(value) && value >= 0)) {
    throw new EngineError(`variation: expected a number of at least 0, found ${value}`);
  }
}

/** The codes of a text's characters: 1 and their place in the alphabet. */
export function textCodes(known: TextArchitecture | undefined, text: string): Uint8Array {
  if (known === undefined) {
    throw new EngineError("text: expected a model that knows text, found one that does not");
  }
  const characters = Array.from(text);
  if (characters.length > MAX_TEXT) {
    throw new EngineError(`text: expected at most ${MAX_TEXT} characters, found ${characters.length}`);
  }
  return codesOf(characters, known.alphabet, "model");
}

/** The codes of characters in the alphabet of `reader`, which is what errors call it. */
export function codesOf(
  characters: readonly string[],
  alphabet: readonly string[],
  reader: string,
): Uint8Array {
  return Uint8Array.from(characters, (character, k) => {
    const place = alphabet.indexOf(character);
    if (place >= 0) return 1 + place;
    const found = JSON.stringify(character);
    throw new EngineError(`text: expected characters that the ${reader} knows, found ${found} at ${k}`);
  });
}

/**
 * Where the pointer goes as each of n offsets is consumed, from the character of each, [n], or [n + 1] with where it
 * stands after the last; -1: by itself. It stands at `here` of a text of `characters`.
 */
export function pointerPath(pointers: Int32Array, n: number, here: number, characters: number): Int32Array {
  if (characters === 0) throw new EngineError("pointers: expected a state with a text, found one without");
  if (pointers.length !== n && pointers.length !== n + 1) {
    throw new EngineError(`pointers: expected ${n} or ${n + 1} numbers, found ${pointers.length}`);
  }
  const bad = pointers.findIndex((pointer) => pointer < 0 || pointer > characters);
  if (bad >= 0) {
    throw new EngineError(`pointers: expected 0 to ${characters}, found ${pointers[bad]} in row ${bad}`);
  }
  if (pointers.length > 0 && pointers[0] !== here) {
    throw new EngineError(
      `pointers: expected ${here}, where the pointer stands, in row 0, found ${pointers[0]}`,
    );
  }
  const path = new Int32Array(n).fill(-1);
  path.set(pointers.subarray(1));
  return path;
}
