/**
 * What a window remembers of each step, so that gradients can go back through it. A record of a step holds one row for each
 * line, for each of the parts below.
 *
 * Letter key: as in sizes.ts. N lines at a time.
 */

import { Cp, G, Hp, RANK, Rp, W, bytes } from "./sizes";

/** Lines at a time, at most: those of a batch (spec/hand.md). More of them share what is fetched of a matrix. */
export const LINES: i32 = 8;

/** Places of the parts in a record, in bytes. Sums of the recurrent rows, [N, W]. */
export let SUMS: usize = 0;
/** The h that was read along the directions, [N, RANK]. */
export let STATES: usize = 0;
/** The code, [N, Cp]. Its products with the modulation, [N, G], and the gates are soon found again. */
export let CODE: usize = 0;
/** Normalised pre-activations, [N, G]. */
export let NORMAL: usize = 0;
/** c, its normalised value, h, [N, Hp]. */
export let CELL: usize = 0;
export let SEEN: usize = 0;
export let HIDDEN: usize = 0;
/** Sums of the read-out rows, then the gradient by z, [N, Rp]. */
export let HEAD: usize = 0;
export let SLOPE: usize = 0;
/** 1 / sqrt(variance) of the four gates and the cell, [N, 8]. */
export let INVERSE: usize = 0;
/** Bytes of a record. */
export let RECORD: usize = 0;

let lines: i32 = 0;

/** Before a window of n lines. */
export function placeTape(n: i32): void {
  lines = n;
  SUMS = 0;
  STATES = SUMS + part(W);
  CODE = STATES + part(RANK);
  NORMAL = CODE + part(Cp);
  CELL = NORMAL + part(G);
  SEEN = CELL + part(Hp);
  HIDDEN = SEEN + part(Hp);
  HEAD = HIDDEN + part(Hp);
  SLOPE = HEAD + part(Rp);
  INVERSE = SLOPE + part(Rp);
  RECORD = INVERSE + part(8);
}

function part(n: i32): usize {
  return bytes(n * lines);
}
