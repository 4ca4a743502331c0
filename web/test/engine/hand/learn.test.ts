/** The page learns the same hands as Python, to the bit: spec/golden/learn.json. */

import { describe, expect, test } from "vitest";
import { decodeCheckpoint } from "../../../src/checkpoint/checkpoint.ts";
import { applyHand, decodeHand, encodeHand, type Hand } from "../../../src/checkpoint/hand.ts";
import { cellChanges } from "../../../src/engine/hand/cell-changes.ts";
import { bytes, json, wasm } from "../../files.ts";
import { digest, type GoldenScript, linesOf } from "../../golden.ts";
import { learnedHere } from "../../learned.ts";

const engine = wasm("engine");

interface Golden {
  offsets: number[];
  cases: {
    checkpoint: string;
    rows: [number, number][];
    scripts: GoldenScript[];
    passes: number;
    log: [number, number | null, number][];
    changes: string;
    sha256: string;
  }[];
}
const golden = json<Golden>("spec/golden/learn.json");
const offsets = Float32Array.from(golden.offsets);

async function learned(
  path: string,
  rows: [number, number][],
  passes: number,
  { scripts = [], ...options }: { scripts?: GoldenScript[]; reads?: boolean; workers?: number } = {},
) {
  const file = bytes(path);
  const checkpoint = decodeCheckpoint(file, path);
  const base = await digest(file);
  const lines = linesOf(offsets, rows, scripts);
  const log = await learnedHere(checkpoint, base, lines, { passes, ...options });
  return { checkpoint, base, lines, log, hand: log.at(-1)!.hand };
}

// The default checkpoint takes seconds on a busy machine.
describe("learning", { timeout: 60_000 }, () => {
  const cases = golden.cases.flatMap((each) => [1, 2].map((workers) => ({ ...each, workers })));
  test.each(cases)(
    "$checkpoint gives the golden hand, in $workers workers",
    async ({ checkpoint: path, rows, scripts, passes, workers, ...case_ }) => {
      const options = { scripts, reads: true, workers };
      const { checkpoint, base, lines, log, hand } = await learned(path, rows, passes, options);
      expect(log.map(({ number }) => number)).toEqual(case_.log.map(([number]) => number));
      log.forEach(({ learned: mean, scored }, k) => {
        const [, wantedMean, wantedScore] = case_.log[k]!;
        if (mean === null) expect(wantedMean).toBeNull();
        else expect(mean).toBeCloseTo(wantedMean!, 10);
        expect(scored).toBeCloseTo(wantedScore, 10);
      });
      expect(await digest(encodeHand(hand, checkpoint.architecture))).toBe(case_.sha256);
      const inHand = applyHand(checkpoint, base, hand);
      expect(await digest(cellChanges(engine, checkpoint, lines.at(-1)!)(inHand))).toBe(case_.changes);
    },
  );

  test("two learners give the hand of one, whichever of them has lines left", async () => {
    const rows = [
      [0, 80],
      [0, 150],
      [20, 60],
    ] as [number, number][];
    for (const some of [rows, [...rows].reverse()]) {
      const hands = [1, 2].map((workers) =>
        learned("spec/golden/tiny-text.safetensors", some, 2, { workers }),
      );
      const [one, two] = await Promise.all(hands);
      expect(two!.hand).toEqual(one!.hand);
    }
  });

  test.each([[[]], [[[0, 40]]]] as [number, number][][][])("too little ink says so", async (rows) => {
    const wanted = learned("spec/golden/tiny-text.safetensors", rows, 1);
    await expect(wanted).rejects.toThrow(
      /expected at least 100 points of writing, about two words, found \d+/,
    );
  });
});

describe("a hand", { timeout: 60_000 }, () => {
  test("comes back from its file and is applied to its own checkpoint only", async () => {
    const { checkpoint, base, hand } = await learned("spec/golden/tiny-text.safetensors", [[0, 150]], 1);
    const again: Hand = decodeHand(encodeHand(hand, checkpoint.architecture), "mine");
    expect(again.tensors).toEqual(hand.tensors);
    const own = applyHand(checkpoint, base, again);
    const bias = checkpoint.tensors.get("head.bias") as Float32Array;
    const change = hand.tensors.get("head.bias")!;
    expect(own.tensors.get("head.bias")).toEqual(bias.map((number, k) => number + change[k]!));
    expect(own.tensors.get("head.weight")).toBe(checkpoint.tensors.get("head.weight"));
    expect(() => applyHand(checkpoint, "f".repeat(64), again)).toThrow(
      /the checkpoint that it was learned on/,
    );
  });

  test("holds the lines that it was learned from, where its owner wants that", async () => {
    const { checkpoint, hand } = await learned("spec/golden/tiny-text.safetensors", [[0, 150]], 1);
    const { architecture } = checkpoint;
    const ink = [
      { points: Float32Array.of(0, 0, 3, 4), penUp: Uint8Array.of(0, 1), scale: 0.025, text: "ab" },
      { points: Float32Array.of(5, 6), penUp: Uint8Array.of(1), scale: null, text: null },
    ];
    const blob = encodeHand({ ...hand, ink }, architecture);
    const again = decodeHand(blob, "mine");
    expect(again.ink).toEqual(ink);
    expect(again.share).toEqual(hand.share);
    expect([...again.tensors.keys()]).toEqual([...hand.tensors.keys()]);
    const text = new TextDecoder("latin1").decode(blob).replace('points\\":2', 'points\\":3');
    const wrong = Uint8Array.from(text, (character) => character.charCodeAt(0));
    expect(wrong).not.toEqual(blob);
    expect(() => decodeHand(wrong, "mine")).toThrow(
      "mine: ink: expected the lines that the hand was learned from, found something else",
    );
    const long = {
      points: new Float32Array(160_002),
      penUp: new Uint8Array(80_001),
      scale: null,
      text: null,
    };
    expect(() => encodeHand({ ...hand, ink: [long] }, architecture)).toThrow(
      "expected at most 80,000 points of ink to keep, found 80,001",
    );
  });

  test("that is broken is refused", () => {
    expect(() => decodeHand(new Uint8Array(3), "mine")).toThrow(/mine: file: expected a hand/);
    const blob = bytes("spec/golden/tiny.safetensors");
    expect(() => decodeHand(blob, "mine")).toThrow(/this is not a learned hand/);
  });
});
