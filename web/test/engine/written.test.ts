/// <reference types="node" />
/** Texts that are written have the bits that Python gives (spec/golden/written.json), and so have their files. */

import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import constants from "../../../spec/constants.json" with { type: "json" };
import { decodeCheckpoint } from "../../src/checkpoint/checkpoint.ts";
import { Engine, type Line } from "../../src/engine/engine.ts";
import { Model } from "../../src/engine/model.ts";
import { distanceOf, letterOf, lettersOf, writtenIn } from "../../src/engine/text/letters.ts";
import { CAP, laidOut, linesOf } from "../../src/engine/text/written.ts";
import { type TextInk, wordsOf, writtenToJson, writtenToSvg } from "../../src/ink/files.ts";
import { readInkFile } from "../../src/ink/read-files.ts";
import { bytes, json, text, wasm } from "../files.ts";

const module = wasm("engine");

interface Case {
  readonly text: string;
  readonly hand: number | null;
  readonly seed: number;
  readonly variation: number;
  readonly lines: readonly string[];
  readonly finished: boolean;
  readonly points: number;
  readonly sha256: string;
}

const golden = json<{
  checkpoint: string;
  cases: readonly Case[];
  letters: Pick<Case, "text" | "hand" | "seed" | "variation" | "sha256"> & {
    readonly known: Pick<Case, "text" | "hand" | "seed" | "variation">;
    readonly candidates: number;
    readonly first: number;
    readonly offsets: number;
    readonly distances: readonly number[];
  };
}>("spec/golden/written.json");
const model = new Model(module, decodeCheckpoint(bytes(golden.checkpoint), "tiny-text"));
const engine = new Engine(model);

/** The hand that a seed chooses. */
function handOf(seed: number): number {
  const [share] = engine.random(1, { seed, stream: constants.text.hand_stream });
  return Math.floor(share! * engine.architecture.text!.hands);
}

/** Whether no character, and nothing after the last one, took as many points as are allowed. */
function finished({ pointers }: Line): boolean {
  return pointers.every((pointer) => pointers.filter((each) => each === pointer).length < CAP);
}

function written({ text, hand, seed, variation }: Case) {
  const rows = linesOf(text);
  const lines = rows.filter(Boolean);
  const own = hand ?? handOf(seed);
  const found = lines.map((line, stream) =>
    engine.write(engine.start(line, own), CAP * (line.length + 1), { seed, stream, variation, cap: CAP }),
  );
  return { rows, found, ink: laidOut(rows, found, model.unitsPerRawUnit) };
}

test.each(golden.cases)("%#: the bits of Python", (one) => {
  const { rows, found, ink } = written(one);
  expect(rows).toEqual(one.lines);
  expect(found.every(finished)).toBe(one.finished);
  expect(ink.penUp).toHaveLength(one.points);
  const hash = createHash("sha256");
  for (const part of [ink.points, ink.penUp, ink.characters]) hash.update(part);
  expect(hash.digest("hex")).toBe(one.sha256);
});

test("in somebody's letters: the bits of Python", () => {
  const { known, text, hand, candidates, seed, first, variation, ...expected } = golden.letters;
  const draws = { seed: known.seed, variation: known.variation, cap: CAP };
  const line = engine.write(engine.start(known.text, known.hand!), CAP * (known.text.length + 1), draws);
  const letters = lettersOf([{ text: known.text, line }]);
  const drawn = { seed, first, variation };
  const pieces = [...writtenIn(engine, engine.start(text, hand!), text, letters, candidates, drawn)];
  const hash = createHash("sha256");
  for (const { offsets } of pieces) hash.update(offsets);
  for (const { pointers } of pieces) hash.update(pointers);
  expect(pieces.reduce((sum, { pointers }) => sum + pointers.length, 0)).toBe(expected.offsets);
  expect(hash.digest("hex")).toBe(expected.sha256);
  const distances = pieces.flatMap(({ offsets, pointers }, place) => {
    const theirs = letters.get(text[place]!);
    const own = letterOf(offsets.filter((_, k) => pointers[Math.floor(k / 3)] === place));
    return theirs ? [Math.min(...theirs.map((each) => distanceOf(own, each)))] : [];
  });
  expect(distances).toEqual(expected.distances);
});

describe("files", () => {
  const { ink } = written(golden.cases[0]!);
  const strokes = ink.penUp.reduce((sum, up) => sum + up, 0);

  test("JSON says what Python's says", () => {
    const { controls, seed, ...document } = JSON.parse(writtenToJson(ink, { hand: 1 }, 3));
    expect(document).toEqual(json("spec/golden/written-ink.json"));
    expect([controls, seed]).toEqual([{ hand: 1 }, "3"]);
  });

  test("it comes back", async () => {
    const file = new File([bytes("spec/golden/written-ink.json")], "written-ink.json");
    const back = await readInkFile(file);
    expect(back.text).toEqual({ text: ink.text, characters: ink.characters });
    expect([back.points, back.penUp, back.scale]).toEqual([ink.points, ink.penUp, ink.scale]);
  });

  test("SVG has the groups, names, size and points of Python's", async () => {
    const theirs = text("spec/golden/written-ink.svg");
    const ours = writtenToSvg(ink, "#1b2733", null);
    const parts = (svg: string) => svg.replaceAll(/ d="[^"]*"/g, "").replaceAll(/-?\d+\.\d+/g, "0");
    expect(parts(ours)).toBe(parts(theirs));
    const [mine, other] = await Promise.all(
      [ours, theirs].map((svg) => readInkFile(new File([svg], "ink.svg"))),
    );
    expect(mine!.notes).toEqual([]);
    expect(mine!.penUp.reduce((sum, up) => sum + up, 0)).toBe(strokes);
    expect(other!.penUp.reduce((sum, up) => sum + up, 0)).toBe(strokes);
    expect(mine!.unitMm).toBeCloseTo(other!.unitMm!, 5);
  });

  test("markup in a text stays text", () => {
    const one: TextInk = {
      points: Float32Array.of(0, 0, 1, 1),
      penUp: Uint8Array.of(0, 1),
      text: 'a<b&"',
      characters: Int32Array.of(0, 1),
      scale: 1,
    };
    const svg = writtenToSvg(one, "red", "#fff");
    expect(svg).toContain('aria-label="a&lt;b&amp;&quot;"');
    expect(svg).toContain("<title>a&lt;b&amp;&quot;</title>");
    expect(svg).toContain('fill="#fff"');
  });
});

test("words, and where they are, in Unicode characters", () => {
  expect(wordsOf(" ab 😀c\nd")).toEqual([
    { word: "ab", begin: 1 },
    { word: "😀c", begin: 4 },
    { word: "d", begin: 7 },
  ]);
  expect(wordsOf("  ")).toEqual([]);
});

test("long lines are split at words, and long words are cut", () => {
  const longest = constants.text.longest_line;
  const lines = linesOf(`${"word ".repeat(30)}\r\n\n${"x".repeat(longest + 1)} y`);
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(longest);
  expect(lines.slice(-3)).toEqual(["", "x".repeat(longest), "x y"]);
  expect(linesOf(" \n\t")).toEqual([]);
  expect(linesOf("\n a\u00a0b \r\n\r\n\nc\n\n")).toEqual(["a b", "", "", "c"]);
});
