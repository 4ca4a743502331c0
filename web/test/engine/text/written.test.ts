/** The engine's host under a text: the same things as tests/engine/test_text.py, where the host could get them wrong. */

import { expect, test } from "vitest";
import { Engine, EngineError, type State } from "../../../src/engine/engine.ts";
import { Model } from "../../../src/engine/model.ts";
import { goldenCheckpoint, wasm } from "../../files.ts";

const module = wasm("engine");
const load = (name: string) => new Engine(new Model(module, goldenCheckpoint(name)));
const engine = load("tiny-text");
const TEXT = "bad a décade";
const CAP = 30;
const zeros = (n: number) => new Float32Array(3 * n);

/** What a state will go on with. */
const seen = (state: State) => [
  engine.cells(state),
  engine.hiddenStates(state),
  state.pointer,
  state.advance,
];

test("a line in pieces is the whole line, and an empty piece is its end", () => {
  const whole = engine.write(engine.start(TEXT, 1), 1000, { seed: 3, stream: 2, cap: CAP });
  const state = engine.start(TEXT, 1);
  const offsets: number[] = [];
  const pointers: number[] = [];
  for (;;) {
    const piece = engine.write(state, 7, { seed: 3, stream: 2, cap: CAP, firstStep: pointers.length });
    if (piece.pointers.length === 0) break;
    offsets.push(...piece.offsets);
    pointers.push(...piece.pointers);
  }
  expect(offsets).toEqual([...whole.offsets]);
  expect(pointers).toEqual([...whole.pointers]);
  expect(state.pointer).toBe(TEXT.length);
});

test.each([1, 9])("%i takes are written lines", (total) => {
  const state = engine.start(TEXT);
  const before = seen(state);
  const takes = engine.takes(state, total, { seed: 8, cap: CAP, first: 4 });
  expect(takes).toHaveLength(total);
  takes.forEach((take, f) => {
    expect(take).toEqual(engine.write(state.copy(), 1000, { seed: 8, stream: 4 + f, cap: CAP }));
  });
  expect(seen(state)).toEqual(before);
});

test("a line that is read along its pointers ends where it was written", () => {
  const written = engine.start(TEXT);
  const { offsets, pointers } = engine.write(written, 1000, { seed: 3, cap: CAP });
  const read = engine.start(TEXT);
  const trace = engine.trace(read, offsets, { pointer: true, pointers });
  expect(Int32Array.from(pointers, (_, k) => trace.pointer![2 * k]!)).toEqual(pointers);
  expect(engine.cells(read)).toEqual(engine.cells(written));
  const consumed = engine.start(TEXT);
  engine.consume(consumed, offsets.subarray(0, 30), pointers.subarray(0, 11));
  engine.consume(consumed, offsets.subarray(30), pointers.subarray(10));
  expect(seen(consumed)).toEqual(seen(read));
});

test("text, pointer and hand are copied with a state and gone from one that is used again", () => {
  const state = engine.start(TEXT, new Float32Array(5).fill(1));
  engine.point(state, 4, { hold: true });
  const copy = state.copy();
  expect(copy.characters).toBe(TEXT.length);
  engine.consume(state, zeros(3));
  engine.consume(copy, zeros(3));
  expect(seen(copy)).toEqual(seen(state));
  expect(copy.pointer).toBe(4);
  engine.setText(copy, "");
  expect([copy.pointer, copy.advance, copy.characters]).toEqual([0, 0, 0]);
  copy.free();
  expect(seen(engine.start())).toEqual(seen(engine.start()));
});

test("a hand makes a difference, and no hand is none", () => {
  const after = (hand?: number | Float32Array) => [...engine.cells(engine.start(TEXT, hand))];
  expect(after(0)).not.toEqual(after(1));
  expect(after(new Float32Array(5))).toEqual(after());
  const [once, never] = [engine.start(TEXT, 1), engine.start(TEXT, 1)];
  engine.setHand(once, null);
  engine.setHand(never, 1);
  for (const state of [once, never]) engine.consume(state, zeros(1));
  expect(engine.cells(once)).not.toEqual(engine.cells(never));
});

const plain = load("tiny");
test.each([
  [() => engine.start("a cat"), 'text: expected characters that the model knows, found "t" at 4'],
  [() => engine.start("a".repeat(257)), "text: expected at most 256 characters, found 257"],
  [() => engine.start("😀"), 'text: expected characters that the model knows, found "😀" at 0'],
  [() => engine.start("a", 3), "hand: expected one of 3 hands, found 3"],
  [() => engine.start("a", 0.5), "hand: expected one of 3 hands, found 0.5"],
  [() => engine.start("a", new Float32Array(2)), "hand: expected 5 finite numbers, found [0, 0]"],
  [() => engine.point(engine.start("ab"), 3), "pointer: expected 0 to 2, found 3"],
  [() => engine.point(engine.start(), 0), "pointer: expected a state with a text, found 0"],
  [
    () => engine.consume(engine.start("ab"), zeros(2), Int32Array.of(0, 3)),
    "pointers: expected 0 to 2, found 3 in row 1",
  ],
  [
    () => engine.consume(engine.start("ab"), zeros(2), Int32Array.of(1, 2)),
    "pointers: expected 0, where the pointer stands, in row 0, found 1",
  ],
  [
    () => engine.consume(engine.start("ab"), zeros(2), Int32Array.of(0)),
    "pointers: expected 2 or 3 numbers, found 1",
  ],
  [
    () => engine.consume(engine.start(), zeros(1), Int32Array.of(0)),
    "pointers: expected a state with a text, found one without",
  ],
  [
    () => engine.takes(engine.start(), 2, { seed: 1, cap: 3 }),
    "takes: expected a text and a cap of at least 1, found 0 characters, cap 3",
  ],
  [() => plain.start("a"), "text: expected a model that knows text, found one that does not"],
  [() => plain.start("", 0), "hand: expected a model that knows text, found one that does not"],
  [
    () => plain.trace(plain.start(), zeros(1), { pointer: true }),
    "trace: pointer: expected a model that knows text, found one that does not",
  ],
])("%#: what is refused", (call, message) => {
  expect(call).toThrow(new EngineError(message));
});
