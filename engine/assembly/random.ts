/** Philox 4x32-10: J. K. Salmon et al., Parallel Random Numbers: As Easy as 1, 2, 3 (SC 2011). */

const M0: u64 = 0xd2511f53;
const M1: u64 = 0xcd9e8d57;
const W0: u32 = 0x9e3779b9;
const W1: u32 = 0xbb67ae85;

/** The four words of the last draw. */
export let word0: u32 = 0;
export let word1: u32 = 0;
export let word2: u32 = 0;
export let word3: u32 = 0;

/** Ten rounds of counter (c0, c1, c2, c3) under key (k0, k1) into word0 to word3. */
export function philox(k0: u32, k1: u32, c0: u32, c1: u32, c2: u32, c3: u32): void {
  for (let round = 0; round < 10; round++) {
    const p0 = M0 * <u64>c0;
    const p1 = M1 * <u64>c2;
    c0 = <u32>(p1 >> 32) ^ c1 ^ k0;
    c1 = <u32>p1;
    c2 = <u32>(p0 >> 32) ^ c3 ^ k1;
    c3 = <u32>p0;
    k0 += W0;
    k1 += W1;
  }
  word0 = c0;
  word1 = c1;
  word2 = c2;
  word3 = c3;
}

/**
 * n numbers in (0, 1), f64, at `out`: for what is drawn beside samples, such as random cells. The last word of the counter
 * is 1, and 0 for samples, so that the two never share a number.
 */
export function random(seed_low: i32, seed_high: i32, stream: i32, n: i32, out: i32): void {
  for (let i = 0; i < n; i++) {
    if (i % 4 == 0) philox(seed_low, seed_high, i / 4, stream, 0, 1);
    const word = i % 4 == 0 ? word0 : i % 4 == 1 ? word1 : i % 4 == 2 ? word2 : word3;
    store<f64>(<usize>out + i * 8, uniform(word));
  }
}

/** A word as a number in (0, 1), never 0 or 1. */
export function uniform(word: u32): f64 {
  return (<f64>word + 0.5) * (1.0 / 4294967296);
}
