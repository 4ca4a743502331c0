/** What benchmarks/takes.py measures in Node: milliseconds of processor time by what took them. */

import { decodeCheckpoint } from "../web/src/checkpoint/checkpoint.ts";
import { Engine } from "../web/src/engine/engine.ts";
import { lettersOf, writtenIn } from "../web/src/engine/text/letters.ts";
import { Model } from "../web/src/engine/model.ts";
import { Recogniser } from "../web/src/engine/text/recogniser.ts";
import { chooseTake } from "../web/src/engine/text/takes.ts";

export function times([module, recogniserModule], file, weights, { text, hand, draws, takes, rounds, theirs }) {
  const engine = new Engine(new Model(module, decodeCheckpoint(file, "benchmark")));
  const recogniser = Recogniser.create(recogniserModule, weights);
  const state = engine.start(text, hand);
  const one = () => {
    const copy = state.copy();
    const line = engine.write(copy, draws.cap * (text.length + 1), draws);
    copy.free();
    return line;
  };
  const ranked = (count) => {
    const all = engine.takes(state, count, draws);
    const scores = all.map(({ offsets }) => recogniser.score(offsets, text));
    const pointers = all.map((take) => take.pointers);
    return chooseTake(text, pointers, scores, draws.cap);
  };
  const [line] = engine.takes(engine.start(theirs.text, theirs.hand), 1, draws);
  const letters = lettersOf([{ text: theirs.text, line }]);
  const inLetters = () => {
    const copy = state.copy();
    const drawn = [...writtenIn(engine, copy, text, letters, takes, { ...draws, first: 0 })];
    copy.free();
    return drawn;
  };
  const works = {
    "one take": one,
    [`${takes} takes`]: () => engine.takes(state, takes, draws),
    [`${takes} takes, ranked`]: () => ranked(takes),
    [`${takes / 2} takes, ranked: a worker of two`]: () => ranked(takes / 2),
    [`${takes} candidates of each character`]: inLetters,
  };
  const found = Object.fromEntries(Object.keys(works).map((name) => [name, []]));
  // The first round is for the optimising compiler.
  for (let round = -1; round < rounds; round++) {
    for (const [name, work] of Object.entries(works)) {
      const begin = process.cpuUsage();
      work();
      const { user, system } = process.cpuUsage(begin);
      if (round >= 0) found[name].push((user + system) / 1000);
    }
  }
  const steps = engine.takes(state, takes, draws).map(({ pointers }) => pointers.length);
  return { times: found, steps };
}
