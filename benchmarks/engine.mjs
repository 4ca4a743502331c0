/** What benchmarks/engine.py measures in Node and in Chromium: microseconds a step, the best and the median of many. */

import { decodeCheckpoint } from "../web/src/checkpoint/checkpoint.ts";
import { Engine } from "../web/src/engine/engine.ts";
import { Model } from "../web/src/engine/model.ts";

/** Blocks are long enough for a clock of 0.1 ms. */
const BLOCK_MS = 25;

function measure(steps, work, blocks) {
  const until = performance.now() + 300; // until the optimising compiler is done
  while (performance.now() < until) work();
  let rounds = 1;
  for (;;) {
    const begin = performance.now();
    for (let k = 0; k < rounds; k++) work();
    if (performance.now() - begin >= BLOCK_MS) break;
    rounds *= 2;
  }
  const times = [];
  for (let block = 0; block < blocks; block++) {
    const begin = performance.now();
    for (let k = 0; k < rounds; k++) work();
    times.push((1000 * (performance.now() - begin)) / rounds / steps);
  }
  times.sort((a, b) => a - b);
  return [times[0], times[times.length >> 1]];
}

/** Name to [best, median] in microseconds a step; a future's step is a step. */
export function figures(module, file, blocks) {
  const engine = new Engine(new Model(module, decodeCheckpoint(file, "benchmark")));
  const state = engine.start();
  const ink = engine.sample(engine.start(), 200, { seed: 1, variation: 0.5 });
  const rows = {
    "sample, one step a call": [1, () => engine.sample(state, 1, { seed: 1 })],
    "sample, 200 steps a call": [200, () => engine.sample(state, 200, { seed: 1 })],
    "consume, 200 offsets": [200, () => engine.consume(state, ink)],
    "trace of c, h, log-likelihood": [200, () => engine.trace(state, ink)],
    "trace of everything": [200, () => engine.trace(state, ink, { gates: true, mixture: true })],
  };
  for (const F of [1, 8, 50, 200]) {
    rows[`futures, F = ${F}`] = [20 * F, () => engine.futures(state, F, 20, { seed: 1 })];
  }
  return Object.fromEntries(
    Object.entries(rows).map(([name, [steps, work]]) => [name, measure(steps, work, blocks)]),
  );
}
