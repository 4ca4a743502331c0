/** The pure parts of teaching it a hand, and its task with a small model. */

import { expect, test } from "vitest";
import constants from "../../../../spec/constants.json" with { type: "json" };
import { size } from "../../../src/checkpoint/architecture.ts";
import { changed, DIRECTIONS, learnedTensors, RANK } from "../../../src/checkpoint/hand-changes.ts";
import { Engine } from "../../../src/engine/engine.ts";
import type { Pass } from "../../../src/engine/hand/learn.ts";
import { Model } from "../../../src/engine/model.ts";
import { mostChanged } from "../../../src/figures/teach/cells-view.ts";
import { ENOUGH, PROMPTS } from "../../../src/figures/teach/prompts.ts";
import { placesOf } from "../../../src/figures/teach/views.ts";
import { statusOf } from "../../../src/figures/teach/words.ts";
import { learnTask } from "../../../src/hands/task.ts";
import { goldenCheckpoint, text, wasm } from "../../files.ts";

test("the card has all letters, digits and usual punctuation, in lines that are short", () => {
  const found = new Set(PROMPTS.join(""));
  const wanted = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.,;:?!()&-’“”";
  expect([...wanted].filter((character) => !found.has(character))).toEqual([]);
  expect(PROMPTS.every(({ length }) => length >= 15 && length <= 28)).toBe(true);
  expect(PROMPTS.length).toBe(12);
  // Those who write only the first lines have written all letters.
  const first = new Set(PROMPTS.slice(0, ENOUGH).join("").toLowerCase());
  expect([..."abcdefghijklmnopqrstuvwxyz"].every((letter) => first.has(letter))).toBe(true);
});

test("the prose says from how many lines on one is held back", () => {
  expect(text("web/index.html")).toContain("From six lines on");
  expect(constants.hand.held_from).toBe(6);
});

test("a pass that is better lies lower, and passes to come have their room", () => {
  const passes = [5.8, 5.7, 5.75].map((scored, number) => ({ number, of: 4, scored }));
  const places = placesOf(passes, 124, 124);
  expect(places.map(([x]) => x)).toEqual([12, 37, 62]);
  const [before, best, last] = places.map(([, y]) => y);
  expect(before).toBe(12);
  expect(best).toBe(112);
  expect(last).toBeCloseTo(62);
  expect(placesOf(passes.slice(0, 1), 124, 124)).toEqual([[12, 12]]);
});

test("the line above says what is to be done, and what came of it", () => {
  const said = { run: null, hand: null, others: 0, line: 2, written: 0, kept: true };
  expect(statusOf(said)).toBe("Line 2 of 12. Any 3 lines are enough to begin; ten are better.");
  expect(statusOf({ ...said, written: 1 })).toContain("Written so far: 1 line; 3 are enough");
  expect(statusOf({ ...said, others: 1 })).toContain("was learned on another model");
  expect(statusOf({ ...said, kept: false })).toContain("This browser keeps nothing");
  const pass = (number: number, after: number, heldBack: number): Pass => ({
    ...{ number, of: 5, learned: null, scored: after, trying: false },
    hand: { base: "", tensors: new Map(), lines: 6, points: 600, heldBack, before: 5.8, after },
  });
  const run = (going: boolean, ...passes: Pass[]) =>
    statusOf({ ...said, run: { going, forText: false, passes } });
  expect(run(true, pass(0, 5.8, 1))).toBe(
    "Pass 1 of 5. The line held back surprises it by 5.80 nats a point.",
  );
  expect(run(false, pass(0, 5.8, 0), pass(3, 5.7, 0))).toBe(
    "After 3 of 5 passes. Your lines surprise it by 5.70 nats a point; before, by 5.80.",
  );
  expect(run(false, pass(5, 5.8, 1))).toContain("No pass was better than the model as it was.");
});

test("a sample of another checkpoint, in a hand or not, is what an engine of its own writes", () => {
  const module = wasm("engine");
  const open = goldenCheckpoint("tiny-text");
  const shapes = [...learnedTensors(open.architecture).values(), [RANK, open.architecture.hidden]];
  const names = [...learnedTensors(open.architecture).keys(), DIRECTIONS];
  const changes = new Map(names.map((name, k) => [name, new Float32Array(size(shapes[k]!)).fill(1 / 64)]));
  const tensors = new Map(open.tensors).set(
    "head.bias",
    new Float32Array(open.tensors.get("head.bias")!.length),
  );
  const other = { ...open, tensors };
  const request = { ...open, module, changes: null, seed: 3, variation: 0.8, steps: 20, ruling: 16 };
  const task = learnTask(new Model(module, open));
  const same = new Map(Array.from(open.tensors.keys(), (name) => [name, null]));
  const others = new Map([...same, ["head.bias", tensors.get("head.bias")!] as const]);
  const written = [same, others].map((tensors) => [...task.sample({ ...request, tensors })][0]!);
  const inHand = [...task.sample({ ...request, tensors: others, changes })][0]!;
  const double = new Map([...changes].map(([name, change]) => [name, change.map((number) => 2 * number)]));
  const more = [...task.sample({ ...request, tensors: same, changes: double })][0]!;
  const ofEngine = (checkpoint: typeof open) => {
    const engine = new Engine(new Model(module, checkpoint));
    return engine.sample(engine.start(), 20, { seed: 3, variation: 0.8 });
  };
  expect(written[1]!.offsets).toEqual(ofEngine(other));
  expect(inHand.offsets).toEqual(ofEngine({ ...other, tensors: changed(other, changes) }));
  expect(more.offsets).toEqual(ofEngine({ ...open, tensors: changed(open, double) }));
  expect(inHand.offsets).not.toEqual(written[1]!.offsets);
  expect(written[0]!.offsets).not.toEqual(written[1]!.offsets);
  expect(written[0]!.scale).toBeGreaterThan(0);
});

test("the status says which model learns", () => {
  const said = { hand: null, others: 0, line: 2, written: 6, kept: true };
  const run = { going: true, forText: true, passes: [] };
  expect(statusOf({ ...said, run })).toBe("For typed text: Reading your lines.");
  expect(statusOf({ ...said, run: { ...run, forText: false } })).toBe("Reading your lines.");
  const hand = { base: "", tensors: new Map(), lines: 6, points: 600, heldBack: 1, before: 5.8, after: 5.7 };
  const last = { number: 5, of: 5, learned: 5.6, scored: 5.7, hand, trying: true };
  expect(statusOf({ ...said, run: { ...run, passes: [last] } })).toBe(
    "For typed text: It writes, to find how much stays easy to read.",
  );
});

test("the cells that change most come first, and those that do not change are left out", () => {
  expect(mostChanged(Float32Array.of(0.25, 0, 0.5, 0.25, 0.125), 3)).toEqual([
    { cell: 2, change: 0.5 },
    { cell: 0, change: 0.25 },
    { cell: 3, change: 0.25 },
  ]);
  expect(mostChanged(new Float32Array(4), 3)).toEqual([]);
});
