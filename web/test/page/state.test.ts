import { describe, expect, test } from "vitest";
import { controls as wallControls } from "../../src/figures/wall/controls.ts";
import { type Control, figureState } from "../../src/frame/control.ts";
import {
  controls,
  createState,
  readAddress,
  takeValues,
  valuesOf,
  writeAddress,
} from "../../src/page/state.ts";

const initial = readAddress({ search: "", hash: "" }).values;

function throughAddress(values: typeof initial, ink = "") {
  const url = new URL(writeAddress(values, ink), "http://page/");
  return readAddress(url);
}

describe("address", () => {
  test("an empty one gives the defaults, and they need no words", () => {
    expect(initial).toEqual(
      Object.fromEntries(Object.entries(controls).map(([name, { initial: value }]) => [name, value])),
    );
    expect(initial).toMatchObject({ checkpoint: "", seed: 1, shown: 0, playing: true });
    expect(writeAddress(initial, "")).toBe("#");
  });

  test("whatever is set comes back", () => {
    const values = {
      checkpoint: "été & co",
      tour: 3,
      length: 200,
      variation: 1.15,
      seed: 4294967295,
      shown: 17,
      playing: false,
      marked: true,
      "type.text": "été & 1+1 = 2\nnext",
      "type.hand": 743,
      "type.own": true,
      "type.said": "my line",
      "type.slant": 1.25,
      "type.size": -2,
      "type.width": 0.25,
      "type.spacing": 2,
      "type.joins": -0.75,
      "type.pace": -1,
      "type.seed": 4,
      "type.variation": 0.3,
      "type.candidates": 3,
      "type.speed": 2.25,
      "type.playing": false,
      "type.step": 321,
      "type.moves": "0.120.3.0~1.300.7.240",
      "wall.seed": 12,
      "wall.variation": 0.9,
      "wall.speed": 0.25,
      "wall.playing": false,
      "wall.step": 120,
      "wall.primed": true,
      "neaten.share": 35,
      "teach.line": 4,
      "field.ink": "line",
      "field.count": 7,
      "field.steps": 12,
      "field.variation": 1.2,
      "field.seed": 5,
      "field.step": 44,
      "field.forks": "45.3.1.0-6~80.12.1.1",
      "step.stage": 5,
      "step.row": 41,
      "step.drawn": 3,
      "step.seed": 8,
      "cells.ink": "yours",
      "cells.seed": 9,
      "cells.length": 1500,
      "cells.variation": 0.6,
      "cells.what": "f",
      "cells.limits": "full",
      "cells.scale": "log",
      "cells.order": "tsne",
      "cells.chosen": [7, 3, 4, 5, 120],
      "cells.step": 12,
      "cells.from": 100,
      "cells.span": 60,
      "why.step": 84,
      "why.silent": 25,
      "why.side": "other",
      "why.sum": "density",
      "why.without": "character +1",
      "why.seed": 3,
      "atlas.feature": "pen lift",
      "atlas.show": "similar",
      "atlas.by": "chosen",
      "atlas.from": 7,
      "atlas.length": 33,
      "type.mine": 0.35,
      "teach.share": 1.25,
      "atlas.sort": "together",
      "atlas.filter": "word & end",
      "change.preset": "lift",
      "change.strength": 0.35,
      "change.cells": [12, 40, 41, 42],
      "change.how": "shift",
      "change.of": "h",
      "change.clamp": -1.3,
      "change.scale": 0.45,
      "change.shift": -0.15,
      "change.random": 7,
      "change.primed": true,
      "change.seed": 12,
      "change.variation": 0.9,
      "memory.change": "lean",
      "memory.ink": "sample",
      "memory.seed": 12,
      "memory.step": 88,
      "memory.stroke": 4,
      "memory.future": 2,
      "swap.hand": 14,
      "swap.turned": true,
      "swap.yours": 60,
      "swap.other": 0,
      "swap.cells": "cluster:3",
      "swap.count": 24,
      "swap.draw": 5,
      "swap.seed": 6,
      "swap.variation": 0.45,
    };
    expect(throughAddress(values, "AQ-_")).toEqual({ values, ink: "AQ-_" });
  });

  test("the checkpoint is in the query, where a host sees it; the ink is not", () => {
    const address = writeAddress({ ...initial, checkpoint: "mine" }, "AQ");
    expect(address).toBe("?checkpoint=mine#ink=AQ");
  });

  test.each([
    ["length=4", { length: 5 }],
    ["length=1e9", { length: 200 }],
    ["length=12.4", { length: 12 }],
    ["variation=0.333", { variation: 0.35 }],
    ["variation=0", { variation: 0.1 }],
    ["variation=NaN&length=&seed=-1&playing=maybe", { seed: 0 }],
    ["unknown=1", {}],
  ])("#%s is brought into range or ignored", (hash, expected) => {
    expect(readAddress({ search: "", hash: `#${hash}` }).values).toEqual({ ...initial, ...expected });
  });

  test("every step of every slider comes back as itself", () => {
    for (const name of [
      "length",
      "variation",
      "wall.variation",
      "wall.speed",
      "field.variation",
      "change.strength",
      "change.clamp",
      "change.scale",
      "change.shift",
    ] as const) {
      const { least, greatest, step } = controls[name];
      for (let k = 0; least + k * step <= greatest + step / 2; k++) {
        const value = Number((least + k * step).toFixed(2));
        expect(throughAddress({ ...initial, [name]: value }).values[name]).toBe(value);
      }
    }
  });
});

test("the state holds a signal for each control", () => {
  const state = createState({ ...initial, length: 42 });
  expect(state.length.value).toBe(42);
  state.seed.value = 9;
  expect(valuesOf(state)).toEqual({ ...initial, length: 42, seed: 9 });
});

test("for readers who prefer reduced motion, moving parts are off unless the link says so", () => {
  const hash = "#wall.playing=1&wall.primed=1";
  const { values } = readAddress({ search: "", hash }, true);
  const off = { playing: false, "type.playing": false };
  expect(values).toEqual({ ...initial, ...off, "wall.playing": true, "wall.primed": true });
});

test("a figure has its own controls, by their own names", () => {
  const state = createState({ ...initial, "wall.seed": 5 });
  const wall = figureState(state, "wall", wallControls);
  expect(Object.keys(wall).sort()).toEqual(["playing", "primed", "seed", "speed", "step", "variation"]);
  wall.variation.value = 1.5;
  expect(valuesOf(state)["wall.variation"]).toBe(1.5);
  expect(valuesOf(state).variation).toBe(initial.variation);
  expect(writeAddress(valuesOf(state), "")).toBe("#wall.seed=5&wall.variation=1.5");
});

test("a link opened in the page changes everything but the checkpoint", () => {
  const state = createState({ ...initial, checkpoint: "mine" });
  takeValues(state, { ...initial, checkpoint: "yours", length: 33, "wall.primed": true });
  expect(valuesOf(state)).toEqual({ ...initial, checkpoint: "mine", length: 33, "wall.primed": true });
});

test("the table has a place for every control", () => {
  const places = (Object.values(controls) as Control<unknown>[]).map(({ where }) => where);
  expect(new Set(places)).toEqual(new Set(["query", "hash"]));
});
