/** The task of the figure that writes a typed text, with a small model. */

import { expect, test, vi } from "vitest";
import { decodeCheckpoint } from "../../../src/checkpoint/checkpoint.ts";
import { Engine } from "../../../src/engine/engine.ts";
import { Model } from "../../../src/engine/model.ts";
import { CAP } from "../../../src/engine/text/written.ts";
import type { Prime, PrimeReply } from "../../../src/figures/type/prime.ts";
import {
  type LineTakes,
  typeTask,
  type WriteRequest,
  type WrittenLine,
} from "../../../src/figures/type/task.ts";
import { bytes, goldenCheckpoint, wasm } from "../../files.ts";

const model = new Model(wasm("engine"), goldenCheckpoint("tiny-text"));
const engine = new Engine(model);

const REQUEST: WriteRequest = {
  lines: ["bad cab", "a"],
  hand: 1,
  prime: null,
  seed: 3,
  variation: 0.6,
  candidates: 1,
  moves: [],
};

const all = <T>(steps: Generator<T | undefined, void>): T[] =>
  [...steps].filter((each): each is Awaited<T> => each !== undefined) as T[];
/** The only takes of the lines, finished. */
const written = (changes: Partial<WriteRequest> = {}): WrittenLine[] => {
  const request = { ...REQUEST, ...changes };
  const task = typeTask(model);
  const choice = { chosen: 0, refused: [""], unsure: false };
  return [...request.lines.keys()].flatMap((number) =>
    all<LineTakes>(task.takes({ ...request, line: number, first: 0, total: 1 })).flatMap(({ line, takes }) =>
      all<WrittenLine>(task.finish({ ...request, line, choice, take: takes[0]! })),
    ),
  );
};

test("lines are the takes that the engine writes, with the probability that each letter is finished", () => {
  const lines = written();
  expect(lines.map(({ line }) => line)).toEqual([0, 1]);
  lines.forEach(({ line, offsets, pointers, advance }) => {
    const text = REQUEST.lines[line]!;
    const draws = { seed: 3, variation: 0.6, cap: CAP, stream: line };
    const state = engine.start(text, 1);
    expect(advance![0]).toBe(Math.fround(state.advance));
    expect({ offsets, pointers }).toEqual(engine.write(state, 2000, draws));
    // Where nothing was drawn at the cap, the pointer moves on as soon as that is likelier than not.
    pointers.subarray(1).forEach((pointer, k) => {
      if (pointer === pointers[k] || pointers.filter((each) => each === pointers[k]).length >= CAP) return;
      expect(advance![k]).toBeGreaterThan(0.5);
    });
  });
});

test("the beginning comes in pieces, and they are the first take", () => {
  const pieces = all(typeTask(model).begin(REQUEST));
  const [whole] = written();
  const last = pieces.at(-1)!;
  expect(pieces.length).toBeGreaterThan(1);
  expect([last.offsets, last.pointers, last.advance]).toEqual([
    whole!.offsets,
    whole!.pointers,
    whole!.advance,
  ]);
  expect(pieces[0]!.offsets).toEqual(last.offsets.subarray(0, pieces[0]!.offsets.length));
  expect(last.choice).toBeNull();
});

test("a moved pointer writes its letter next; what was written before stays", () => {
  const [before] = written();
  const [after] = written({ moves: [{ line: 0, at: 12, to: 5, hold: 0 }] });
  expect(after!.offsets.subarray(0, 36)).toEqual(before!.offsets.subarray(0, 36));
  expect(after!.pointers[12]).toBe(5);
  // 7 where it writes on after the last character.
  expect(Math.max(...after!.pointers)).toBeGreaterThanOrEqual(6);
});

test("a held pointer stays, and then goes on", () => {
  const [line] = written({ moves: [{ line: 0, at: 5, to: 2, hold: 100 }] });
  expect([...line!.pointers.subarray(5, 105)]).toEqual(new Array(100).fill(2));
  expect(Math.max(...line!.pointers)).toBeGreaterThanOrEqual(6);
  expect(line!.advance!).toHaveLength(line!.pointers.length);
});

test("a move beyond the line changes nothing", () => {
  expect(written({ moves: [{ line: 0, at: 9999, to: 0, hold: 0 }] })[0]!.offsets).toEqual(
    written()[0]!.offsets,
  );
});

