/// <reference types="node" />
/** Votes, silenced cells and inputs: the same numbers as in Python (spec/explain.md). */

import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { decodeCheckpoint } from "../../src/checkpoint/checkpoint.ts";
import { Engine } from "../../src/engine/engine.ts";
import { mixtureOf } from "../../src/engine/mixture.ts";
import { Model } from "../../src/engine/model.ts";
import { inputs, strength, without } from "../../src/explain/inputs.ts";
import { Reading, using } from "../../src/explain/reading.ts";
import { randomCells, shareAlways, shareAtStep } from "../../src/explain/silence.ts";
import {
  addingUp,
  logDensity,
  logOdds,
  ofDensity,
  ranked,
  supporters,
  votes,
} from "../../src/explain/votes.ts";
import { shareOf, waysOf } from "../../src/explain/ways.ts";
import { branches } from "../../src/futures/branches.ts";

const ROOT = new URL("../../../", import.meta.url);
const module = new WebAssembly.Module(readFileSync(new URL("src/pentrace/static/engine.wasm", ROOT)));

interface Silenced {
  readonly cells: readonly number[];
  readonly before: number;
  readonly at_step: number;
  readonly always: number;
  readonly random_at_step: readonly number[];
  readonly random_always: readonly number[];
}

interface Step {
  readonly step: number;
  readonly components: readonly [number, number];
  readonly branches: readonly { readonly components: readonly number[]; readonly weight: number }[];
  readonly weight: readonly number[];
  readonly bias: number;
  readonly log_odds: number;
  readonly width: readonly number[];
  readonly width_bias: number;
  readonly correlation: number;
  readonly others: number;
  readonly log_density: number;
  readonly ranked: readonly number[];
  readonly silenced: Silenced;
  readonly silenced_other: Silenced;
  readonly characters: Readonly<Record<string, string>>;
  readonly parts: Readonly<Record<string, readonly number[]>>;
  readonly strength: Readonly<Record<string, readonly number[]>>;
  readonly without: Readonly<Record<string, readonly [divergence: number, before: number, after: number]>>;
}

interface Golden {
  readonly seed: number;
  readonly silenced: number;
  readonly draws: number;
  readonly cases: readonly {
    readonly model: string;
    readonly offsets: readonly number[];
    readonly text: {
      readonly words: string;
      readonly hand: number | null;
      readonly pointers: readonly number[];
    } | null;
    readonly steps: readonly Step[];
  }[];
}

const golden = JSON.parse(readFileSync(new URL("spec/golden/explain.json", ROOT), "utf-8")) as Golden;

/** The largest difference, in parts of the size where that is above 1. */
function apart(found: ArrayLike<number>, expected: ArrayLike<number>): number {
  expect(found.length).toBe(expected.length);
  return Array.from(found).reduce((most, value, k) => {
    const other = expected[k]!;
    return Math.max(most, Math.abs(value - other) / Math.max(1, Math.abs(other)));
  }, 0);
}

const CLOSE = 1e-9;

function opened({ model: name, offsets, text }: Golden["cases"][number]) {
  const file = new Uint8Array(readFileSync(new URL(`spec/golden/${name}.safetensors`, ROOT)));
  const model = new Model(module, decodeCheckpoint(file, name));
  const source = text && { ...text, pointers: Int32Array.from(text.pointers) };
  return { model, reading: new Reading(new Engine(model), Float32Array.from(offsets), source ?? undefined) };
}

const every = golden.cases.flatMap((each) =>
  each.steps.map(
    (step) => [`${each.model}, ${each.text?.words ?? "no text"}, step ${step.step}`, each, step] as const,
  ),
);

