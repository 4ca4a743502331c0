/**
 * Sizes of the model whose hand is learned, and how they are padded: eight numbers wide, so that no loop has a rest.
 *
 * Letter key: H hidden, C code, R read-out rows, D hand code; with a p (Hp) padded to a multiple of 8. G = 4 Hp gates,
 * W = G + Cp. Of a text: A characters of the alphabet, E numbers of an embedding, U inputs.
 */

/** Directions of h that add to the recurrent sums. */
export const RANK: i32 = 16;

/** Cells. */
export let H: i32 = 0;
/** Mixture components. */
export let K: i32 = 0;
/** Numbers of the code; 0 for none. */
export let C: i32 = 0;
/** Rows of the read-out, with the one of the advance. */
export let R: i32 = 0;
/** All 0 for a model that knows no text. */
export let A: i32 = 0;
export let E: i32 = 0;
export let D: i32 = 0;
export let U: i32 = 0;
/** Characters that are seen before and after the pointer's. */
export let reach: i32 = 0;
export let Hp: i32 = 0;
export let Cp: i32 = 0;
export let Rp: i32 = 0;
export let Dp: i32 = 0;
export let Up: i32 = 0;
export let G: i32 = 0;
export let W: i32 = 0;
/** All numbers that are learned: the float32 tensors of the checkpoint, what each direction adds, the hand code. */
export let count: i32 = 0;
/** Bytes from one row of them to the next, a multiple of 16. */
export let stride: usize = 0;

export function setSizes(hidden: i32, mixtures: i32, code: i32): void {
  H = hidden;
  K = mixtures;
  C = code;
  R = 1 + 6 * mixtures + (A ? 1 : 0);
  Hp = padded(hidden);
  Cp = padded(code);
  Rp = padded(R);
  G = 4 * Hp;
  W = G + Cp;
  count = (3 + 3) * 4 * H + 2 * H + 4 * C + (C ? 4 * H : 0) + 2 * R + RANK * (4 * H + C) + D;
  stride = bytes((count + 3) & ~3);
}

/** Of a text, before the others. */
export function setTextSizes(alphabet: i32, far: i32, embedding: i32, hand: i32): void {
  A = alphabet;
  reach = far;
  E = embedding;
  D = hand;
  U = alphabet ? (2 * far + 1) * embedding + 2 + hand : 0;
  Dp = padded(D);
  Up = padded(U);
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
