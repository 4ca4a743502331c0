/** What callers hand to the engine, checked before it runs. */

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
