/**
 * A code of the cells, and what it adds to their gains (spec/engine.md, The step with a code).
 *
 * Letter key: as in model.ts.
 */

import { activateNormalised, weigh, weighAbove } from "./cell";
import { Layer, SIXTEEN, code, codePanels, groups, modulated, pairs, panelBytes } from "./model";
import { Text, addTextToCode } from "./text";
import { TOTALS_BYTES, product, totalColumn } from "./product";
import { isFiniteSum, zeroed } from "./vector";

/** What a layer consumes: an offset and perhaps a text, or q(h) of the layer below. */
@unmanaged
export class Consumed {
  dx: f32;
  dy: f32;
  pen: f32;
  /** int16 [2P]; 0 for the first layer. */
  below: usize;
  /** The state's text (text.ts); 0 without one and above the first layer. */
  text: usize;
}

/** The one that there is. */
export const consumed = changetype<Consumed>(memory.data(32, 16));

const sums: usize = memory.data(64, 16);
const sumsBelow: usize = memory.data(64, 16);
const totals: usize = memory.data(TOTALS_BYTES, 16);
const totalsBelow: usize = memory.data(TOTALS_BYTES, 16);
const zeros: usize = memory.data(64, 16);
/** The code, f32 [16 panels, at most 64]. */
const numbers: usize = memory.data(256, 16);

/** `activate` for all cells of a layer with layer normalisation, from a [G, 16] and its q(h) from before. */
export function activateLayer(at: Layer, a: usize, q: usize): bool {
  if (!code) return activateNormalised(at, a, at.gain);
  encode(at, q);
  return modulate(at) && activateNormalised(at, a, modulated);
}

/** The code of a layer, from what it consumes and its q(h) from before. */
function encode(at: Layer, q: usize): void {
  totalColumn(q, pairs, totals);
  if (consumed.below) totalColumn(consumed.below, pairs, totalsBelow);
  for (let panel = 0; panel < codePanels; panel++) {
    const vector = <usize>panel * SIXTEEN;
    const rows = <usize>panel * panelBytes;
    const scale = at.codeRecurrentScale + vector;
    const to = numbers + vector;
    product(at.codeRecurrent + rows, q, totals, pairs, sums);
    if (consumed.below) {
      product(at.codeInput + rows, consumed.below, totalsBelow, pairs, sumsBelow);
      weighAbove(zeros, at.codeInputScale + vector, scale, sums, sumsBelow, to);
    } else {
      weigh(zeros, at.codeInput + 3 * vector, scale, sums, consumed.dx, consumed.dy, consumed.pen, to);
    }
  }
  if (consumed.text) addTextToCode(changetype<Text>(consumed.text), numbers);
}

/** modulated = gain + scale * (modulation times the code). Whether all of it is finite. */
function modulate(at: Layer): bool {
  const past = numbers + <usize>code * 4;
  let weights = at.modulation, own = at.gain, scale = at.modulationScale;
  let check = f32x4.splat(0);
  for (let to = modulated, end = to + <usize>groups * SIXTEEN; to < end; to += SIXTEEN) {
    let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0;
    for (let m = numbers; m < past; m += 4) {
      const x = v128.load_splat<f32>(m);
      s0 = f32x4.add(s0, f32x4.mul(v128.load(weights), x));
      s1 = f32x4.add(s1, f32x4.mul(v128.load(weights, 16), x));
      s2 = f32x4.add(s2, f32x4.mul(v128.load(weights, 32), x));
      s3 = f32x4.add(s3, f32x4.mul(v128.load(weights, 48), x));
      weights += SIXTEEN;
    }
    check = f32x4.add(check, put(to, own, scale, s0));
    check = f32x4.add(check, put(to + 16, own + 16, scale + 16, s1));
    check = f32x4.add(check, put(to + 32, own + 32, scale + 32, s2));
    check = f32x4.add(check, put(to + 48, own + 48, scale + 48, s3));
    own += SIXTEEN;
    scale += SIXTEEN;
  }
  return isFiniteSum(check);
}

/** to [4] = own [4] + scale [4] * sum; a vector that is finite if that is. */
// @ts-ignore: decorator
@inline
function put(to: usize, own: usize, scale: usize, sum: v128): v128 {
  const gain = f32x4.add(v128.load(own), f32x4.mul(v128.load(scale), sum));
  v128.store(to, gain);
  return zeroed(gain);
}
