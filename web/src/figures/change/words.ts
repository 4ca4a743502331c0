/** The texts of the figure of changes: the change, its effects, and the conclusion. */

import { MEASURE_WORDS, range, short } from "../../engine/measure-words.ts";
import type { Measure } from "../../engine/measures.ts";
import { DRAWS } from "../../explain/silence.ts";
import { beatsRandom, type Effect, effectOf, type Figure, randomEffects, randomReach } from "./effect.ts";
import type { EffectRow } from "./effects-chart.ts";
import type { Written } from "./reading.ts";
import type { ChangeWiring } from "./wiring.ts";

/** One row of the list: a preset of the atlas. */
export function presetRow({ name, title, measure, figures, controls, expected }: Effect): EffectRow {
  const row = figureRow(measure, figures[measure]!, expected);
  const detail = `${row.detail}; random ${range(figures[measure]!.random)}`;
  return { ...row, name, title, detail, controls };
}

/** One row: a measure of any intervention, and the side that it was expected to go to; 0 for either. */
export function figureRow(measure: Measure, figure: Figure, expected = 0): EffectRow {
  const { before, after, error } = figure;
  const { name, unit } = MEASURE_WORDS[measure];
  return {
    name: measure,
    title: name,
    detail: `${short(before)} → ${short(after)} ${unit}`,
    effect: effectOf(figure),
    error: error ?? Number.NaN,
    random: randomEffects(figure),
    reach: randomReach(figure, expected),
    controls: beatsRandom(figure, expected),
  };
}

/** The measured effects of a preset, in sentences. */
export function told(effect: Effect): string[] {
  const { figures, measure, cells, samples } = effect;
  const figure = figures[measure]!;
  const { unit, name } = MEASURE_WORDS[measure];
  const count = figure.random.length;
  return [
    `${name}, over ${samples} samples: ${short(figure.before)} ${unit} unchanged, ${short(figure.after)} with these ${cells.length} cells changed (± ${short(figure.error)}).`,
    `For comparison, as many cells were chosen at random, ${count} times, and changed by as much: ${range(figure.random)}.`,
    verdict(effect, figure),
  ];
}

function verdict({ controls, expected, feature, measure }: Effect, figure: Figure): string {
  if (controls) {
    const what = MEASURE_WORDS[measure].control;
    return `The effect goes further than any of these, in the expected direction. So the cells do not only follow “${feature}”: they control ${what}.`;
  }
  const wrong = effectOf(figure) * expected < 0;
  const why = wrong ? "The effect is not in the expected direction" : "Some of these go as far";
  return `${why}. The cells follow “${feature}”, but it is not shown that they control anything.`;
}

/** The same for a change of the reader's own, while it is measured. */
export function toldOwn(done: number, total: number): string {
  if (done < total) return `Measuring: ${done} of ${total} runs of 200 samples.`;
  return total > DRAWS
    ? `A dot outside its band went further than any of ${total - 1} random choices of cells. But there are twelve measures. In about half of all cases, chance alone puts one of them outside. So choose the measure that you want to know about first, and look only at that one.`
    : "There are too few other cells to compare with.";
}

/** How much more or less the unchanged samples surprise the model under the change. */
export function surpriseTold(
  [before, after]: readonly [number, number],
  steps: number,
  random: boolean,
): string {
  const by = before - after;
  const change = random ? "With the random cells changed" : "With the change";
  if (Math.abs(by) < 0.005) return `${change}, the ink on the left surprises the model as much as before.`;
  const word = by < 0 ? "less" : "more";
  return `${change}, the ink on the left surprises the model by ${short(Math.abs(by))} nats a point ${word}: ${short(Math.abs(by) * steps)} nats over a line of ${steps} points.`;
}

/** The line above the figure. */
export function statusText(
  { frame: { state }, primed }: Pick<ChangeWiring, "frame" | "primed">,
  written: Written | null,
): string {
  if (written === null) return "Writing the samples";
  const said = written.text && ` of \u201c${written.text.words}\u201d`;
  const hand = said ?? (primed.value ? " in your hand" : "");
  const settings = `seed ${state.seed.value}, variation ${state.variation.value.toFixed(2)}`;
  return `${written.before.length} samples${hand}, with the same random numbers on both sides: ${settings}.`;
}