describe.each(every)("%s", (_, each, expected) => {
  const { model, reading } = opened(each);
  const { engine } = reading;
  const { step } = expected;
  const { layers, hidden } = model.architecture;
  const state = reading.state(step);
  const mixture = engine.mixture(state);
  const ways = branches(mixtureOf(mixture));
  const found = votes(
    model,
    engine.hiddenStates(state).subarray((layers - 1) * hidden),
    ...expected.components,
  );

  test("the votes, which add up to what the engine predicts", () => {
    expect(apart(found.weight, expected.weight)).toBeLessThan(CLOSE);
    expect(Math.abs(found.bias - expected.bias)).toBeLessThan(CLOSE);
    expect(Math.abs(logOdds(found) - expected.log_odds)).toBeLessThan(CLOSE);
    expect(ranked(found.weight)).toEqual(expected.ranked);
    const [a, b] = expected.components.map((k) => mixture[1 + k]!) as [number, number];
    expect(Math.abs(logOdds(found) - Math.log(a / b))).toBeLessThan(3e-6);
    expect(ways.map(({ components }) => components)).toEqual(
      expected.branches.map(({ components }) => components),
    );
    expect(
      apart(
        ways.map(({ weight }) => weight),
        expected.branches.map(({ weight }) => weight),
      ),
    ).toBeLessThan(CLOSE);
  });

  test("the parts of the density, which add up to what the engine predicts", () => {
    expect(apart(found.width, expected.width)).toBeLessThan(CLOSE);
    const { widthBias, correlation, others } = found;
    const parts = [expected.width_bias, expected.correlation, expected.others];
    expect(apart([widthBias, correlation, others], parts)).toBeLessThan(CLOSE);
    expect(Math.abs(logDensity(found) - expected.log_density)).toBeLessThan(CLOSE);
    const all = ofDensity(found).reduce((sum, vote) => sum + vote, 0);
    const rest = found.bias + widthBias + correlation + others;
    expect(Math.abs(all + rest - logDensity(found))).toBeLessThan(CLOSE);
  });

  test.each(["silenced", "silenced_other"] as const)("%s: cells, and as many random ones", (which) => {
    const silenced = expected[which];
    const cells = supporters(found, golden.silenced, which === "silenced_other");
    expect(cells).toEqual(silenced.cells);
    const both = waysOf(found.a, found.b, ways);
    const quiet = new Engine(model);
    const before = reading.state(step - 1);
    const draws = Array.from({ length: golden.draws }, (_, draw) =>
      randomCells(engine, cells, hidden, golden.seed, draw),
    );
    const once = [cells, ...draws].map((some) => shareAtStep(reading, before, step, both, some));
    const always = [cells, ...draws].map((some) => shareAlways(reading, quiet, step, both, some));
    expect(Math.abs(shareOf(mixture, both) - silenced.before)).toBeLessThan(CLOSE);
    expect(apart(once, [silenced.at_step, ...silenced.random_at_step])).toBeLessThan(CLOSE);
    expect(apart(always, [silenced.always, ...silenced.random_always])).toBeLessThan(CLOSE);
    // Afterwards the engine is as before.
    expect(using(reading.state(step), (again) => engine.mixture(again))).toEqual(mixture);
  });

  test("what the inputs add to the gates", () => {
    const { parts, characters } = inputs(model, reading, step);
    expect([...parts.keys()]).toEqual(Object.keys(expected.parts));
    for (const [name, part] of parts) {
      expect(apart(part, expected.parts[name]!)).toBeLessThan(CLOSE);
      expect(apart(strength(part), expected.strength[name]!)).toBeLessThan(CLOSE);
    }
    expect(Object.fromEntries(characters)).toEqual(expected.characters);
  });

  test("what is predicted without them", () => {
    const all = without(reading, step);
    expect([...all.keys()]).toEqual(Object.keys(expected.without));
    for (const [name, { divergence, share }] of all) {
      expect(apart([divergence, ...share], expected.without[name]!)).toBeLessThan(CLOSE);
    }
  });
});

test("rounded values still add up as they are printed", () => {
  const values = [0.1234, -2.3456, 0.5551, 0.00049, 1.1];
  const parts = addingUp(values, 2);
  const sum = (all: readonly number[]): number => all.reduce((a, b) => a + b, 0);
  expect(sum(parts).toFixed(2)).toBe(sum(values).toFixed(2));
  for (const [k, part] of parts.entries()) expect(Math.abs(part - values[k]!)).toBeLessThan(0.01);
});
