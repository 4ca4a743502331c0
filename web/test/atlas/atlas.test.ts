/// <reference types="node" />
/** The page reads the atlas that Python wrote, and says in one sentence what is wrong with one that it cannot read. */

import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { decodeAtlas } from "../../src/atlas/atlas.ts";

const FILE = new URL("../../../src/pentrace/weights/default.atlas.safetensors", import.meta.url);
const blob = new Uint8Array(readFileSync(FILE));

test("the default atlas", () => {
  const atlas = decodeAtlas(blob);
  const { features, clusters, orders } = atlas.about;
  expect(orders.at(-1)!.name).toBe("none");
  expect([...atlas.tensor("order.none")]).toEqual([...Array(atlas.cells).keys()]);
  for (const { name, best } of features) {
    const [cell, score] = best.c;
    expect(atlas.cellsFor(name, 1)).toEqual([cell]);
    expect(atlas.scores(name)![cell]).toBeCloseTo(score, 4);
  }
  expect(atlas.scores("nothing of the kind")).toBeUndefined();
  const cells = clusters.flatMap((_, number) => atlas.cluster(number));
  expect(cells.sort((a, b) => a - b)).toEqual([...Array(atlas.cells).keys()]);
});

test.each([
  ["an empty file", new Uint8Array(3), "expected a safetensors file of more than 8 bytes, found 3 bytes"],
  ["half a file", blob.subarray(0, 2000), "the file is cut short"],
  ["less than its tensors", blob.subarray(0, blob.length - 9), "lies outside it"],
  ["another file", new TextEncoder().encode(`\x04\0\0\0\0\0\0\0{}  `), "it has no metadata of an atlas"],
])("%s is refused", (_, bytes, message) => {
  expect(() => decodeAtlas(bytes)).toThrow(message);
});
