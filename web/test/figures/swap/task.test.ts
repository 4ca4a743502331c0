/// <reference types="node" />
/** What the workers answer: the inks and their steps, the cells that are put in, what is written, and its traits. */

import { readFileSync } from "node:fs";
import { signal } from "@preact/signals-core";
import { describe, expect, test } from "vitest";
import { decodeCheckpoint } from "../../../src/checkpoint/checkpoint.ts";
import { Engine, type Line } from "../../../src/engine/engine.ts";
import { Model } from "../../../src/engine/model.ts";
import type { PathSource } from "../../../src/engine/source.ts";
import { CAP } from "../../../src/engine/text/written.ts";
import { randomCells } from "../../../src/explain/patch.ts";
import { wantedOf } from "../../../src/figures/swap/cells-menu.ts";
import { swapTask, type Wanted, type WriteRequest, type Written } from "../../../src/figures/swap/task.ts";

const ROOT = new URL("../../../../", import.meta.url);
const read = (path: string) => new Uint8Array(readFileSync(new URL(path, ROOT)));
const module = new WebAssembly.Module(read("src/pentrace/static/engine.wasm"));
const modelOf = (name: string) =>
  new Model(module, decodeCheckpoint(read(`spec/golden/${name}.safetensors`), name));
const model = modelOf("tiny");
const engine = new Engine(model);
const CELLS = 60;
const ALL = Array.from({ length: CELLS }, (_, cell) => cell);

const line = (seed: number): PathSource => ({ kind: "sample", seed, steps: 40, variation: 0.5 });
const request = (wanted: Wanted, more: Partial<WriteRequest> = {}): WriteRequest => ({
  inks: [line(1), line(2)],
  at: [null, null],
  donor: 1,
  wanted,
  seed: 7,
  variation: 0.6,
  count: 3,
  steps: 50,
  ...more,
});
const given = (...cells: number[]): Wanted => ({ kind: "given", cells });
const task = swapTask(model);
const replies = <T>(steps: Generator<T | undefined, void>): T[] =>
  [...steps].filter((reply) => reply !== undefined) as T[];
const written = (asked: WriteRequest) => replies(task.write(asked)).at(-1)!;
const futuresOf = (seed: number, step = 40): Line[] => {
  const state = engine.start();
  engine.consume(state, engine.sample(engine.start(), 40, { seed, variation: 0.5 }).subarray(0, 3 * step));
  return engine.lines(state, 3, 50, { seed: 7, variation: 0.6 });
};

describe("what is written on", () => {
  test("begins after the receiver, and with all cells after the donor", () => {
    const { written: found } = written(request({ kind: "all" }));
    expect(found?.cells).toEqual(ALL);
    expect(found?.before).toEqual(futuresOf(1));
    expect(found?.after).toEqual(futuresOf(2));
  });

  test("the inks change places, and each keeps its step", () => {
    const { inks, written: found } = written(request({ kind: "all" }, { donor: 0, at: [0, 12] }));
    expect(inks.map(({ step }) => step)).toEqual([0, 12]);
    expect(found?.before).toEqual(futuresOf(2, 12));
    expect(found?.after).toEqual(futuresOf(1, 0));
  });

  test("without cells nothing changes", () => {
    const { written: found } = written(request(given()));
    expect(found?.after).toEqual(found?.before);
  });

  test("goes on along the receiver's text, and ends with it", () => {
    const text = modelOf("tiny-text");
    const along = swapTask(text);
    const said = (words: string, hand: number, seed: number): PathSource => {
      const sample = { words, hand, cap: CAP };
      return { kind: "sample", seed, steps: CAP * (words.length + 1), variation: 0.8, text: sample };
    };
    const asked = request(given(0, 3), {
      inks: [said("bad cab", 1, 3), said("cab a dab", 0, 4)],
      steps: 300,
    });
    const { inks, written: found } = replies(along.write(asked)).at(-1)!;
    expect(inks.map(({ words }) => words)).toEqual(["bad cab", "cab a dab"]);
    // Without a step, the state is looked at some time before the end.
    const n = inks[0].offsets.length / 3;
    expect(inks[0].step).toBe(Math.max(n - 150, n >> 1));
    const engine = new Engine(text);
    const line = engine.write(engine.start("bad cab", 1), CAP * 8, { seed: 3, variation: 0.8, cap: CAP });
    const state = engine.start("bad cab", 1);
    engine.consume(
      state,
      line.offsets.subarray(0, 3 * inks[0].step),
      line.pointers.subarray(0, inks[0].step + 1),
    );
    const lines = engine.lines(state, 3, 300, { seed: 7, variation: 0.6 });
    expect(found?.before).toEqual(lines);
    const lengths = ({ before }: Written) => before.map(({ offsets }) => offsets.length / 3);
    expect(Math.min(...lengths(found!))).toBeLessThan(300);
    expect(found?.after).not.toEqual(found?.before);
    // The same ink without its text is read again.
    const alone = { kind: "offsets", offsets: line.offsets } as const;
    const other = replies(along.write({ ...asked, inks: [alone, asked.inks[1]] })).at(-1)!;
    expect([other.inks[0].words, lengths(other.written!)]).toEqual([null, [300, 300, 300]]);
  });

  test("a step lies within the ink, and the receiver has read one movement", () => {
    const { inks } = written(request(given(3), { at: [0, 999] }));
    expect(inks.map(({ step }) => step)).toEqual([1, 40]);
  });

  test("an ink of one point has no step", () => {
    const dot: PathSource = {
      kind: "ink",
      points: Float32Array.of(0, 0),
      penUp: Uint8Array.of(1),
      scale: null,
    };
    expect(() => written(request(given(3), { inks: [dot, line(2)] }))).toThrow(/one point has no step yet/);
  });
});

