/**
 * What is left out at random while a window is learned, so that few lines are not learned by heart: recurrent weights
 * (DropConnect, Merity et al. 2017, arXiv:1708.02182) and hidden states before the read-out, as when the checkpoint that
 * knows text was trained. What stays is larger in return. Numbers depend on the step of learning, and on line and row, alone.
 */

import { philox, word0, word1, word2, word3 } from "../random";
import { Matrix, placeOf } from "./matrix";
import { G, H, Hp, W, bytes } from "./sizes";

/** Keys: of weights, of hidden states. (0 is that of the pointer's moves.) */
const WEIGHTS: u32 = 1;
const STATES: u32 = 2;
/** What eight numbers are multiplied by. */
const eight: usize = memory.data(32, 16);

/** Draws eight factors: 0 for the share that is dropped, or what makes up for it. */
function draw(key: u32, c0: i32, c1: i32, c2: i32, c3: i32, drop: f32): void {
  philox(key, 0, c0, c1, c2, c3);
  const least = <u32>nearest<f32>(drop * 65536), kept: f32 = 1 / (1 - drop);
  put(0, word0, least, kept);
  put(8, word1, least, kept);
  put(16, word2, least, kept);
  put(24, word3, least, kept);
}

// @ts-ignore: decorator
@inline
function put(at: usize, word: u32, least: u32, kept: f32): void {
  store<f32>(eight + at, (word & 0xffff) < least ? <f32>0 : kept);
  store<f32>(eight + at + 4, word >> 16 < least ? <f32>0 : kept);
}

/** The factors of a line's hidden states, [Hp]. */
export function keepStates(to: usize, drop: f32, step: i32, line: i32, row: i32): void {
  for (let cell = 0; cell < Hp; cell += 8) {
    draw(STATES, cell, row, line, step, drop);
    memory.copy(to + bytes(cell), eight, 32);
  }
}

/** The matrix `to` from i8 in the places of its forward part, with some of the gates' weights left out. */
export function fillWeights(from: usize, to: Matrix, drop: f32, step: i32): void {
  for (let row = 0; row < Hp; row += 8) {
    for (let column = 0; column < W; column += 8) {
      const at = placeOf(Hp, row, column);
      for (let k = 0; k < 8; k++) {
        const eights = v128.load_ext<i8>(from + at + <usize>k * 8);
        let low = f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_s(eights));
        let high = f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_s(eights));
        if (drop > 0 && column < G) {
          draw(WEIGHTS, row + k, column, 0, step, drop);
          low = f32x4.mul(low, v128.load(eight));
          high = f32x4.mul(high, v128.load(eight, 16));
        }
        to.setEight(at + <usize>k * 8, low, high);
      }
      to.transpose(row, column);
    }
  }
}
