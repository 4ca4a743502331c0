/** Where the ink lies, how dark a stroke is, and what is said of a change. */

import { expect, test } from "vitest";
import { CURVES, meanOf } from "../../../src/figures/memory/plot.ts";
import { bands, type Scene, sceneInk, strength } from "../../../src/figures/memory/scene.ts";
import type { LettersReply, LookReply } from "../../../src/figures/memory/task.ts";
import { factRows, lettersTold, nats } from "../../../src/figures/memory/words.ts";

const ROOM = { side: 20, width: 400, height: 300 };

/** An ink of strokes that are one offset to the right each, every fourth of them through the air. */
function scene(length: number, step: number, stroke: number | null): Scene {
  const offsets = Float32Array.from({ length: 3 * length }, (_, k) =>
    k % 3 === 0 ? 1 : k % 3 === 1 ? 0 : Number((k - 2) % 12 === 9),
  );
  const strokes = Array.from({ length: Math.floor(step / 4) }, (_, k) => ({ begin: 4 * k, end: 4 * k + 4 }));
  const placed = { offsets, firstLifted: false, origin: { x: 0, y: 0 }, scale: 0.1 };
  const ink = sceneInk({ kind: "ink", ...placed, step, strokes, first: 0, left: 0, text: undefined });
  return { ink, influences: new Map(), stroke, look: null, letters: null, future: 0 };
}

const at = (x: number, { zoom, left }: { zoom: number; left: number }): number => x * zoom + left;

test("a short ink is shown whole, whatever the step", () => {
  const [upper, lower] = bands(scene(30, 10, 1), ROOM);
  expect([upper.zoom, upper.left]).toEqual([lower.zoom, lower.left]);
  expect(at(0, upper)).toBeCloseTo(ROOM.side);
  expect(at(300, upper)).toBeLessThan(ROOM.width - ROOM.side + 0.01);
  expect(lower.top - upper.top).toBe(ROOM.height / 2);
  expect(bands(scene(30, 20, 1), ROOM)[0].left).toBe(upper.left);
});

test("of a long ink the step is in sight, and so is the chosen stroke", () => {
  const [near] = bands(scene(400, 300, 74), ROOM);
  expect(at(3000, near)).toBeGreaterThan(ROOM.side);
  expect(at(3000, near)).toBeLessThan(ROOM.width - ROOM.side);
  const [far] = bands(scene(400, 300, 10), ROOM);
  expect(far.zoom).toBeLessThan(near.zoom);
  expect(at(400, far)).toBeGreaterThan(0);
  expect(at(3000, far)).toBeLessThan(ROOM.width - ROOM.side);
});

test("strength rises with the logarithm of the influence", () => {
  expect([strength(-1e-6), strength(0.001), strength(0.5), strength(3)]).toEqual([0, 0, 1, 1]);
  expect(strength(0.01)).toBeGreaterThan(0.3);
  expect(strength(0.1)).toBeGreaterThan(2 * strength(0.01) - 0.1);
});

test("the mean over strokes counts those that reach a distance", () => {
  const strokes = [
    { kind: "stroke" as const, stroke: 0, divergence: 1, near: [0.4, 0.2] },
    { kind: "stroke" as const, stroke: 1, divergence: 1, near: [0.2] },
  ];
  const [first, second] = meanOf(strokes);
  expect(first!.nats).toBeCloseTo(0.3);
  expect([first!.distance, second]).toEqual([1, { distance: 2, nats: 0.2 }]);
  expect(meanOf([])).toEqual([]);
  expect(CURVES.drop!.distances[0]).toBe(1);
});

test("a change within two standard errors is not told as one", () => {
  const look = {
    change: "drop",
    divergence: 0.1234,
    tremble: 0.00001,
    hand: { slant: { change: -3.14, error: 1 }, size: { change: 0.5, error: 0.3 } },
  } as LookReply;
  const rows = factRows(look, null, "");
  expect(rows.map(([, text]) => text)).toEqual([
    "0.12 nats apart; less than 0.0001 where the stroke only trembles",
    "3.1° more to the left (± 1.0)",
    "no clear change (0.5 model units ± 0.3)",
    "Being read",
  ]);
  expect(factRows(look, null, "It failed.").at(-1)![1]).toBe("It failed.");
  expect([nats(0.5), nats(0.0123), nats(0)]).toEqual(["0.5", "0.012", "less than 0.0001"]);
});

test("the letters that come are counted beside those of a tremble", () => {
  const letters = {
    change: "move",
    before: ["a", "a", " ", ""],
    after: ["a", "b", "b", ""],
    tremble: ["a", "a", " ", "c"],
  } as unknown as LettersReply;
  expect(lettersTold(letters)).toBe(
    "another in 2 of 4 futures (in 1 where the stroke only trembles). As it was: a 2, space 1, nothing 1. Now: b 2, a 1, nothing 1",
  );
});
