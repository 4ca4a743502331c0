/**
 * Sizes of the model whose hand is learned, and how they are padded: eight numbers wide, so that no loop has a rest.
 *
 * Letter key: H hidden, C code, R read-out rows; with a p (Hp) padded to a multiple of 8. G = 4 Hp gates, W = G + Cp.
 */

/** Cells. */
export let H: i32 = 0;
/** Mixture components. */
export let K: i32 = 0;
/** Numbers of the code; 0 for none. */
export let C: i32 = 0;
/** Rows of the read-out, with the one of the advance. */
export let R: i32 = 0;
export let Hp: i32 = 0;
export let Cp: i32 = 0;
export let Rp: i32 = 0;
export let G: i32 = 0;
export let W: i32 = 0;
/** All numbers that are learned: the float32 tensors of the checkpoint, one after the other. */
export let count: i32 = 0;
/** Bytes from one row of them to the next, a multiple of 16. */
export let stride: usize = 0;

export function setSizes(hidden: i32, mixtures: i32, code: i32, rows: i32): void {
  H = hidden;
  K = mixtures;
  C = code;
  R = rows;
  Hp = padded(hidden);
  Cp = padded(code);
  Rp = padded(rows);
  G = 4 * Hp;
  W = G + Cp;
  count = (3 + 3) * 4 * H + 2 * H + 4 * C + (C ? 4 * H : 0) + 2 * R;
  stride = bytes((count + 3) & ~3);
}

function padded(n: i32): i32 {
  return (n + 7) & ~7;
}

/** Bytes of n f32. */
// @ts-ignore: decorator
@inline
export function bytes(n: i32): usize {
  return <usize>n << 2;
}
