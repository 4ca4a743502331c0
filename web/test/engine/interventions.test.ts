/** Interventions mean the same here and in Python: spec/golden/interventions.json. */

import { expect, test } from "vitest";
import { cellsOf } from "../../src/cells/words.ts";
import { Engine } from "../../src/engine/engine.ts";
import {
  atStrength,
  type Changed,
  change,
  type Intervention,
  settingsOf,
} from "../../src/engine/interventions.ts";
import { Model } from "../../src/engine/model.ts";
import { goldenCheckpoint, json, wasm } from "../files.ts";
import { digest } from "../golden.ts";

interface Case {
  changes: {
    how: "clamp" | "scale" | "shift";
    cells: string;
    values: number | number[];
    of: Changed;
    layer: number;
  }[];
  strength: number;
  settings: (string | null)[];
  seed: number;
  steps: number;
  variation: number;
  strokes: string;
}

const cases = json<Case[]>("spec/golden/interventions.json");
const module = wasm("engine");
const checkpoint = goldenCheckpoint("tiny");
const { hidden, layers } = checkpoint.architecture;

function made({ changes, strength }: Case): Intervention {
  const whole = changes.flatMap(({ how, cells, values, of, layer }) => {
    const numbers = (cellsOf(cells) ?? []).map((cell) => layer * hidden + cell);
    const each = Array.isArray(values) ? values : numbers.map(() => values);
    if (how === "scale") return numbers.flatMap((cell, k) => change([cell], of, each[k]!, 0));
    return change(numbers, of, how === "clamp" ? 0 : 1, each);
  });
  return atStrength(whole, strength);
}

test.each(cases.map((each, k) => [k, each] as const))("golden case %i", async (_, each) => {
  const tables = settingsOf(made(each), { layers, hidden });
  expect(await Promise.all(tables.map((table) => table && digest(table)))).toEqual(each.settings);
  const engine = new Engine(new Model(module, checkpoint));
  tables.forEach((table, layer) => {
    engine.intervene(layer, table);
  });
  const { seed, steps, variation } = each;
  expect(await digest(engine.sample(engine.start(), steps, { seed, variation }))).toBe(each.strokes);
});

test("a cell that the model does not have is named", () => {
  expect(() => settingsOf(change([60], "c", 0, 0), { layers, hidden })).toThrow(
    "cell 60: expected 0 to 59, as this model has",
  );
});
