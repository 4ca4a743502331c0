/**
 * -log p of an offset and its gradient by the read-out (Graves 2013, eqs. 15 to 26), in f64; see ../density.ts.
 *
 * Letter key: as in sizes.ts; z read-out [R]: pen logit, then K each of: mixture logit, mu x, mu y, log sigma x,
 * log sigma y, a = artanh rho.
 */

import { LN2, exp, log, log1p } from "../scalar";
import { K, Rp, bytes } from "./sizes";

const LN_2PI: f64 = 1.8378770664093453;
/** Of each component: its weight, then its part of the density. */
const weights: usize = memory.data(64 * 8, 16);
const parts: usize = memory.data(64 * 8, 16);

// @ts-ignore: decorator
@inline
function at(row: i32, k: i32): usize {
  return bytes(1 + row * K + k);
}

// @ts-ignore: decorator
@inline
function get(z: usize, row: i32, k: i32): f64 {
  return <f64>load<f32>(z + at(row, k));
}

/** Position and pen in nats and model units. With `dz` f32 [Rp], unless 0, the gradient; the advance has none. */
export function nats(z: usize, dx: f32, dy: f32, pen: f32, dz: usize): f64 {
  let largest = -Infinity, likeliest = -Infinity;
  for (let k = 0; k < K; k++) {
    const part = get(z, 0, k) + logNormal(z, k, dx, dy);
    store<f64>(parts + k * 8, part);
    largest = max(largest, part);
    likeliest = max(likeliest, get(z, 0, k));
  }
  let all: f64 = 0, weight: f64 = 0;
  for (let k = 0; k < K; k++) {
    const w = exp(get(z, 0, k) - likeliest), part = exp(load<f64>(parts + k * 8) - largest);
    store<f64>(weights + k * 8, w);
    store<f64>(parts + k * 8, part);
    weight += w;
    all += part;
  }
  const logit = <f64>load<f32>(z), lifted = pen != 0;
  if (dz) {
    memory.fill(dz, 0, bytes(Rp));
    store<f32>(dz, <f32>(1 / (1 + exp(-logit)) - (lifted ? 1 : 0)));
    for (let k = 0; k < K; k++) {
      const part = load<f64>(parts + k * 8) / all;
      store<f32>(dz + at(0, k), <f32>(load<f64>(weights + k * 8) / weight - part));
      gradient(z, k, dx, dy, part, dz);
    }
  }
  const position = log(weight) + likeliest - largest - log(all);
  const signed = lifted ? logit : -logit;
  return position - (min<f64>(signed, 0) - log1p(exp(-abs(signed))));
}

/** As in ../density.ts: nothing cancels as rho nears 1. */
function logNormal(z: usize, k: i32, dx: f64, dy: f64): f64 {
  const logX = get(z, 3, k), logY = get(z, 4, k), a = get(z, 5, k);
  const x = (dx - get(z, 1, k)) * exp(-logX);
  const y = copysign(1, a) * (dy - get(z, 2, k)) * exp(-logY);
  const t = exp(-2 * abs(a));
  const distance = ((x - y) * (x - y) * (1 + t) * (1 + t)) / (4 * t) + x * y * (1 + t);
  return -LN_2PI - logX - logY - (LN2 - abs(a) - log1p(t)) - 0.5 * distance;
}

/** Of -log p, a component whose share of the density is `part`: d/da follows from 1 / (1 - rho^2) = cosh^2 a. */
function gradient(z: usize, k: i32, dx: f64, dy: f64, part: f64, dz: usize): void {
  const byX = exp(-get(z, 3, k)), byY = exp(-get(z, 4, k));
  const x = (dx - get(z, 1, k)) * byX, y = (dy - get(z, 2, k)) * byY;
  const e = exp(2 * get(z, 5, k));
  const cosh = (e + 1 / e) / 2, sinh = (e - 1 / e) / 2;
  const u = (x * (1 + cosh) - y * sinh) / 2, v = (y * (1 + cosh) - x * sinh) / 2;
  store<f32>(dz + at(1, k), <f32>(-part * u * byX));
  store<f32>(dz + at(2, k), <f32>(-part * v * byY));
  store<f32>(dz + at(3, k), <f32>(part * (1 - u * x)));
  store<f32>(dz + at(4, k), <f32>(part * (1 - v * y)));
  const rho = sinh / (1 + cosh);
  store<f32>(dz + at(5, k), <f32>(part * (0.5 * (x * x + y * y) * sinh - x * y * cosh - rho)));
}
