/**
 * A list of interventions and their measured effects: a dot for the effect, a mark for each draw of random cells, and a
 * band as wide as they reach. Only a dot outside the band says something about the cells. One can be chosen.
 */

import { effect, type ReadonlySignal } from "@preact/signals-core";
import { make, makeButton, stepOf } from "../../draw/element.ts";
import { type Mark, plotKey, plotOf } from "../../views/mark-plot.ts";

export interface EffectRow {
  readonly name: string;
  readonly title: string;
  /** The measurement as text: before, after, and with random cells. */
  readonly detail: string;
  /** after - before, and its standard error; NaN where it is not known. */
  readonly effect: number;
  readonly error: number;
  /** The same for each draw of random cells. */
  readonly random: readonly number[];
  /** How far random cells reach: from, to. */
  readonly reach: readonly [number, number];
  /** Whether the effect lies beyond, to the expected side. */
  readonly controls: boolean;
}

/** chosen: the name of a row; "" for none. */
export function effectsChart(
  el: HTMLElement,
  rows: ReadonlySignal<readonly EffectRow[]>,
  chosen: ReadonlySignal<string>,
  onChoose: (name: string) => void,
): void {
  const list = make("div", "effects");
  list.role = "radiogroup";
  list.ariaLabel = "Changes to try";
  el.append(key(), list);
  let buttons: HTMLButtonElement[] = [];

  const button = (row: EffectRow, k: number): HTMLButtonElement => {
    const made = makeButton(() => onChoose(row.name), `choice ${namesOf(row)}`, ...content(row));
    made.role = "radio";
    made.dataset.name = row.name;
    made.addEventListener("keydown", (event) => {
      const by = stepOf(event, { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 });
      if (by === undefined) return;
      const to = (k + by + rows.value.length) % rows.value.length;
      onChoose(rows.value[to]!.name);
      buttons[to]?.focus();
    });
    return made;
  };

  effect(() => {
    buttons = rows.value.map(button);
    list.replaceChildren(...buttons);
  });
  effect(() => {
    const at = rows.value.findIndex(({ name }) => name === chosen.value);
    buttons.forEach((each, k) => {
      each.ariaChecked = String(k === at);
      each.tabIndex = k === Math.max(at, 0) ? 0 : -1;
    });
  });
}

/** What the marks mean. */
function key(): HTMLElement {
  return plotKey("effects-key", "effect-plot", [
    ["dot beats", "further than all random cells"],
    ["dot", "not further"],
    ["draw", "random cells"],
    ["none", "no effect"],
  ]);
}

/** The same rows without a choice. */
export function effectList(el: HTMLElement, rows: ReadonlySignal<readonly EffectRow[]>): void {
  const list = make("ul", "effects");
  el.append(list);
  effect(() => list.replaceChildren(...rows.value.map((row) => make("li", namesOf(row), ...content(row)))));
}

function namesOf({ controls }: EffectRow): string {
  return controls ? "effect controls-it" : "effect";
}

function content(row: EffectRow): HTMLElement[] {
  return [make("span", "clipped", row.title), plot(row), make("span", "effect-detail clipped", row.detail)];
}

/** Each row has a scale of its own, with "no effect" in the middle. */
function plot({ effect, error, random, reach: [from, to] }: EffectRow): HTMLElement {
  const widest = Math.max(-from, to, Number.isFinite(effect) ? Math.abs(effect) + (error || 0) : 0);
  const reach = 1.15 * widest || 1;
  const at = (value: number): number => 50 + (50 * value) / reach;
  return plotOf("effect-plot", at, [
    ...(from < to ? [["band", from, to] satisfies Mark] : []),
    ["none", 0],
    ...random.map((value): Mark => ["draw", value]),
    ...(error > 0 ? [["error", effect - error, effect + error] satisfies Mark] : []),
    ["dot", effect],
  ]);
}
