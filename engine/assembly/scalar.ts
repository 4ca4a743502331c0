/** exp, log, cos and sin in f64, to a few units of the last place: for the density and for sampling. */

const LN2_HIGH: f64 = 6.93147180369123816490e-1; // the first 33 bits of ln 2
const LN2_LOW: f64 = 1.90821492927058770002e-10;
export const LN2: f64 = 0.6931471805599453;
const SQRT_HALF: f64 = 0.7071067811865476;
const HALF_PI: f64 = 1.5707963267948966;

/** e^x; 0 below -708, infinity above 709. */
export function exp(x: f64): f64 {
  if (x < -708) return 0;
  if (x > 709) return Infinity;
  const n = nearest(x * 1.4426950408889634);
  const r = x - n * LN2_HIGH - n * LN2_LOW;
  // Taylor's series: |r| <= 0.347, the first term left out is below 2e-17.
  let p: f64 = 1.0 / 6227020800;
  p = p * r + 1.0 / 479001600;
  p = p * r + 1.0 / 39916800;
  p = p * r + 1.0 / 3628800;
  p = p * r + 1.0 / 362880;
  p = p * r + 1.0 / 40320;
  p = p * r + 1.0 / 5040;
  p = p * r + 1.0 / 720;
  p = p * r + 1.0 / 120;
  p = p * r + 1.0 / 24;
  p = p * r + 1.0 / 6;
  p = p * r + 0.5;
  p = p * r + 1;
  p = p * r + 1;
  return p * reinterpret<f64>((<i64>n + 1023) << 52);
}

/** ln x of a normal number above zero. */
export function log(x: f64): f64 {
  const bits = reinterpret<i64>(x);
  let k = (bits >> 52) - 1023;
  let m = reinterpret<f64>((bits & 0x000f_ffff_ffff_ffff) | 0x3fe0_0000_0000_0000); // in [0.5, 1)
  if (m < SQRT_HALF) m *= 2;
  else k++;
  // ln m = 2 artanh s, |s| <= 0.172: the first term left out is below 1e-18.
  const s = (m - 1) / (m + 1);
  const u = s * s;
  let p: f64 = 1.0 / 21;
  p = p * u + 1.0 / 19;
  p = p * u + 1.0 / 17;
  p = p * u + 1.0 / 15;
  p = p * u + 1.0 / 13;
  p = p * u + 1.0 / 11;
  p = p * u + 1.0 / 9;
  p = p * u + 1.0 / 7;
  p = p * u + 1.0 / 5;
  p = p * u + 1.0 / 3;
  return <f64>k * LN2_HIGH + (2 * (s + s * u * p) + <f64>k * LN2_LOW);
}

/** ln(1 + y) for y in [0, 1], exact to the last places for small y too (Kahan's correction). */
export function log1p(y: f64): f64 {
  const u = 1 + y;
  return u == 1 ? y : log(u) * y / (u - 1);
}

/** cos(2 pi u) for u in [0, 1]; sin(2 pi u) is cosTurn(u - 0.25). */
export function cosTurn(u: f64): f64 {
  const t = abs(u) * 4;
  const quarter = nearest(t);
  const x = (t - quarter) * HALF_PI; // |x| <= pi / 4
  const q = <i32>quarter & 3;
  const v = q & 1 ? sinSeries(x) : cosSeries(x);
  return q == 1 || q == 2 ? -v : v;
}

function sinSeries(x: f64): f64 {
  const u = x * x;
  let p: f64 = -1.0 / 1307674368000;
  p = p * u + 1.0 / 6227020800;
  p = p * u - 1.0 / 39916800;
  p = p * u + 1.0 / 362880;
  p = p * u - 1.0 / 5040;
  p = p * u + 1.0 / 120;
  p = p * u - 1.0 / 6;
  return x + x * u * p;
}

function cosSeries(x: f64): f64 {
  const u = x * x;
  let p: f64 = 1.0 / 20922789888000;
  p = p * u - 1.0 / 87178291200;
  p = p * u + 1.0 / 479001600;
  p = p * u - 1.0 / 3628800;
  p = p * u + 1.0 / 40320;
  p = p * u - 1.0 / 720;
  p = p * u + 1.0 / 24;
  p = p * u - 0.5;
  return 1 + u * p;
}

