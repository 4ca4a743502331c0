/// <reference types="node" />
/** The page reads the atlas that Python wrote, and says in one sentence what is wrong with one that it cannot read. */

import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { AtlasError, decodeAtlas } from "../../src/atlas/atlas.ts";

// biome-ignore lint/suspicious/noExplicitAny: metadata to damage
type Any = any;

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

/** The default atlas with another header; its tensors stay. */
function withHeader(
  change: (header: Record<string, Record<string, unknown>>, about: Any) => void,
): Uint8Array {
  const length = Number(new DataView(blob.buffer, blob.byteOffset).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(blob.subarray(8, 8 + length)));
  const about = JSON.parse(header.__metadata__.pentrace);
  change(header, about);
  header.__metadata__.pentrace = JSON.stringify(about);
  const text = new TextEncoder().encode(JSON.stringify(header));
  const made = new Uint8Array(8 + text.length + blob.length - 8 - length);
  new DataView(made.buffer).setBigUint64(0, BigInt(text.length), true);
  made.set(text, 8);
  made.set(blob.subarray(8 + length), 8 + text.length);
  return made;
}

test.each([
  ["another type", (h) => (h["range.c"]!.dtype = "I8"), "range.c is not F32 [5, 500]"],
  ["another shape", (h) => (h["range.c"]!.shape = [500, 5]), "range.c is not F32 [5, 500]"],
  ["no shape", (h) => (h["range.c"]!.shape = null), "range.c is not F32 [5, 500]"],
  ["no tensor", (h) => delete h["lag.c"], "lag.c is not I8 [19, 500]"],
  ["one too many", (h) => (h.ink = h.cluster!), "it has a tensor ink"],
  ["a number as an entry", (h) => (h.cluster = 3 as never), "cluster is not U8 [500]"],
  ["offsets of words", (h) => (h.cluster!.data_offsets = ["a", "b"]), "cluster lies outside it"],
  ["fewer clusters", (_, a) => a.clusters.pop(), "a cell has no cluster"],
  ["fewer lines", (_, a) => (a.lines.count = 3), "a moment has no line"],
  ["shorter lines", (_, a) => (a.lines.steps = 9), "a moment lies beyond the end of its line"],
  [
    "an order that is none",
    (h) => (h["order.none"] = { ...h["order.none"], data_offsets: [h.cluster!.data_offsets, 1000] }),
    "order.none lies outside it",
  ],
  [
    "metadata that breaks a rule",
    (_, a) => (a.features[3].best.c[0] = 500),
    "features[3].best.c[0]: expected cells from 0 to 499, found 500. Build it again",
  ],
] as readonly [string, (header: Record<string, Record<string, unknown>>, about: Any) => unknown, string][])(
  "an atlas with %s is refused",
  (_, change, message) => {
    expect(() => decodeAtlas(withHeader(change))).toThrow(AtlasError);
    expect(() => decodeAtlas(withHeader(change))).toThrow(message);
  },
);

test("damaged bytes of the header give an AtlasError or an atlas", () => {
  const length = Number(new DataView(blob.buffer, blob.byteOffset).getBigUint64(0, true));
  let refused = 0;
  for (let k = 0; k < 80; k++) {
    const bytes = blob.slice();
    bytes[8 + ((k * 7919) % length)]! ^= 1 << (k % 8);
    try {
      decodeAtlas(bytes);
    } catch (error) {
      expect(error).toBeInstanceOf(AtlasError);
      refused++;
    }
  }
  expect(refused).toBeGreaterThan(20);
});
