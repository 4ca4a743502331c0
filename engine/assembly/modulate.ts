/**
 * A code of the cells, and what it adds to their gains (spec/engine.md, The step with a code).
 *
 * Letter key: as in model.ts.
 */

import { activateNormalised, consumed, weigh } from "./cell";
import { Layer, code, codePanels, groups, modulated } from "./model";
import { SIXTEEN } from "./product";
import { Text, addTextToCode } from "./text";
import { addScaled, isFiniteSum } from "./vector";

const sums: usize = memory.data(64, 16);
/** The code, f32 [16 panels, at most 64]. */
const numbers: usize = memory.data(256, 16);

/** `activate` for all cells of a layer with layer normalisation, from a [G, 16] and its q(h) from before. */
export function activateLayer(at: Layer, a: usize, q: usize): bool {
  if (!code) return activateNormalised(at, a, at.gain);
  weigh(at.code, codePanels, q, numbers);
  if (consumed.text) addTextToCode(changetype<Text>(consumed.text), numbers);
  return modulate(at) && activateNormalised(at, a, modulated);
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
    v128.store(sums, s0);
    v128.store(sums, s1, 16);
    v128.store(sums, s2, 32);
    v128.store(sums, s3, 48);
    check = f32x4.add(check, addScaled(own, scale, sums, to));
    own += SIXTEEN;
    scale += SIXTEEN;
  }
  return isFiniteSum(check);
}
