/** Cells that say nothing (h = 0), and as many random ones: the twin of `silence` in explain/votes.py. */

import type { Engine, State } from "../engine/engine.ts";
import { change, type Intervention, intervene } from "../engine/interventions.ts";
import { type Reading, using } from "./reading.ts";
import { shareOf, type Ways } from "./ways.ts";

/** Draws of random cells that a claim needs: by chance an effect exceeds all of them once in 20 times. */
export const DRAWS = 19;

/** As many random cells as `cells`, out of the others of H; draw: the stream of random numbers. */
export function randomCells(
  engine: Engine,
  cells: readonly number[],
  hidden: number,
  seed: number,
  draw: number,
): number[] {
  const others = othersOf(cells, hidden);
  const order = randomOrder(engine, others.length, { seed, stream: draw });
  return order.slice(0, cells.length).map((k) => others[k]!);
}

/** The cells of `count` that are not among some. */
export function othersOf(cells: readonly number[], count: number): number[] {
  const chosen = new Set(cells);
  return Array.from({ length: count }, (_, cell) => cell).filter((cell) => !chosen.has(cell));
}

/** The numbers 0 to count - 1 in a random order. */
export function randomOrder(
  engine: Engine,
  count: number,
  draw: { readonly stream: number; readonly seed: number },
): number[] {
  const numbers = engine.random(count, draw);
  return [...numbers.keys()].sort((i, j) => numbers[i]! - numbers[j]!);
}

/** Silences cells of the top layer. */
export function silenceOf(
  cells: readonly number[],
  { architecture: { layers, hidden } }: Engine,
): Intervention {
  const numbers = cells.map((cell) => (layers - 1) * hidden + cell);
  return change(numbers, "h", 0, 0);
}

/** The state that predicts offset `step`, from the one before, with cells silent during the last step alone. */
export function silentStep(reading: Reading, before: State, step: number, cells: readonly number[]): State {
  const { engine } = reading;
  const state = before.copy();
  intervene(engine, silenceOf(cells, engine));
  try {
    reading.goOn(state, step - 1, step);
  } finally {
    intervene(engine, []);
  }
  return state;
}

/** The share of the first way when cells are silent at this step alone; before: the state one step earlier. */
export function shareAtStep(
  reading: Reading,
  before: State,
  step: number,
  ways: Ways,
  cells: readonly number[],
): number {
  return using(silentStep(reading, before, step, cells), (state) =>
    shareOf(reading.engine.mixture(state), ways),
  );
}

/** The same when they are silent from the first step on; quiet: an engine whose interventions are its own. */
export function shareAlways(
  reading: Reading,
  quiet: Engine,
  step: number,
  ways: Ways,
  cells: readonly number[],
): number {
  intervene(quiet, silenceOf(cells, quiet));
  return using(reading.by(quiet).state(step), (state) => shareOf(quiet.mixture(state), ways));
}
