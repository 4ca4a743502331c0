/// <reference types="node" />
/** Votes at a fork: what the worker answers fits together, and the words say it. */

import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { decodeCheckpoint } from "../../../src/checkpoint/checkpoint.ts";
import { Model } from "../../../src/engine/model.ts";
import type { PathSource } from "../../../src/engine/source.ts";
import { DRAWS } from "../../../src/explain/silence.ts";
import { logOdds, supporters } from "../../../src/explain/votes.ts";
import { clearest } from "../../../src/figures/why/reading.ts";
import { type AlwaysReply, whyTask } from "../../../src/figures/why/task.ts";
import { addedUp } from "../../../src/figures/why/vote-list.ts";
import {
  cellText,
  changeTitle,
  densityText,
  inputName,
  oddsText,
  strongestElsewhere,
  toldSilence,
} from "../../../src/figures/why/words.ts";

const ROOT = new URL("../../../../", import.meta.url);
const module = new WebAssembly.Module(readFileSync(new URL("src/pentrace/static/engine.wasm", ROOT)));

function taskOf(name: string) {
  const file = new Uint8Array(readFileSync(new URL(name, ROOT)));
  return whyTask(new Model(module, decodeCheckpoint(file, name)));
}

/** The last reply of a method. */
function last<T>(replies: Generator<T | undefined, void>): T {
  const all = [...replies].filter((each) => each !== undefined);
  return all.at(-1) as T;
}

const sample: PathSource = { kind: "sample", seed: 1, steps: 120, variation: 0.5 };

describe("the included checkpoint", () => {
  const task = taskOf("src/pentrace/weights/default.safetensors");
  const read = last(task.read({ source: sample }));
  const fork = clearest(read.forks, 120)!;
  const looked = last(task.look({ step: fork.step }));

  test("opens at the fork of two likely ways that are far apart", () => {
    expect(looked.branches.length).toBeGreaterThan(1);
    expect(read.forks.every(({ parting }) => parting <= fork.parting)).toBe(true);
    const { mixture } = looked.now;
    expect(
      Math.abs(logOdds(looked.votes) - Math.log(mixture[1 + looked.votes.a]! / mixture[1 + looked.votes.b]!)),
    ).toBeLessThan(3e-6);
    expect(fork.votes).toEqual(Float32Array.from(looked.votes.weight));
    // Futures take each way about as often as it is likely, and the reply says which.
    const of = (way: number) => looked.now.taken.filter((each) => each === way).length;
    expect(of(0)).toBeGreaterThan(0);
    expect(of(0) + of(1)).toBeGreaterThan(0.7 * looked.now.taken.length);
  });

  test("the fork tips over without the cells that vote for it, and not without random ones", () => {
    expect(last(task.change({ silent: 0, side: 0, without: "" }))).toEqual(looked.now);
    const curve = last(task.curve({ seed: 0, side: 0 }));
    expect(curve.top.length).toBe(looked.supporters[0].length + 1);
    expect(curve.top[0]).toBe(looked.now.share);
    expect(last(task.change({ silent: 10, side: 0, without: "" })).share).toBe(curve.top[10]);
    expect(curve.top[10]).toBeLessThan(curve.random.find(({ count }) => count === 10)!.least);
    const always = last(task.always({ silent: 10, side: 0, seed: 0 }));
    expect(always.random.length).toBe(DRAWS);
    expect(always.top).toBeLessThan(Math.min(...always.random));
    expect(looked.supporters[0].slice(0, 10)).toEqual(supporters(looked.votes, 10));
  });

  test("without the cells of the other way, the likelier one becomes likelier still", () => {
    const curve = last(task.curve({ seed: 0, side: 1 }));
    expect(looked.supporters[1].slice(0, 10)).toEqual(supporters(looked.votes, 10, true));
    expect(curve.top[10]).toBeGreaterThan(curve.random.find(({ count }) => count === 10)!.greatest);
    expect(last(task.change({ silent: 10, side: 1, without: "" })).share).toBe(curve.top[10]);
  });

  test("without the pen's last movement it predicts something else", () => {
    expect(looked.inputs.map(({ name }) => name)).toEqual(["pen", "memory", "bias"]);
    expect(looked.inputs[0]!.without!.divergence).toBeGreaterThan(1);
    expect(last(task.change({ silent: 10, side: 0, without: "pen" })).mixture).not.toEqual(
      looked.now.mixture,
    );
  });

  test("a step that the ink does not have is no error", () => {
    expect([...task.look({ step: 500 })]).toEqual([]);
    expect([...task.curve({ seed: 0, side: 0 })]).toEqual([]);
  });
});

