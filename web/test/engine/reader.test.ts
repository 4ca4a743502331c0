/** An ink read stroke by stroke is the ink read at once, bit for bit. */

import { beforeAll, describe, expect, test } from "vitest";
import { Engine } from "../../src/engine/engine.ts";
import { Model } from "../../src/engine/model.ts";
import { Reader, type Reading } from "../../src/engine/reader.ts";
import type { InkStroke } from "../../src/engine/source.ts";
import { WritingSize } from "../../src/engine/writing-size.ts";
import { handwritten } from "../../src/ink/example.ts";
import { RULING, type Stroke, writtenOn } from "../../src/ink/stroke.ts";
import { goldenCheckpoint, wasm } from "../files.ts";

let engine: Engine;
beforeAll(() => {
  const module = wasm("engine");
  engine = new Engine(new Model(module, goldenCheckpoint("tiny")));
});

function packed(strokes: readonly Stroke[], factor = 1): InkStroke[] {
  return strokes.map(({ writer, x, y, lifted }) => ({
    writer,
    points: Float32Array.from(x.flatMap((value, k) => [value * factor, y[k]! * factor])),
    lifted,
  }));
}

/** The first `points` points of a stroke, the pen still down. */
function begun(stroke: InkStroke, points: number): InkStroke {
  return { ...stroke, points: stroke.points.slice(0, 2 * points), lifted: false };
}

function bits({ state, ...rest }: Reading) {
  return { ...rest, cells: Array.from(engine.cells(state)), hidden: Array.from(engine.hiddenStates(state)) };
}

function readAtOnce(strokes: readonly InkStroke[]) {
  return bits(new Reader(engine, RULING).read(strokes));
}

const words = packed(handwritten("write here there", 0));

describe("reading", () => {
  test("an empty ink is the state before a line", () => {
    const { state, position, end } = new Reader(engine, RULING).read([]);
    expect({ position, end }).toEqual({ position: 0, end: null });
    expect(engine.cells(state)).toEqual(engine.cells(engine.start()));
  });

  test("as it grows, point by point, is reading at once", () => {
    const reader = new Reader(engine, RULING);
    words.forEach((stroke, k) => {
      const before = words.slice(0, k);
      for (let points = 1; points <= stroke.points.length / 2; points += 3) {
        const ink = [...before, begun(stroke, points)];
        expect(bits(reader.read(ink))).toEqual(readAtOnce(ink));
      }
      reader.read(words.slice(0, k + 1));
    });
    expect(bits(reader.read(words))).toEqual(readAtOnce(words));
  });

  test("undone, or another ink, is reading that ink at once", () => {
    const reader = new Reader(engine, RULING);
    reader.read(words);
    expect(bits(reader.read(words.slice(0, 5)))).toEqual(readAtOnce(words.slice(0, 5)));
    const other = packed(handwritten("the", 40));
    expect(bits(reader.read(other))).toEqual(readAtOnce(other));
    expect(bits(reader.read([]))).toEqual(readAtOnce([]));
  });

  test("counts a movement for each point after the first", () => {
    const dots = [0, 10, 20].map((x) => ({
      writer: "hand" as const,
      points: Float32Array.of(x, 0),
      lifted: true,
    }));
    expect(readAtOnce(dots).position).toBe(2);
    const position = readAtOnce(words).position;
    // About 21 points a letter on the whiteboard, and 14 letters.
    expect(position).toBeGreaterThan(14 * 15);
    expect(position).toBeLessThan(14 * 30);
  });

  test("ink twice as large is the same ink, once there is enough of it", () => {
    const small = new Reader(engine, RULING).read(words);
    const large = new Reader(engine, 2 * RULING).read(packed(handwritten("write here there", 0), 2));
    expect(large.position).toBe(small.position);
    expect(large.scale).toBeCloseTo(small.scale / 2, 6);
    expect(Array.from(engine.cells(large.state))).toEqual(Array.from(engine.cells(small.state)));
  });
});

describe("what the model wrote", () => {
  test("is read as it was drawn: no other points, and the pen still down where it was left", () => {
    const reader = new Reader(engine, RULING);
    const base = handwritten("we", 0);
    const before = reader.read(packed(base));
    const n = 30;
    const offsets = engine.sample(before.state.copy(), n, {
      seed: 3,
      origin: before.position,
      variation: 0.5,
    });
    let { x, y } = before.end!;
    const points = new Float32Array(2 * n);
    const lifts = new Uint8Array(n);
    for (let k = 0; k < n; k++) {
      x += offsets[3 * k]! / before.scale;
      y += offsets[3 * k + 1]! / before.scale;
      points.set([x, y], 2 * k);
      lifts[k] = offsets[3 * k + 2]!;
    }
    const direct = before.state.copy();
    engine.consume(direct, offsets);
    const after = reader.read(packed(writtenOn(base, { points, lifts })));
    expect(after.position).toBe(before.position + n);
    expect(after.scale).toBe(before.scale);
    // The sheet's grid moves a point by up to a sixteenth of a unit.
    const [drawn, sampled] = [engine.hiddenStates(after.state), engine.hiddenStates(direct)];
    const differences = drawn.map((value, k) => Math.abs(value - sampled[k]!));
    expect(Math.max(...differences)).toBeLessThan(0.02);
  });
});

describe("the writing size", () => {
  const size = (strokes: readonly InkStroke[]) => new WritingSize(engine, RULING).of(strokes, 0);

  test("is what the rules ask for, until there is ink", () => {
    expect(size([])).toBe(RULING);
    expect(size([{ writer: "hand", points: Float32Array.of(1, 1), lifted: true }])).toBe(RULING);
  });

  test("the page's example is written as large as its rules ask for", () => {
    expect(size(packed(handwritten("write here", 0)))).toBeCloseTo(RULING, 0);
  });

  test("leans on the ink more with every letter, and then stays", () => {
    const large = packed(handwritten("there here write there", 0), 3);
    const sizes = large.map((_, k) => size(large.slice(0, k + 1)));
    expect(sizes[0]).toBeGreaterThan(RULING);
    expect(sizes[0]).toBeLessThan(2.6 * RULING);
    expect(sizes.at(-1)).toBeGreaterThan(2.6 * RULING);
    expect(sizes.at(-1)).toBe(sizes.at(-6));
  });

  test("is not changed by what the model wrote, and stays after it", () => {
    const ink = packed(handwritten("we", 0), 2);
    const model: InkStroke = { ...ink[0]!, writer: "model" };
    const more = packed(handwritten("there there", 300), 2);
    expect(size([...ink, model])).toBe(size(ink));
    expect(size([...ink, model, ...more])).toBe(size(ink));
    expect(size([...ink, ...more])).not.toBe(size(ink));
    expect(size([{ ...model, lifted: false }])).toBe(RULING);
  });

  test("is the same however the ink came to be", () => {
    const live = new WritingSize(engine, RULING);
    words.forEach((stroke, k) => {
      live.of([...words.slice(0, k), begun(stroke, 2)], k);
      expect(live.of(words.slice(0, k + 1), k)).toBe(size(words.slice(0, k + 1)));
    });
    expect(live.of(words.slice(0, 3), 3)).toBe(size(words.slice(0, 3)));
  });
});
