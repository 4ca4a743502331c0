/**
 * Directions in the space of all cells along which a state may be moved towards another (spec/explain.md): the twin of
 * src/pentrace/explain/directions.py. No DOM: for workers and for Node.
 *
 * Letter key: N cells of all layers in turn.
 */

import stored from "../../../src/pentrace/explain/directions.json" with { type: "json" };
import type { Atlas } from "../atlas/atlas.ts";
import type { Engine, State } from "../engine/engine.ts";
import { change, type Intervention } from "../engine/interventions.ts";
import { randomOrder } from "./silence.ts";

export interface Direction {
  /** [N], its length 1, in standard deviations of each cell. */
  readonly weight: Float64Array;
  /** [N], these standard deviations. */
  readonly spread: Float64Array;
}

/** Kinds of features whose scores have a sign. */
const SIGNED: readonly string[] = ["linear", "binary"];

/** Moves the receiver's c along a direction, as far as the donor lies beyond the receiver. */
export function move(
  engine: Engine,
  { weight, spread }: Direction,
  donor: State,
  receiver: State,
): Intervention {
  const [there, here] = [engine.cells(donor), engine.cells(receiver)];
  let apart = 0;
  weight.forEach((value, cell) => {
    apart += (value * (there[cell]! - here[cell]!)) / spread[cell]!;
  });
  const shift = Array.from(weight, (value, cell) => apart * value * spread[cell]!);
  return change([...weight.keys()], "c", 1, shift);
}

/** A random direction: the same weights, of other cells. */
export function shuffled(
  engine: Engine,
  { weight, spread }: Direction,
  draw: { readonly stream: number; readonly seed: number },
): Direction {
  const order = randomOrder(engine, weight.length, draw);
  return { weight: Float64Array.from(order, (cell) => weight[cell]!), spread };
}

/** The features of an atlas that have a direction. */
export function signedFeatures({ about }: Atlas): string[] {
  return about.features.filter(({ kind }) => SIGNED.includes(kind)).map(({ name }) => name);
}

/** The direction of a feature: each cell weighs as much as it follows the feature; undefined where it has none. */
export function featureDirection(atlas: Atlas, feature: string): Direction | undefined {
  if (!signedFeatures(atlas).includes(feature)) return undefined;
  const scores = Float64Array.from(atlas.scores(feature)!);
  const length = Math.sqrt(scores.reduce((sum, score) => sum + score * score, 0));
  const moments = atlas.tensor("moments.c");
  return {
    weight: scores.map((score) => score / length),
    spread: Float64Array.from(moments.subarray(atlas.cells)),
  };
}

/** The directions of hands that come with pentrace, by trait; none for a checkpoint other than the default. */
export function storedDirections(sha256: string | undefined): ReadonlyMap<string, Direction> {
  if (sha256 !== stored.checkpoint) return new Map();
  const spread = Float64Array.from(stored.spread);
  const entries = Object.entries(stored.directions);
  return new Map(entries.map(([name, weight]) => [name, { weight: Float64Array.from(weight), spread }]));
}