test("with a text, characters and hand are inputs", () => {
  const task = taskOf("spec/golden/tiny-text.safetensors");
  const source = last(task.write({ words: "bad cab", hand: 1, seed: 3, variation: 1 }));
  const read = last(task.read({ source }));
  expect(read.withText).toBe(true);
  const { inputs } = last(task.look({ step: 40 }));
  expect(inputs.map(({ name }) => name)).toContain("hand");
  const [character] = inputs.filter(({ name }) => name === "character");
  expect("bad cab").toContain(character!.character);
  expect(character!.without!.divergence).toBeGreaterThan(0);
});

describe("the words", () => {
  test("of an input", () => {
    expect(inputName("character +1", "e")).toBe("the character 1 after, “e”");
    expect(inputName("character", "t")).toBe("the character at the pointer, “t”");
    expect(inputName("character -2", null)).toBe("the character 2 before, none");
    expect(changeTitle(1, "", null)).toBe("With 1 cell silent");
    expect(changeTitle(10, "hand", null)).toBe("Without the hand");
  });

  test("of odds that are against the likelier way", () => {
    const votes = { a: 0, b: 1, weight: Float64Array.of(-0.5, 0.1), bias: 0 };
    const mixture = Float32Array.of(0, 0.2, 0.3);
    expect(oddsText(votes, mixture)).toContain("is \u22120.40 too: 1.5 to 1 for the other way.");
    expect(oddsText(votes, mixture)).toContain("several such places");
  });

  test("of silence", () => {
    const told = (silent: number, atStep: number, always: AlwaysReply | null, side: 0 | 1 = 0): string =>
      toldSilence(0.7, silent, { side, atStep, always });
    expect(told(0, 0.7, null)).toContain("Move");
    const beats = told(10, 0.4, { top: 0.45, random: [0.6, 0.8] });
    expect(beats).toContain("from 70\u00a0% to 40\u00a0%");
    expect(beats).toContain("So it is further than any of these.");
    expect(told(10, 0.4, { top: 0.65, random: [0.6, 0.8] })).toContain("says little");
    // Without the cells of the other way, the likelier way has to win.
    expect(told(10, 0.9, { top: 0.65, random: [0.6, 0.8] }, 1)).toContain("says little");
    expect(told(10, 0.9, { top: 0.85, random: [0.6, 0.8] }, 1)).toContain("further than any");
  });

  test("of the sum of weights and widths", () => {
    const votes = { ...{ a: 0, b: 1, weight: Float64Array.of(0.7, 0), width: Float64Array.of(-0.2, 0.1) } };
    const all = { ...votes, bias: 0.05, widthBias: 0.1, correlation: -0.05, others: 0 };
    const { cells, rest, about, total } = addedUp(all, true);
    expect(cells).toEqual(Float64Array.of(0.7 - 0.2, 0.1));
    expect(rest.map(([, value]) => value).reduce((sum, part) => sum + part, 0)).toBeCloseTo(0.1, 12);
    expect(total).toBe("Log density");
    expect(about(0)).toBe("Weight +0.70, width \u22120.20");
    expect(densityText(all)).toContain("is 2.0 times more dense");
    expect(densityText(all)).toContain("width make \u22120.10:");
    expect(cellText(3, 0.7, -0.2)).toBe(
      "Cell 3 votes +0.50 here, for the likelier way: +0.70 by weight and \u22120.20 by width.",
    );
  });

  test("of a cell's other votes", () => {
    const fork = (step: number, vote: number) => ({ step, parting: 1, votes: Float32Array.of(vote) });
    const found = strongestElsewhere([fork(1, 0.5), fork(2, -2), fork(3, 9), fork(4, 0)], 0, 3, 2);
    expect(found).toEqual([
      { step: 2, vote: -2 },
      { step: 1, vote: 0.5 },
    ]);
  });
});
