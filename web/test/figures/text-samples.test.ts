/** Samples of a text, beside a change and on the wall. */

import { expect, test } from "vitest";
import { Engine } from "../../src/engine/engine.ts";
import { Model } from "../../src/engine/model.ts";
import { changeTask } from "../../src/figures/change/task.ts";
import { wallTask } from "../../src/figures/wall/task.ts";
import { goldenCheckpoint, wasm } from "../files.ts";

const module = wasm("engine");
const model = new Model(module, goldenCheckpoint("tiny-text"));
const engine = new Engine(model);

const TEXT = { words: "bad cab", hand: 1 };
const DRAWS = { seed: 5, variation: 0.6 };
const REQUEST = { strokes: [], text: TEXT, ...DRAWS, count: 3, steps: 400 };
const replies = <T>(steps: Generator<T | undefined, void>) =>
  [...steps].filter((each): each is Awaited<T> => each !== undefined) as T[];

/** What the engine writes of the text in a stream. */
const alone = (stream: number) =>
  engine.write(engine.start(TEXT.words, TEXT.hand), REQUEST.steps, { ...DRAWS, stream });

test("both sides of a change write the text, each to its end; without a change they are the same", () => {
  const [reply] = replies(changeTask(model).write({ ...REQUEST, intervention: [], random: 0 }));
  const { before, after, loglik } = reply!;
  expect(before).toEqual([alone(0), alone(1), alone(2)]);
  expect(after).toEqual(before);
  expect(before.some(({ pointers }) => pointers.length < REQUEST.steps)).toBe(true);
  expect([...loglik].every(Number.isFinite)).toBe(true);
  expect(loglik[0]).toBe(loglik[1]);
});

test("a change of cells changes the text that is written", () => {
  const intervention = [{ layer: 0, cell: 2, of: "c" as const, scale: 0, shift: 3 }];
  const [reply] = replies(changeTask(model).write({ ...REQUEST, intervention, random: 0 }));
  expect(reply!.before[0]).toEqual(alone(0));
  expect(reply!.after[0]!.offsets).not.toEqual(reply!.before[0]!.offsets);
  expect(reply!.loglik[0]).toBeGreaterThan(reply!.loglik[1]!);
});

test("the wall writes the text, and knows how likely each sample is along it", () => {
  const task = wallTask(model);
  const lines = replies(task.samples(REQUEST)).flatMap((reply) => reply.lines);
  expect(lines).toEqual([alone(0), alone(1), alone(2)]);
  const [reply] = replies(task.likelihood({ sample: 1 }));
  expect(reply!.loglik).toHaveLength(lines[1]!.pointers.length);
  const state = engine.start(TEXT.words, TEXT.hand);
  const { pointers, offsets } = lines[1]!;
  const { loglik } = engine.trace(state, offsets, { c: false, h: false, pointers });
  expect(reply!.loglik[7]).toBeCloseTo(loglik![14]! + loglik![15]! + 2 * Math.log(model.unitsPerRawUnit), 5);
});
