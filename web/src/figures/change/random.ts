/** Random numbers for choosing cells; those of the model's draws are the engine's. */

/** Numbers in 0 to 1 that a seed and a draw fix (mulberry32, Tommy Ettinger 2017, public domain). */
export function generator(seed: number, draw: number): () => number {
  let state = (Math.imul(seed + 1, 0x9e3779b9) ^ Math.imul(draw + 1, 0x85ebca6b)) >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