describe("which cells are put in", () => {
  test("those by number that the model has", () => {
    expect(written(request(given(59, 3, 60))).written?.cells).toEqual([59, 3]);
  });

  test("random ones, another choice for each draw", () => {
    const drawn = (draw: number) => written(request({ kind: "random", count: 5, draw })).written?.cells ?? [];
    expect(drawn(2)).toEqual(randomCells(engine, ALL, 5, { stream: 2, seed: 7 }));
    expect(drawn(3)).not.toEqual(drawn(2));
  });

  test("those that tell hands apart are looked for once; a request that is dropped does not begin again", () => {
    const fresh = swapTask(model);
    const wanted: Wanted = { kind: "telling", count: 4 };
    const first = fresh.write(request(wanted));
    expect(first.next().value?.written).toBeNull();
    let steps = 0;
    for (; steps < 10; steps++) first.next();
    first.return();
    const rest = [...fresh.write(request(wanted))];
    const [best] = replies(fresh.write(request(wanted)));
    expect(rest.at(-1)?.written?.cells).toEqual(best?.written?.cells);
    expect(best?.written?.cells).toHaveLength(4);
    // 2 pieces of lines, 24 traces and the end, less those that were done; and two replies.
    expect(rest).toHaveLength(2 + 24 + 1 - steps + 2);
  });

  test("the menu stands for them", () => {
    const state = { cells: signal(""), count: signal(10), draw: signal(2) };
    const atlas = signal(null);
    const direction = { weight: Float64Array.of(1), spread: Float64Array.of(2) };
    const directions = new Map([["slant", direction]]);
    const known = {
      atlas,
      chosen: signal([4, 9]),
      best: signal<number[]>([]),
      directions: signal(directions),
    };
    const wanted = (cells: string): Wanted => {
      state.cells.value = cells;
      return wantedOf(state, known);
    };
    expect(wanted("")).toEqual({ kind: "telling", count: 10 });
    expect(wanted("all")).toEqual({ kind: "all" });
    expect(wanted("chosen")).toEqual({ kind: "given", cells: [4, 9] });
    expect(wanted("random")).toEqual({ kind: "random", count: 10, draw: 2 });
    expect(wanted("cluster:1"), "of an atlas that is not there").toEqual({ kind: "telling", count: 10 });
    expect(wanted("direction:slant")).toEqual({ kind: "direction", of: "hand", name: "slant", ...direction });
    expect(wanted("direction:size"), "that is not stored").toEqual({ kind: "telling", count: 10 });
    expect(wanted("feature:speed"), "of an atlas that is not there").toEqual({ kind: "telling", count: 10 });
    known.best.value = ALL.slice(5);
    expect(wanted("")).toEqual({ kind: "given", cells: ALL.slice(5, 15) });
  });
});

test("along a direction, cells move by their weights, and the draws are of other directions", () => {
  const weight = Float64Array.from({ length: CELLS }, (_, cell) => (cell < 2 ? Math.SQRT1_2 : 0));
  const wanted: Wanted = {
    ...{ kind: "direction", of: "hand", name: "slant" },
    ...{ weight, spread: new Float64Array(CELLS).fill(1) },
  };
  const { written: found } = written(request(wanted));
  expect(found?.cells).toEqual([]);
  expect(found?.after).not.toEqual(found?.before);
  const futures = { count: 3, steps: 60, seed: 7 };
  const { random, both } = replies(task.measure({ ...request(wanted), futures, draws: 2 })).at(-1)!;
  expect(new Set([both, ...random].map((each) => JSON.stringify(each))).size).toBe(3);
});

test("letters: with all cells, the donor's letter comes as often as after the donor", () => {
  const weights = read("src/pentrace/weights/recogniser.safetensors");
  const compiled = new WebAssembly.Module(read("src/pentrace/static/recogniser.wasm"));
  replies(task.recogniser({ module: compiled, weights }));
  const futures = { count: 4, steps: 60, seed: 7 };
  const [found] = replies(task.letters({ ...request({ kind: "all" }), futures, draws: 2 }));
  expect(found).toMatchObject({ futures: 4, random: [] });
  expect(found?.both).toBe(found?.donor);
  expect(found?.letter === "" || found!.donor > 0).toBe(true);
  const [other] = replies(task.letters({ ...request(given(3, 40)), futures, draws: 2 }));
  expect(other?.letter).toBe(found?.letter);
  expect(other?.random).toHaveLength(2);
});

test("traits come again with each draw, and none is drawn where there are not as many other cells", () => {
  const futures = { count: 3, steps: 60, seed: 7 };
  const measured = (wanted: Wanted) =>
    replies(task.measure({ ...request(wanted), futures, draws: 2 })).map(({ random, of }) => [
      random.length,
      of,
    ]);
  expect(measured(given(3, 40))).toEqual([
    [0, 2],
    [1, 2],
    [2, 2],
  ]);
  expect(measured({ kind: "all" })).toEqual([[0, 0]]);
});
