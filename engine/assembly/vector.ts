/**
 * exp, sigmoid and tanh of four f32 at once. Coefficients are minimax fits in relative error (weighted least squares);
 * spec/engine.md gives the largest errors, tests/test_engine_functions.py measures them.
 * pmin and pmax with the value first keep a NaN, so that a NaN never turns into a number here.
 */

// @ts-ignore: decorator
@inline
function c(value: f32): v128 {
  return f32x4.splat(value);
}

// @ts-ignore: decorator
@inline
function fma(a: v128, b: v128, d: v128): v128 {
  return f32x4.add(f32x4.mul(a, b), d);
}

/** exp(x) for x clamped to [-87, 88]: 2^n e^r with |r| <= ln 2 / 2. */
// @ts-ignore: decorator
@inline
export function exp4(x: v128): v128 {
  x = f32x4.pmax(f32x4.pmin(x, c(88)), c(-87));
  const n = f32x4.nearest(f32x4.mul(x, c(1.4426950408889634)));
  // ln 2 in two parts, the first short enough that n times it is exact.
  let r = f32x4.sub(x, f32x4.mul(n, c(0.693359375)));
  r = f32x4.add(r, f32x4.mul(n, c(2.12194440e-4)));
  let p = fma(c(0.008312524296343327), r, c(0.04189015179872513));
  p = fma(p, r, c(0.16667114198207855));
  p = fma(p, r, c(0.499992311000824));
  p = f32x4.add(fma(f32x4.mul(r, r), p, r), c(1));
  const power = i32x4.shl(i32x4.add(i32x4.trunc_sat_f32x4_s(n), i32x4.splat(127)), 23);
  return f32x4.mul(p, power);
}

// @ts-ignore: decorator
@inline
export function sigmoid4(x: v128): v128 {
  return f32x4.div(c(1), f32x4.add(c(1), exp4(f32x4.neg(x))));
}

/** tanh(x) = x P(x^2) / Q(x^2) on [-9, 9], and never beyond 1. */
// @ts-ignore: decorator
@inline
export function tanh4(x: v128): v128 {
  x = f32x4.pmax(f32x4.pmin(x, c(9)), c(-9));
  const u = f32x4.mul(x, x);
  let p = fma(c(1.3354664041287378e-8), u, c(2.060908627754543e-5));
  p = fma(p, u, c(0.003495588432997465));
  p = fma(p, u, c(0.13381025195121765));
  p = fma(p, u, c(1));
  let q = fma(c(7.776559982630715e-7), u, c(0.0003285635029897094));
  q = fma(q, u, c(0.025876984000205994));
  q = fma(q, u, c(0.4671434164047241));
  q = fma(q, u, c(1));
  const y = f32x4.div(f32x4.mul(x, p), q);
  return f32x4.pmax(f32x4.pmin(y, c(1)), c(-1));
}
