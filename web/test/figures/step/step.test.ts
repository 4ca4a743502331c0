/// <reference types="node" />
/** One step: its numbers are the engine's, bit for bit, and the drawings and sentences show these. */

import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { plainest, rhythm } from "../../../src/cells/rhythm.ts";
import { gridOf } from "../../../src/cells/state-grid.ts";
import { decodeCheckpoint } from "../../../src/checkpoint/checkpoint.ts";
import { SvgDrawing } from "../../../src/draw/drawing.ts";
import { Engine } from "../../../src/engine/engine.ts";
import { Model } from "../../../src/engine/model.ts";
import { Sources } from "../../../src/engine/path.ts";
import { packed } from "../../../src/engine/source.ts";
import { COMPLETE, cellDiagram } from "../../../src/figures/step/cell-diagram.ts";
import type { Colours } from "../../../src/figures/step/marks.ts";
import { nearest, penPaper, READ, UNMIXED } from "../../../src/figures/step/pen-paper.ts";
import { type Step, stepOf } from "../../../src/figures/step/step.ts";
import { type StepReply, type StepRequest, stepTask } from "../../../src/figures/step/task.ts";
import { headline, movementText, numbersOf, STAGES, three } from "../../../src/figures/step/words.ts";
import { handwritten } from "../../../src/ink/example.ts";
import { inkPath } from "../../../src/ink/path.ts";
import { RULING } from "../../../src/ink/stroke.ts";

const root = new URL("../../../../", import.meta.url);
const CHECKPOINTS = ["tiny", "tiny-ln", "tiny-hyper", "tiny-text"];
const strokes = handwritten("write here", 0).map(packed);
const models = new Map<string, Model>();

beforeAll(async () => {
  const module = await WebAssembly.compile(readFileSync(new URL("src/pentrace/static/engine.wasm", root)));
  for (const name of CHECKPOINTS) {
    const bytes = readFileSync(new URL(`spec/golden/${name}.safetensors`, root));
    models.set(name, new Model(module, decodeCheckpoint(new Uint8Array(bytes), name)));
  }
});

function ask(name: string, request: Partial<StepRequest> = {}): StepReply {
  const source = { kind: "sheet", strokes } as const;
  const all = { source, row: null, drawn: 0, seed: 1, cell: null, ...request };
  const replies = [...stepTask(models.get(name)!).step(all)].filter((reply) => reply !== undefined);
  expect(replies).toHaveLength(1);
  return replies[0]!;
}

describe.each(CHECKPOINTS)("of %s", (name) => {
  test("all numbers are those of a trace of the same offsets", () => {
    const reply = ask(name, { drawn: 4, seed: 7, cell: 3 });
    const engine = new Engine(models.get(name)!);
    const { hidden } = engine.architecture;
    const n = reply.offsets.length / 3;
    expect([reply.own, n]).toEqual([reply.whole, reply.whole + 4]);
    const all = new Float32Array([...reply.offsets, ...reply.next]);
    const trace = engine.trace(engine.start(), all, { gates: true, mixture: true });
    const cells = trace.c!.length / (n + 1);
    expect(Array.from(reply.history)).toEqual(
      Array.from({ length: n + 1 }, (_, p) => trace.c![p * cells + 3]),
    );
    const last = 4 * cells * n;
    expect(Array.from(reply.gates)).toEqual(
      [0, 1, 2, 3].map((gate) => trace.gates![last + gate * hidden + 3]),
    );
    expect(Array.from(reply.hidden)).toEqual(Array.from(trace.h!.subarray(cells * n)));
    expect(Array.from(reply.mixture)).toEqual(
      Array.from(trace.mixture!.subarray((trace.mixture!.length / (n + 1)) * n)),
    );
  });

  test("what the model draws is what it would write after the ink", () => {
    const reply = ask(name, { drawn: 3, seed: 9 });
    const engine = new Engine(models.get(name)!);
    const state = engine.start();
    engine.consume(state, reply.offsets.subarray(0, 3 * reply.own));
    const written = engine.sample(state, 4, { seed: 9, origin: reply.own, variation: 1 });
    expect(Array.from(reply.next)).toEqual(Array.from(written.subarray(9)));
    expect(Array.from(reply.offsets.subarray(3 * reply.own))).toEqual(Array.from(written.subarray(0, 9)));
  });

  test("the parts make up the whole", () => {
    const step = stepOf(ask(name));
    expect(step.kept + step.added).toBeCloseTo(step.after, 5);
    expect(step.gates.output * step.squashed).toBeCloseTo(step.shown, 6);
    if (name === "tiny") expect(step.squashed).toBeCloseTo(Math.tanh(step.after), 5);
  });
});

test("the cell is the plainest on the whole ink, wherever the step is", () => {
  const engine = new Engine(models.get("tiny")!);
  const { left: _, ...source } = new Sources(engine, RULING).read({ kind: "sheet", strokes });
  const padded = new Float32Array([...source.offsets, 0, 0, 0]);
  const { c } = engine.trace(engine.start(), padded);
  const cells = c!.length / (padded.length / 3);
  const expected = plainest(c!, rhythm(c!, cells, inkPath(source).y));
  expect([ask("tiny").cell, ask("tiny", { row: 20 }).cell]).toEqual([expected, expected]);
});

