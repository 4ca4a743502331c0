/**
 * The density of the next offset: parameters, log-likelihood, draws (Graves 2013, eqs. 15 to 25), in f64.
 *
 * Letter key: K components, z read-out [1 + 6K]: pen logit, then K each of: mixture logit, mu x, mu y, log sigma x,
 * log sigma y, artanh rho. T variation, e probability of a pen lift.
 */

import { BAD_ARGUMENT, NOT_FINITE, OK } from "./errors";
import { mixtures } from "./model";
import { philox, uniform, word0, word1, word2, word3 } from "./random";
import { LN2, cosTurn, exp, log, log1p } from "./scalar";

const LN_2PI: f64 = 1.8378770664093453;

/** One weight for each component. */
const weights: usize = memory.data(64 * 8, 16);

/** z of `row` (0 mixture logit to 5 artanh rho) and component k. */
// @ts-ignore: decorator
@inline
function get(z: usize, row: i32, k: i32): f64 {
  return <f64>load<f32>(z + (1 + row * mixtures + k) * 4);
}

export function isVariation(T: f32): bool {
  return isFinite(T) && T >= 0;
}

/**
 * By how much the means are lengthened, across and down, and turned upright, at T = 0 where a text is written
 * (spec/engine.md, "Variation"). With less noise than the model learned, its writing shrinks and leans over more and more:
 * it reads its own ink, takes it for a smaller and more slanted hand, and follows that.
 */
const WIDER: f64 = 0.032;
const TALLER: f64 = 0.025;
const UPRIGHT: f64 = 0.014;

/** How much of that there is under variation T. */
function corrected(T: f32, text: bool): f64 {
  return text && T < 1 ? 1 - <f64>T * <f64>T : 0;
}

function meanX(z: usize, k: i32, share: f64): f64 {
  return (1 + WIDER * share) * get(z, 1, k) + UPRIGHT * share * get(z, 2, k);
}

function meanY(z: usize, k: i32, share: f64): f64 {
  return (1 + TALLER * share) * get(z, 2, k);
}

/** The first most likely component. */
function likeliest(z: usize): i32 {
  let best = 0;
  for (let k = 1; k < mixtures; k++) if (get(z, 0, k) > get(z, 0, best)) best = k;
  return best;
}

/** weights = exp((logit - largest) / T), that is pi^(1/T) up to a factor; returns their sum, in order. T above 0. */
function weigh(z: usize, T: f64): f64 {
  const largest = get(z, 0, likeliest(z));
  let sum: f64 = 0;
  for (let k = 0; k < mixtures; k++) {
    const weight = exp((get(z, 0, k) - largest) / T);
    store<f64>(weights + k * 8, weight);
    sum += weight;
  }
  return sum;
}

export function probability(logit: f32): f64 {
  return 1 / (1 + exp(-(<f64>logit)));
}

function penProbability(z: usize): f64 {
  return probability(load<f32>(z));
}

/** rho = tanh a = (1 - t) / (1 + t) with the sign of a, t = exp(-2 |a|). */
// @ts-ignore: decorator
@inline
function correlation(a: f64): f64 {
  const t = exp(-2 * abs(a));
  return copysign((1 - t) / (1 + t), a);
}

/** Parameters [1 + 6K]: e, then K each of pi, mu x, mu y, sigma x, sigma y, rho, under variation T, of a text or not. */
export function parameters(z: usize, T: f32, text: bool, out: usize): i32 {
  if (!isVariation(T)) return BAD_ARGUMENT;
  const K = mixtures;
  const sum = T > 0 ? weigh(z, T) : 1;
  const chosen = likeliest(z);
  const share = corrected(T, text);
  let finite = put(out, penProbability(z));
  for (let k = 0; k < K; k++) {
    const pi: f64 = T > 0 ? load<f64>(weights + k * 8) / sum : k == chosen ? 1 : 0;
    finite = put(out + (1 + k) * 4, pi) && finite;
    finite = put(out + (1 + K + k) * 4, meanX(z, k, share)) && finite;
    finite = put(out + (1 + 2 * K + k) * 4, meanY(z, k, share)) && finite;
    for (let row = 3; row < 5; row++) {
      const sigma = exp(get(z, row, k));
      finite = put(out + (1 + row * K + k) * 4, T > 0 ? sigma * T : 0) && finite;
    }
    finite = put(out + (1 + 5 * K + k) * 4, correlation(get(z, 5, k))) && finite;
  }
  return finite ? OK : NOT_FINITE;
}