test("after a prime the line goes on from the state that has read it, and holds only its own characters", () => {
  const text = "cab";
  const ink = engine.write(engine.start(text), 300, { seed: 9, cap: CAP });
  const pointers = Int32Array.of(...ink.pointers.map((pointer) => Math.min(pointer, 2)), 3);
  const prime: Prime = {
    text,
    offsets: ink.offsets,
    pointers,
    scale: 1,
    end: { x: 0, y: 0 },
    letters: new Map(),
    read: [],
  };
  const [line] = written({ prime, hand: undefined });
  expect(line!.offsets).not.toEqual(written()[0]!.offsets);
  expect(line!.pointers[0]).toBe(0);
  const state = engine.start(`${text} bad cab`);
  engine.consume(state, ink.offsets, pointers);
  const whole = engine.write(state, 2000, { seed: 3, variation: 0.6, cap: CAP });
  const from = whole.pointers.indexOf(4);
  expect(line!.offsets).toEqual(whole.offsets.slice(3 * from));
  const moved = written({ prime, hand: undefined, moves: [{ line: 0, at: 9, to: 0, hold: 0 }] })[0]!;
  expect(moved.offsets.subarray(0, 27)).toEqual(line!.offsets.subarray(0, 27));
  expect(moved.pointers[9]).toBe(0);
  // A hand is that of the state that reads it.
  const inHand = engine.start(`${text} bad cab`, 1);
  engine.consume(inHand, ink.offsets, pointers);
  const other = engine.write(inHand, 2000, { seed: 3, variation: 0.6, cap: CAP });
  expect(written({ prime, hand: 1 })[0]!.offsets).toEqual(other.offsets.slice(3 * other.pointers.indexOf(4)));
});

/** A task of the model that knows text, with a recogniser, and an engine of that model. */
function readingTask() {
  const own = new Model(
    wasm("engine"),
    decodeCheckpoint(bytes("src/pentrace/weights/text.safetensors"), "text"),
  );
  const task = typeTask(own);
  const weights = bytes("src/pentrace/weights/recogniser.safetensors");
  all(task.recogniser({ module: wasm("recogniser"), weights }));
  return { task, writer: new Engine(own) };
}

test("a line whose text is known gets the character of each of its points", () => {
  const { task, writer } = readingTask();
  const text = "quick";
  const { offsets } = writer.write(writer.start(text, 743), 1000, { seed: 1, variation: 0.4, cap: CAP });
  const strokes = strokesOf(offsets);
  const ask = (words: string): PrimeReply => all<PrimeReply>(task.prime({ strokes, text: words }))[0]!;
  const { prime } = ask(text);
  expect(prime!.pointers).toHaveLength(prime!.offsets.length / 3 + 1);
  expect(prime!.pointers.at(-1)).toBe(text.length);
  expect(new Set(prime!.pointers).size).toBe(text.length + 1);
  expect(ask("The weather was bad").prime).toBeNull();
  expect(ask("The weather was bad").reads).not.toBe("");
});

test("of lines that a hand was learned from those are read that say what they are said to", () => {
  const { task, writer } = readingTask();
  const lineOf = (text: string, said: string | null) => {
    const { offsets } = writer.write(writer.start(text, 743), 1000, { seed: 1, variation: 0.4, cap: CAP });
    const points = Float32Array.from(strokesOf(offsets).flatMap((stroke) => [...stroke.points]));
    const penUp = Uint8Array.from(
      strokesOf(offsets).flatMap(({ points }) =>
        Array.from({ length: points.length / 2 }, (_, k) => Number(k === points.length / 2 - 1)),
      ),
    );
    return { points, penUp, scale: null, text: said };
  };
  const lines = [
    lineOf("quick", "quick"),
    lineOf("the", "The weather was bad"),
    lineOf("red", null),
    lineOf("a bad cab", "a\u00a0bad  cab"),
  ];
  const points = lines.reduce((sum, line) => sum + writer.prepare(line).offsets.length / 3, 0);
  const [prime] = all(task.taught({ lines, points }));
  expect([prime!.end, prime!.read]).toEqual([null, [0, 3]]);
  expect(["quick", "a bad cab"]).toContain(prime!.text);
  expect([...prime!.letters.keys()].sort().join("")).toBe(" abcdikqu");
  expect(prime!.letters.get("a")).toHaveLength(3);
  // Lines with more points are others.
  expect([...task.taught({ lines, points: points + 1 })].at(-1)).toBeNull();
  expect([...task.taught({ lines: lines.slice(1, 2), points })].at(-1)).toBeNull();
});

/** Ink of the model as somebody would write it on the sheet. */
function strokesOf(offsets: Float32Array) {
  const strokes: { writer: "hand"; points: Float32Array; lifted: boolean }[] = [];
  let [x, y] = [0, 0];
  let points = [x, y];
  for (let k = 0; k < offsets.length; k += 3) {
    x += offsets[k]! * 7.3;
    y += offsets[k + 1]! * 7.3;
    points.push(x, y);
    if (offsets[k + 2] !== 1) continue;
    strokes.push({ writer: "hand", points: Float32Array.from(points), lifted: true });
    points = [];
  }
  return strokes;
}

test("the first take is not drawn again when the pen has had it", () => {
  const request = { ...REQUEST, line: 0, first: 0, total: 1 };
  const [alone] = all(typeTask(model).takes(request));
  const task = typeTask(model);
  const takes = vi.spyOn(Engine.prototype, "takes");
  all(task.begin(REQUEST));
  expect(all(task.takes(request))[0]).toEqual(alone);
  expect(takes).not.toHaveBeenCalled();
  all(task.takes({ ...request, line: 1 }));
  all(task.takes({ ...request, seed: 99 }));
  expect(takes).toHaveBeenCalledTimes(2);
  takes.mockRestore();
});
