/**
 * From the likeliest path to the first offset of each character (spec/recogniser.md, Alignment).
 *
 * Letter key: n points, T frames, L characters.
 */

import { get, rawX, through } from "../path";

let path: usize = 0;
let sources: usize = 0;
let count: i32 = 0;

/** first i32 [L], rising from 0. Returns whether the last character still has an offset. */
export function findBoundaries(
  states: usize, T: i32, codes: usize, L: i32, space: i32, source: usize, points: usize, lifts: usize, n: i32,
  first: usize,
): bool {
  path = states;
  sources = source;
  count = T;
  through(points, 1);
  let frame = 0;
  let last = 0;
  store<i32>(first, 0);
  for (let k = 1; k < L; ) {
    const gap = <i32>load<u8>(codes + k) == space && k + 1 < L;
    // Where the character before ends, and where this one, or the one after the space, begins.
    frame = firstAt(2 * k, frame);
    const before = get(sources, 2 * max(frame - 1, 0));
    frame = firstAt(2 * (gap ? k + 1 : k) + 1, frame);
    const after = get(sources, 2 * min(frame, T - 1));
    last = max(last + 1, between(before, after, lifts, n, gap));
    store<i32>(first + k * 4, last);
    k++;
    if (gap) store<i32>(first + k++ * 4, ++last);
  }
  return last < n - 1;
}

/** The first frame, from one on, that has reached a state. */
function firstAt(state: i32, frame: i32): i32 {
  while (frame < count && load<i32>(path + frame * 4) < state) frame++;
  return frame;
}

/** The offset that begins the next character, between two points of the ink. */
function between(before: f64, after: f64, lifts: usize, n: i32, gap: bool): i32 {
  const middle = (before + after) / 2;
  let found = -1;
  let best: f64 = 0;
  for (let i = max(<i32>Math.ceil(before - 1), 0); <f64>i < after && i < n - 1; i++) {
    if (!load<u8>(lifts + i)) continue;
    // To the next word leads the widest jump to the right, to the next letter the lift nearest the middle.
    const value = gap ? rawX(i + 1) - rawX(i) : -Math.abs(<f64>i - middle);
    if (found < 0 || value > best) {
      found = i;
      best = value;
    }
  }
  return found < 0 ? <i32>nearest(middle) : found;
}
