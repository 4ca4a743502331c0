/** A field as it grows, the forks that were taken, and what lies under a pointer. */

import { describe, expect, test } from "vitest";
import { addFork, forksOf, type Tries, withPath } from "../../src/figures/field/forks.ts";
import { clearestFork, Field, type Path, pathOf, surprise } from "../../src/futures/field.ts";
import { nearest } from "../../src/futures/field-pointer.ts";

/** One component a row, but for the rows that fork. */
function path(offsets: number[], forks: number[] = [], before?: Path): Path {
  const rows = offsets.length / 3 + 1;
  const mixture = Array.from({ length: rows }, (_, p) => {
    const apart = forks.includes(p) ? 1 : 0;
    return [0.1, 0.7, 0.3, apart, -apart, 0, 0, 0.1, 0.1, 0.1, 0.1, 0, 0];
  });
  const reply = {
    type: "path" as const,
    id: 1,
    offsets: Float32Array.from(offsets),
    firstLifted: false,
    scale: 0.5,
    mixture: Float32Array.from(mixture.flat()),
    loglik: Float32Array.from({ length: 2 * (rows - 1) }, (_, k) => k),
    left: 0,
    text: undefined,
  };
  return pathOf(reply, before);
}

const straight = (n: number): number[] => Array.from({ length: 3 * n }, (_, k) => (k % 3 === 0 ? 1 : 0));
const draws = { steps: 2, seed: 1, variation: 0.5 };

describe("a path", () => {
  test("lies on the sheet, with its lifts, surprise and forks", () => {
    const line = path([1, 0, 0, 0, 1, 1, 1, 0, 0], [2]);
    expect(Array.from(line.x)).toEqual([0, 2, 2, 4]);
    expect(Array.from(line.y)).toEqual([0, 0, 2, 2]);
    expect(Array.from(line.lifted)).toEqual([0, 0, 1, 0]);
    expect(surprise(line, 1)).toBe(-5);
    expect(line.branches.map((weights) => weights.length)).toEqual([1, 1, 2, 1]);
    expect(clearestFork(line)).toBe(2);
  });

  test("takes over what it has in common with the one before", () => {
    const before = path(straight(5), [1, 4]);
    const after = path([...straight(3), 0, 1, 0, 1, 0, 0], [1], before);
    expect(after.branches.map((weights) => weights.length)).toEqual([1, 2, 1, 1, 1, 1]);
    expect(after.mixtures[1]).toBe(before.mixtures[1]);
    expect(after.mixtures[4]).not.toBe(before.mixtures[4]);
  });
});

describe("a field", () => {
  const futures = (count: number): Float32Array => Float32Array.from({ length: 6 * count }, (_, k) => k);

  test("fills up piece by piece", () => {
    const field = new Field(path(straight(1)), draws, 4);
    expect(field.missing()).toEqual([
      { row: 0, first: 0, count: 4 },
      { row: 1, first: 0, count: 4 },
    ]);
    field.add({ row: 1, first: 0, count: 3 }, futures(3), new Int32Array(3));
    field.add({ row: 1, first: 3, count: 1 }, futures(1), new Int32Array(1));
    expect(field.known).toEqual([0, 4]);
    expect(Array.from(field.rows[1]!.subarray(18))).toEqual([0, 1, 2, 3, 4, 5]);
    expect(field.share).toBe(0.5);
  });

  test("does not take a piece twice, nor one that leaves a gap", () => {
    const field = new Field(path(straight(1)), draws, 4);
    field.add({ row: 0, first: 2, count: 2 }, futures(2), new Int32Array(2));
    field.add({ row: 7, first: 0, count: 2 }, futures(2), new Int32Array(2));
    expect(field.known).toEqual([0, 0]);
  });

  test("keeps the rows that another path has in common", () => {
    const field = new Field(path(straight(3)), draws, 1);
    for (let row = 0; row < 4; row++) field.add({ row, first: 0, count: 1 }, futures(1), new Int32Array(1));
    expect(field.follow(path([...straight(2), 0, 1, 0, 1, 0, 0]))).toBe(3);
    expect(field.known).toEqual([1, 1, 1, 0, 0]);
    expect(field.missing().map(({ row }) => row)).toEqual([3, 4]);
  });
});

describe("forks", () => {
  const fork = { row: 45, future: 3, seed: 4294967295, variation: 0.65 };

  test("go through the address", () => {
    expect(forksOf(addFork("", fork))).toEqual([fork]);
    const two = addFork(addFork("", fork), { ...fork, row: 80, variation: 1 });
    expect(forksOf(two)).toEqual([fork, { ...fork, row: 80, variation: 1 }]);
    expect(new URLSearchParams(`f=${two}`).get("f")).toBe(two);
  });

  test.each(["", "x", "45.3.1", "1.2.3.9-9999", "-1.2.3.1", "45.3.1.0-6.7", "<b>"])("%j is none", (text) => {
    expect(forksOf(text)).toEqual([]);
  });

  const untried: Tries = { source: "", all: [], current: 0 };

  test("make a tree, and every ink can be gone back to", () => {
    let tries = untried;
    const take = (offsets: number[], ink: string, forks: string): void => {
      tries = withPath(tries, path(offsets), ink, forks);
    };
    const one = addFork("", { ...fork, row: 2 });
    const two = addFork(one, { ...fork, row: 3 });
    const other = addFork("", { ...fork, row: 1 });
    take(straight(4), "a", "");
    take([...straight(2), 0, 1, 0], "a", one);
    take([...straight(2), 0, 1, 0, 0, 1, 0], "a", two);
    take(straight(4), "a", "");
    expect(tries.current).toBe(tries.all[0]!.id);
    take([1, 0, 0, 5, 5, 0], "a", other);
    const ids = tries.all.map(({ id }) => id);
    expect(tries.all.map(({ parent }) => parent)).toEqual([null, ids[0], ids[1], ids[0]]);
    expect(tries.all.map(({ row }) => row)).toEqual([0, 2, 3, 1]);
    expect(tries.all.map(({ forks }) => forks)).toEqual(["", one, two, other]);
    take(straight(9), "b", "");
    expect(tries.all.length).toBe(1);
  });

  test("are kept up to a number, the first ink always", () => {
    let tries = withPath(untried, path(straight(4)), "a", "");
    for (let k = 0; k < 40; k++) {
      tries = withPath(tries, path(straight(4)), "a", addFork("", { ...fork, future: k }));
    }
    expect(tries.all.length).toBe(24);
    expect(tries.all[0]!.parent).toBeNull();
    expect(tries.all.at(-1)!.id).toBe(tries.current);
  });
});

describe("a pointer", () => {
  // The path goes right from 0 to 8; the one future of row 1 goes down from 2, 0 by way of 2, 10 to 2, 20.
  const field = new Field(path(straight(4)), draws, 1);
  field.add({ row: 1, first: 0, count: 1 }, Float32Array.of(0, 5, 0, 0, 5, 1), new Int32Array(1));

  test("on the ink means the step", () => {
    expect(nearest(field, 4.2, 1, 0.5, 0)).toEqual({ step: 2, future: null });
  });

  test("on a strand means the future, whichever of its segments", () => {
    expect(nearest(field, 2.5, 6, 0.5, 0)).toEqual({ step: 1, future: 0 });
    expect(nearest(field, 1.5, 17, 0.5, 0)).toEqual({ step: 1, future: 0 });
  });

  test("near nothing means the nearest step, and far away nothing", () => {
    expect(nearest(field, 8, 15, 0.5, 0)).toEqual({ step: 4, future: null });
    expect(nearest(field, 8, 60, 0.5, 0)).toBeNull();
  });
});
