/**
 * One step of one line, backward: the derivative of what forward.ts does, in the opposite order. Gradients by parameters are
 * added to `to`, which is laid out as the parameters are.
 *
 * Letter key: as in sizes.ts. dX is the gradient by X.
 */

import { add } from "../vector";
import { sigmoidOf, tanhOf, tanhOfCell } from "./forward";
import { normaliseBack } from "./normal";
import {
  BIAS, CELL_BIAS, CELL_GAIN, GAIN, HEAD_BIAS, HEAD_SCALE, INPUT, MODULATION, SCALE,
} from "./parameters";
import { CODE, HEAD, INVERSE, NORMAL, SEEN, SLOPE, SUMS } from "./tape";
import { G, Hp, Rp, W, bytes } from "./sizes";

/** d(sums of the read-out rows) in place of dz. */
export function readOutBack(parameters: usize, record: usize, line: i32, to: usize): void {
  const sums = record + HEAD + bytes(line * Rp), slope = record + SLOPE + bytes(line * Rp), size = bytes(Rp);
  for (let at: usize = 0; at < size; at += 16) {
    const dz = v128.load(slope + at);
    add(to + HEAD_SCALE + at, f32x4.mul(dz, v128.load(sums + at)));
    add(to + HEAD_BIAS + at, dz);
    v128.store(slope + at, f32x4.mul(dz, v128.load(parameters + HEAD_SCALE + at)));
  }
}

/**
 * From dh and what comes of dc from the step after, in place: dc for the step before; dnormal [G]. Turns [G] become dturns.
 * `before` is c of the step before.
 */
export function openBack(
  parameters: usize, record: usize, line: i32, before: usize, dh: usize, dc: usize, dnormal: usize, turns: usize,
  to: usize, scratch: usize,
): void {
  const size = bytes(Hp), one = f32x4.splat(1);
  const normal = record + NORMAL + bytes(line * G);
  const seen = record + SEEN + bytes(line * Hp);
  for (let at: usize = 0; at < size; at += 16) {
    const t = tanhOfCell(parameters, seen, at), d = v128.load(dh + at);
    const o = sigmoidOf(parameters, normal, turns, at + 3 * size);
    const read = f32x4.mul(f32x4.mul(d, o), f32x4.sub(one, f32x4.mul(t, t)));
    add(to + CELL_GAIN + at, f32x4.mul(read, v128.load(seen + at)));
    add(to + CELL_BIAS + at, read);
    v128.store(scratch + at, f32x4.mul(read, v128.load(parameters + CELL_GAIN + at)));
    // by o, before its sigmoid
    v128.store(dnormal + at + 3 * size, f32x4.mul(f32x4.mul(d, t), f32x4.mul(o, f32x4.sub(one, o))));
  }
  normaliseBack(scratch, seen, load<f32>(record + INVERSE + bytes(line * 8 + 4)));
  for (let at: usize = 0; at < size; at += 16) {
    const d = f32x4.add(v128.load(dc + at), v128.load(scratch + at));
    const i = sigmoidOf(parameters, normal, turns, at);
    const f = sigmoidOf(parameters, normal, turns, at + size);
    const g = tanhOf(parameters, normal, turns, at + 2 * size);
    const byI = f32x4.mul(f32x4.mul(d, g), f32x4.mul(i, f32x4.sub(one, i)));
    const byF = f32x4.mul(f32x4.mul(d, v128.load(before + at)), f32x4.mul(f, f32x4.sub(one, f)));
    const byG = f32x4.mul(f32x4.mul(d, i), f32x4.sub(one, f32x4.mul(g, g)));
    v128.store(dnormal + at, byI);
    v128.store(dnormal + at + size, byF);
    v128.store(dnormal + at + 2 * size, byG);
    v128.store(dc + at, f32x4.mul(d, f));
  }
  gainsBack(parameters, record, line, dnormal, turns, to);
}

/** dnormal, and dturns in place of turns, from dy, which is at dnormal, where y = normal * (gain + scale * turns) + bias. */
function gainsBack(parameters: usize, record: usize, line: i32, dnormal: usize, turns: usize, to: usize): void {
  const normal = record + NORMAL + bytes(line * G), size = bytes(G);
  for (let at: usize = 0; at < size; at += 16) {
    const dy = v128.load(dnormal + at), scale = v128.load(parameters + MODULATION + at), turn = v128.load(turns + at);
    const byGain = f32x4.mul(dy, v128.load(normal + at));
    add(to + BIAS + at, dy);
    add(to + GAIN + at, byGain);
    add(to + MODULATION + at, f32x4.mul(byGain, turn));
    v128.store(turns + at, f32x4.mul(byGain, scale));
    const gain = f32x4.add(v128.load(parameters + GAIN + at), f32x4.mul(scale, turn));
    v128.store(dnormal + at, f32x4.mul(dy, gain));
  }
}

/** d(pre-activations) [W] in place of d(normalised pre-activations [G], code [Cp]). */
export function normaliseGatesBack(record: usize, line: i32, d: usize): void {
  const normal = record + NORMAL + bytes(line * G), inverse = record + INVERSE + bytes(line * 8);
  for (let gate = 0; gate < 4; gate++) {
    const at = bytes(gate * Hp);
    normaliseBack(d + at, normal + at, load<f32>(inverse + bytes(gate)));
  }
}

/** d(sums of the recurrent rows) [W] in place of d(pre-activations), with the offset f32 [3] that the step consumed. */
export function mixBack(parameters: usize, record: usize, line: i32, offset: usize, d: usize, to: usize): void {
  const sums = record + SUMS + bytes(line * W), row = bytes(W);
  const x = v128.load_splat<f32>(offset), y = v128.load_splat<f32>(offset + 4), p = v128.load_splat<f32>(offset + 8);
  for (let at: usize = 0; at < row; at += 16) {
    const da = v128.load(d + at);
    add(to + INPUT + at, f32x4.mul(da, x));
    add(to + INPUT + at + row, f32x4.mul(da, y));
    add(to + INPUT + at + 2 * row, f32x4.mul(da, p));
    add(to + SCALE + at, f32x4.mul(da, v128.load(sums + at)));
    v128.store(d + at, f32x4.mul(da, v128.load(parameters + SCALE + at)));
  }
}
