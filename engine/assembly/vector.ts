/**
 * Four f32 at once: sigmoid, tanh, sums. Coefficients are minimax fits in relative error (weighted least squares);
 * spec/engine.md gives the largest errors, tests/engine/test_functions.py measures them.
 * pmin and pmax with the value first keep a NaN, so that a NaN never turns into a number here.
 */

// @ts-ignore: decorator
@inline
function splat(value: f32): v128 {
  return f32x4.splat(value);
}

/** a b + d, rounded twice: WebAssembly has no other that is the same everywhere. */
// @ts-ignore: decorator
@inline
function multiplyAdd(a: v128, b: v128, d: v128): v128 {
  return f32x4.add(f32x4.mul(a, b), d);
}

/** exp(-x) for x clamped to [-88, 87]: 2^n e^-r with |r| <= ln 2 / 2. */
// @ts-ignore: decorator
@inline
export function expMinus4(x: v128): v128 {
  x = f32x4.pmax(f32x4.pmin(x, splat(87)), splat(-88));
  // 1.5 x 2^23: adding it rounds to a whole number, and leaves that number in the lowest bits.
  const magic = splat(12582912);
  const shifted = multiplyAdd(x, splat(-1.4426950408889634), magic);
  const n = f32x4.sub(shifted, magic);
  // ln 2 in two parts, the first short enough that n times it is exact.
  let r = multiplyAdd(n, splat(0.693359375), x);
  r = multiplyAdd(n, splat(-2.12194440e-4), r);
  let p = multiplyAdd(splat(-0.008312524296343327), r, splat(0.04189015179872513));
  p = multiplyAdd(p, r, splat(-0.16667114198207855));
  p = multiplyAdd(p, r, splat(0.499992311000824));
  p = multiplyAdd(f32x4.mul(r, r), p, f32x4.sub(splat(1), r));
  const power = i32x4.add(i32x4.shl(shifted, 23), i32x4.splat(0x3f800000));
  return f32x4.mul(p, power);
}

// @ts-ignore: decorator
@inline
export function sigmoid4(x: v128): v128 {
  return f32x4.div(splat(1), f32x4.add(splat(1), expMinus4(x)));
}

/** tanh(x) = x P(x^2) / Q(x^2) on [-9, 9], and never beyond 1. */
// @ts-ignore: decorator
@inline
export function tanh4(x: v128): v128 {
  x = f32x4.pmax(f32x4.pmin(x, splat(9)), splat(-9));
  const u = f32x4.mul(x, x);
  let p = multiplyAdd(splat(1.3354664041287378e-8), u, splat(2.060908627754543e-5));
  p = multiplyAdd(p, u, splat(0.003495588432997465));
  p = multiplyAdd(p, u, splat(0.13381025195121765));
  p = multiplyAdd(p, u, splat(1));
  let q = multiplyAdd(splat(7.776559982630715e-7), u, splat(0.0003285635029897094));
  q = multiplyAdd(q, u, splat(0.025876984000205994));
  q = multiplyAdd(q, u, splat(0.4671434164047241));
  q = multiplyAdd(q, u, splat(1));
  const y = f32x4.div(f32x4.mul(x, p), q);
  return f32x4.pmax(f32x4.pmin(y, splat(1)), splat(-1));
}

/** Zero where x is finite, NaN elsewhere. */
// @ts-ignore: decorator
@inline
export function zeroed(x: v128): v128 {
  return f32x4.sub(x, x);
}

/** Whether a sum of `zeroed` vectors says that all of them were finite. */
// @ts-ignore: decorator
@inline
export function isFiniteSum(x: v128): bool {
  return i32x4.all_true(f32x4.eq(x, x));
}

/** value added to the four numbers at `at`. */
// @ts-ignore: decorator
@inline
export function add(at: usize, value: v128): void {
  v128.store(at, f32x4.add(v128.load(at), value));
}

/** The sum of four lanes, in pairs. */
// @ts-ignore: decorator
@inline
export function sumOf(x: v128): f32 {
  return f32x4.extract_lane(x, 0) + f32x4.extract_lane(x, 1) + (f32x4.extract_lane(x, 2) + f32x4.extract_lane(x, 3));
}

/** to [16] = base [16] + scale [16] sums [16]. Returns a vector that is finite if they are. */
// @ts-ignore: decorator
@inline
export function addScaled(base: usize, scale: usize, sums: usize, to: usize): v128 {
  let check = f32x4.splat(0);
  for (let four: usize = 0; four < 64; four += 16) {
    const value = f32x4.add(v128.load(base + four), f32x4.mul(v128.load(scale + four), v128.load(sums + four)));
    v128.store(to + four, value);
    check = f32x4.add(check, zeroed(value));
  }
  return check;
}