test("any movement of the ink can be opened, and none beyond it", () => {
  expect(ask("tiny", { row: 17 }).offsets).toHaveLength(51);
  const all = ask("tiny");
  expect(ask("tiny", { row: 2999 }).own).toBe(all.own);
  const first = stepOf(ask("tiny", { row: 0 }));
  expect([first.movement, first.before]).toEqual([null, 0]);
  expect(numbersOf(first, 0, false)).toBe("The pen has not moved yet.");
});

const css = Object.fromEntries(
  ["ink", "muted", "rule", "paper", "future", "cell-low", "cell-high"].map((name) => [name, `#${name}`]),
) as Colours;
const size = { width: 700, height: 260 };

/** What is drawn, as SVG. */
function svg(draw: typeof cellDiagram, step: Step, at: number, of = size): string {
  const on = new SvgDrawing();
  draw(on, step, at, of, css);
  return on.toString();
}

describe("drawings", () => {
  let step: Step;
  beforeAll(() => {
    step = stepOf(ask("tiny", { drawn: 2 }));
  });

  test("hold only finite numbers at every stage and between them", () => {
    for (let at = 0; at <= STAGES.length - 1; at += 0.25) {
      for (const draw of [cellDiagram, penPaper]) {
        for (const narrow of [size, { width: 320, height: 300 }]) {
          expect(svg(draw, step, at, narrow)).not.toMatch(/NaN|Infinity|undefined/);
        }
      }
    }
  });

  test("show each value when its stage has come, and not before", () => {
    const kept = `>${three(step.kept)}<`;
    expect(svg(cellDiagram, step, 1)).not.toContain(kept);
    expect(svg(cellDiagram, step, 2)).toContain(kept);
    const all = svg(cellDiagram, step, 4);
    for (const value of [step.after, step.squashed, step.shown, ...Object.values(step.gates)]) {
      expect(all).toContain(`>${three(value)}<`);
    }
  });

  test("have two ellipses for each component that is seen, from the stage of the mixture on", () => {
    const seen = step.mixture.components.filter(({ weight }) => weight >= 0.005).length;
    const filled = (at: number): number =>
      svg(penPaper, step, at).match(/<path fill="#future"/g)?.length ?? 0;
    expect(filled(6) - filled(5)).toBe(2 * seen);
  });

  test("stay as they are where the figure does not draw them again", () => {
    const still = (draw: typeof cellDiagram, from: number, to: number): void => {
      const first = svg(draw, step, from);
      for (let at = from; at <= to; at += 0.125) expect(svg(draw, step, at)).toBe(first);
    };
    still(cellDiagram, COMPLETE, STAGES.length - 1);
    still(penPaper, READ, UNMIXED);
  });

  test("find the movement that is clicked", () => {
    const own = stepOf(ask("tiny"));
    // The pen is at this place of the paper.
    expect(nearest(own, 0.56 * size.width, size.height / 2, size)).toBe(own.own);
    expect(nearest(own, size.width, 0, size)).toBeNull();
  });
});

describe("words", () => {
  test("say the numbers of the step at every stage", () => {
    const step = stepOf(ask("tiny"));
    const said = STAGES.map((_, k) => numbersOf(step, k, false));
    expect(new Set(said).size).toBe(STAGES.length);
    expect(said[2]).toBe(`${three(step.gates.forget)} × ${three(step.before)} = ${three(step.kept)}`);
    expect(said[4]).not.toContain("In this model");
    expect(numbersOf(step, 4, true)).toContain("In this model");
    expect(said.join(" ")).not.toMatch(/NaN|undefined|-\d/);
  });

  test("say which movement is read", () => {
    const all = stepOf(ask("tiny"));
    expect(headline(all, true)).toBe(`Movement ${all.whole}, the last of the example`);
    expect(headline(stepOf(ask("tiny", { row: 20 })), false)).toBe(`Movement 20 of ${all.whole} in your ink`);
    expect(headline(stepOf(ask("tiny", { row: 20, drawn: 2 })), false)).toBe(
      "Movement 2 that the model has drawn after movement 20 of your ink",
    );
  });

  test.each([
    [{ dx: 0.5, dy: -0.25, lifts: false }, "0.500 to the right, 0.250 up, and the pen stays on the paper"],
    [{ dx: -1, dy: 0.1, lifts: true }, "1.000 to the left, 0.100 down, and the pen lifts"],
  ])("%o is a movement in words", (movement, text) => expect(movementText(movement)).toBe(text));

  test("a small negative number has no sign that means nothing", () => {
    expect([three(-0.0001), three(-0.0006)]).toEqual(["0.000", "\u22120.001"]);
  });
});

test.each([
  [500, 700, 88],
  [30, 300, 300],
  [1, 50, 20],
])("%d squares lie within %d by %d", (count, width, height) => {
  const { columns, side, left, top } = gridOf(count, { width, height });
  const rows = Math.ceil(count / columns);
  expect(columns * side).toBeLessThanOrEqual(width + 1e-9);
  expect(rows * side).toBeLessThanOrEqual(height + 1e-9);
  expect(Math.min(left, top)).toBeGreaterThanOrEqual(-1e-9);
  expect(side).toBeGreaterThan(0.6 * Math.sqrt((width * height) / count));
});