function put(to: usize, value: f64): bool {
  const rounded = <f32>value;
  store<f32>(to, rounded);
  return isFinite(rounded);
}

/** log p of an offset, [2]: position and pen, in nats. */
export function logLikelihood(z: usize, dx: f32, dy: f32, pen: f32, out: usize): i32 {
  const x = <f64>dx;
  const y = <f64>dy;
  let largest = -Infinity;
  for (let k = 0; k < mixtures; k++) {
    const term = get(z, 0, k) + logNormal(z, k, x, y);
    store<f64>(weights + k * 8, term);
    largest = max(largest, term);
  }
  let sum: f64 = 0;
  for (let k = 0; k < mixtures; k++) sum += exp(load<f64>(weights + k * 8) - largest);
  const normaliser = log(weigh(z, 1)) + get(z, 0, likeliest(z));
  const finite = put(out, largest + log(sum) - normaliser);
  const logit = <f64>load<f32>(z);
  return put(out + 4, logSigmoid(pen != 0 ? logit : -logit)) && finite ? OK : NOT_FINITE;
}

function logSigmoid(x: f64): f64 {
  return min<f64>(x, 0) - log1p(exp(-abs(x)));
}

/**
 * log N(x, y | component k), eqs. 24 and 25. With a = artanh rho and t = exp(-2 |a|): 1 - rho^2 = 4t / (1 + t)^2, and with
 * Y turned to the side of rho, Z / (1 - rho^2) = (X - Y)^2 / (1 - rho^2) + X Y (1 + t): nothing cancels as rho nears 1.
 */
function logNormal(z: usize, k: i32, x: f64, y: f64): f64 {
  const logX = get(z, 3, k);
  const logY = get(z, 4, k);
  const a = get(z, 5, k);
  const X = (x - get(z, 1, k)) * exp(-logX);
  const Y = copysign(1, a) * (y - get(z, 2, k)) * exp(-logY);
  const t = exp(-2 * abs(a));
  const half = (1 + t) * (1 + t) / (4 * t);
  const distance = (X - Y) * (X - Y) * half + X * Y * (1 + t);
  // log sqrt(1 - rho^2)
  const logRoot = LN2 - abs(a) - log1p(t);
  return -LN_2PI - logX - logY - logRoot - 0.5 * distance;
}

/** Draws one offset [3] under variation T, of a text or not, from the numbers of (seed, stream, step). */
export function draw(z: usize, T: f32, text: bool, k0: u32, k1: u32, step: u32, s0: u32, s1: u32, out: usize): i32 {
  philox(k0, k1, step, s0, s1, 0);
  const k = T > 0 ? choose(weigh(z, T), uniform(word0)) : likeliest(z);
  const share = corrected(T, text);
  let x = meanX(z, k, share);
  let y = meanY(z, k, share);
  if (T > 0) {
    // Box-Muller
    const radius = <f64>T * sqrt(-2 * log(uniform(word1)));
    const turn = uniform(word2);
    const n0 = radius * cosTurn(turn);
    const n1 = radius * cosTurn(turn - 0.25);
    const a = get(z, 5, k);
    const t = exp(-2 * abs(a));
    const root = 2 * exp(-abs(a)) / (1 + t); // sqrt(1 - rho^2)
    x += exp(get(z, 3, k)) * n0;
    y += exp(get(z, 4, k)) * (correlation(a) * n0 + root * n1);
  }
  const finite = put(out, x);
  store<f32>(out + 8, uniform(word3) < penProbability(z) ? 1 : 0);
  return put(out + 4, y) && finite ? OK : NOT_FINITE;
}

/** The first k with u < the sum of the first k + 1 weights over that of all. */
function choose(sum: f64, u: f64): i32 {
  const threshold = u * sum;
  let cumulative: f64 = 0;
  for (let k = 0; k < mixtures; k++) {
    cumulative += load<f64>(weights + k * 8);
    if (threshold < cumulative) return k;
  }
  // Never reached: the last cumulative weight is `sum`, and u is below 1.
  return mixtures - 1;
}
