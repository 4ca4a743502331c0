/** What the figure of changes says: what is done, what it does, and what may be concluded. */

import { beatsRandom, DRAWS, type Effect, effectOf, type Figure, randomEffects } from "../change/effect.ts";
import type { Measure } from "../change/measures.ts";
import type { EffectRow } from "../views/effects-chart.ts";

interface Words {
  /** What is measured, as the beginning of a row. */
  readonly name: string;
  readonly unit: string;
}

/** What each measure is called. */
export const MEASURE_WORDS: Readonly<Record<Measure, Words>> = {
  "pen lifts": { name: "Pen lifts", unit: "lifts in 100 points" },
  advance: { name: "Movement to the right", unit: "units a step" },
  drift: { name: "Movement down", unit: "units a step" },
  "direction spread": { name: "Spread of directions", unit: "of 1" },
  "step length": { name: "Length of a step", unit: "units" },
  turn: { name: "Turn to the right", unit: "degrees a step" },
  "stroke length": { name: "Length of a stroke", unit: "units" },
  "stroke height": { name: "Height of a stroke", unit: "units" },
  straightness: { name: "Straightness of strokes", unit: "of 1" },
  slant: { name: "Slant to the right", unit: "degrees" },
  collapse: { name: "Samples that collapse", unit: "%" },
  "log-likelihood": { name: "Log-likelihood of unchanged ink", unit: "nats a point" },
};

/** Three digits or so, with a true minus sign. */
export function short(value: number | null): string {
  if (value === null || !Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  const text = value.toFixed(size >= 99.5 ? 0 : size >= 9.95 ? 1 : 2);
  return (Number(text) === 0 ? text.replace("-", "") : text).replace("-", "\u2212");
}

/** From least to greatest, as random cells have it. */
function range(values: readonly (number | null)[]): string {
  const known = values.filter((value) => value !== null);
  if (known.length === 0) return "";
  return `${short(Math.min(...known))} to ${short(Math.max(...known))}`;
}

/** One row of the list: a preset of the atlas. */
export function presetRow({ name, title, measure, figures, controls }: Effect): EffectRow {
  return { ...figureRow(name, title, figures[measure]!, measure), controls };
}

/** One row: a measure of any intervention. */
export function figureRow(name: string, title: string, figure: Figure, measure: Measure): EffectRow {
  const { before, after, error, random } = figure;
  const beside = random.length > 0 ? `; random ${range(random)}` : "";
  return {
    name,
    title,
    detail: `${short(before)} → ${short(after)} ${MEASURE_WORDS[measure].unit}${beside}`,
    effect: effectOf(figure),
    error: error ?? Number.NaN,
    random: randomEffects(figure),
    controls: beatsRandom(figure, 0),
  };
}

/** What a preset was measured to do, in sentences. */
export function told(effect: Effect): string[] {
  const { figures, measure, cells, samples, feature } = effect;
  const figure = figures[measure]!;
  const { unit, name } = MEASURE_WORDS[measure];
  const count = figure.random.length;
  return [
    `${name}, over ${samples} samples: ${short(figure.before)} ${unit} as it is, ${short(figure.after)} with these ${cells.length} cells changed (± ${short(figure.error)}).`,
    `With as many random cells, which vary about as much and are moved as far, ${count} times over: ${range(figure.random)}.`,
    verdict(effect.controls, figure, effect.expected, feature),
  ];
}

function verdict(controls: boolean, figure: Figure, expected: number, feature: string): string {
  if (controls) {
    return `So these cells do not only follow “${feature}”: what they hold decides how the model writes.`;
  }
  const wrong = effectOf(figure) * expected < 0;
  const why = wrong ? "The change goes the other way than it should" : "Random cells do as much";
  return `${why}. So these cells follow “${feature}”, but it is not shown that they control it.`;
}

/** The same for an intervention of the reader's, as it is being measured. */
export function toldOwn(done: number, total: number): string {
  if (done < total) return `Measuring: ${done} of ${total} runs of 200 samples.`;
  const claim =
    total > DRAWS
      ? `A dot outside its band is more than any of ${total - 1} random choices of cells did. Of twelve measures looked at together, chance puts one there every other time: settle which one you mean before you look.`
      : "There are too few other cells to compare with.";
  return claim;
}

/** The difference that a change makes to how likely the ink on the left is. */
export function likelihoodTold(loglik: Float32Array, steps: number): string {
  const pairs = loglik.length / 2;
  let [before, after] = [0, 0];
  for (let k = 0; k < pairs; k++) {
    before += loglik[2 * k]! / pairs;
    after += loglik[2 * k + 1]! / pairs;
  }
  const by = after - before;
  if (Math.abs(by) < 0.005) return "The ink on the left is as likely with the change as without.";
  const word = by < 0 ? "less" : "more";
  return `With the change, the model finds the ink on the left ${short(Math.abs(by))} nats a point ${word} likely: ${short(Math.abs(by) * steps)} over a line of ${steps} points.`;
}
