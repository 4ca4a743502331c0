/** Changing cells at work: from the controls to a change, to the writing under it, and its measured effects. */

import { batch, computed, createModel, effect, type ReadonlySignal } from "@preact/signals-core";
import type { Atlas } from "../../atlas/atlas.ts";
import { make, optionGroup } from "../../draw/element.ts";
import { counted } from "../../draw/words.ts";
import { MEASURE_WORDS } from "../../engine/measure-words.ts";
import type { Measure } from "../../engine/measures.ts";
import { beforeAfter } from "../../views/before-after.ts";
import type { Effect, Figures } from "./effect.ts";
import { type EffectRow, effectList, effectsChart } from "./effects-chart.ts";
import { changeFields, type FieldsData } from "./fields.ts";
import { pythonOf } from "./python.ts";
import { COUNT, type Known, reading, type Written } from "./reading.ts";
import type { ChangeWiring } from "./wiring.ts";
import { figureRow, presetRow, statusText, surpriseTold, told, toldOwn } from "./words.ts";

/** Steps of the first sample along which futures are shown. */
const FIELD_STEPS = 160;

export const LiveChange = createModel((wiring: ChangeWiring) => {
  const { frame, parts } = wiring;
  const known = reading(wiring);
  const { written, effects, preset } = known;
  const title = computed(() => titleOf(known, frame.state.random.value > 0));

  wiring.again.write = beforeAfter(frame.view, written, {
    ...{ count: COUNT, seen: frame.seen, still: frame.still },
    heads: computed(() => ["Unchanged", title.value]),
  });
  const take = takePreset(wiring, known);
  const rows = computed(() => effects.value.map(presetRow));
  effect(() => {
    const none = known.settled.value && rows.value.length === 0;
    parts.effects.parentElement?.classList.toggle("without-effects", none);
  });
  const chosen = computed(() => preset.value?.name ?? "");
  effectsChart(parts.effects, rows, chosen, take);
  tellKnown(wiring, known);
  changeFields(parts.fields, frame.pool, fieldsOf(written, title));
  controlsOf(wiring, known, take);
  effect(() => {
    frame.say(known.failed.value || statusText(wiring, written.value));
  });
  return { python: () => pythonOf(wiring, written.value) };
});

/** Points of a sample without the change. */
function usualLength({ before }: Written): number {
  return Math.round(before.reduce((sum, { pointers }) => sum + pointers.length, 0) / before.length);
}

function titleOf({ wanted, preset, written }: Known, random: boolean): string {
  const count = (written.value ?? wanted.value).intervention.length;
  if (count === 0) return "No cell is changed";
  const cells = counted(count, random ? "random cell" : "cell");
  if (random) return `${cells}, changed by as much`;
  return preset.value?.title ?? `${cells} changed`;
}

/** Chooses a preset by its name. */
function takePreset({ frame, again }: ChangeWiring, { effects, preset }: Known): (name: string) => void {
  const { state, still, announce } = frame;
  return (name) =>
    batch(() => {
      state.cells.value = [];
      state.preset.value = name === effects.value[0]?.name ? "" : name;
      state.random.value = 0;
      state.strength.value = 1;
      if (!still) again.write();
      const chosen = preset.value;
      if (chosen !== null) announce(`${chosen.title}. ${told(chosen).join(" ")}`);
    });
}

/** What is known of the change: in words, and every measure. */
function tellKnown({ frame, parts }: ChangeWiring, known: Known): void {
  const { state } = frame;
  const { preset, effects, settled, problem, written, measured } = known;
  const facts = make("div", "change-facts");
  const aside = make("div", "change-aside");
  parts.told.append(facts, aside);
  const ownLine = (): string => {
    if (measured.value !== null) return toldOwn(measured.value.done, measured.value.total);
    if (problem.value !== "") return `${problem.value} Give the cells by number.`;
    const nothing = settled.value && effects.value.length === 0 && state.cells.value.length === 0;
    return nothing
      ? `This model has no measured changes to try; “pentrace atlas ${frame.loaded.value?.name} LINES.parquet” measures some. You can give cells by number, and measure here what they do.`
      : "The effect of this change has not been measured yet.";
  };
  effect(() => {
    const stored = preset.value;
    const lines = stored === null ? [ownLine()] : [stored.what, ...told(stored)];
    if (written.value !== null)
      lines.push(surpriseTold(written.value.loglik, usualLength(written.value), state.random.value > 0));
    const heading = make("h3", "", stored?.title ?? "Cells of your choice");
    facts.replaceChildren(heading, ...lines.filter(Boolean).map((line) => make("p", "", line)));
    aside.textContent =
      stored === null
        ? ""
        : "What else changes. These measures were not chosen in advance, so they prove nothing.";
  });
  const rows = computed(() =>
    measureRows(preset.value?.figures ?? measured.value?.figures ?? {}, preset.value?.measure),
  );
  effectList(parts.told, rows);
}

/** Measures in the order of the table, without the one that is shown above. */
function measureRows(figures: Figures, told?: Measure): EffectRow[] {
  const names = Object.keys(MEASURE_WORDS) as Measure[];
  return names.flatMap((name) => {
    const figure = figures[name];
    return figure === undefined || name === told ? [] : [figureRow(name, figure)];
  });
}

/** Along the first sample without the change; the same array while that sample is the same. */
function fieldsOf(
  written: ReadonlySignal<Written | null>,
  title: ReadonlySignal<string>,
): ReadonlySignal<FieldsData | null> {
  let last = new Float32Array(0);
  return computed(() => {
    if (written.value === null) return null;
    const { before, text, intervention } = written.value;
    const { offsets: all, pointers } = before[0]!;
    const offsets = all.slice(0, 3 * FIELD_STEPS);
    if (offsets.length !== last.length || offsets.some((value, k) => value !== last[k])) last = offsets;
    const said = text && { ...text, pointers: pointers.slice(0, FIELD_STEPS) };
    return { offsets: last, text: said, intervention, title: title.value };
  });
}

/** The controls that need the model or its atlas. */
function controlsOf(
  { frame, parts }: ChangeWiring,
  { atlas, effects, preset, own, written, measure }: Known,
  take: (name: string) => void,
): void {
  const { state, chosen } = frame;
  const { menu, how, of, see } = parts;
  effect(() => {
    parts.measure.disabled = preset.value !== null || own.value.length === 0;
  });
  effect(() => {
    const stored = preset.value;
    menu.replaceChildren(...namedCells(atlas.value, effects.value, chosen.cells.value.length));
    menu.value = stored === null ? "" : `preset:${stored.name}`;
    how.value = stored === null ? state.how.value : stored.shift.some(Boolean) ? "clamp" : "scale";
    of.value = stored?.of ?? state.of.value;
  });
  /** The cells that the menu names; for "by number", those of the preset, so that the reader can go on from them. */
  const cellsNamed = (kind: string, name: string): readonly number[] => {
    if (kind === "chosen") return chosen.cells.value;
    if (kind === "feature") return atlas.value?.cellsFor(name) ?? [];
    if (kind === "cluster") return atlas.value?.cluster(Number(name)) ?? [];
    return preset.value?.cells ?? chosen.cells.value;
  };
  menu.addEventListener("change", () => {
    const [kind, ...rest] = menu.value.split(":");
    const name = rest.join(":");
    if (kind === "preset") take(name);
    else
      batch(() => {
        state.cells.value = cellsNamed(kind!, name);
        state.random.value = 0;
      });
  });
  parts.measure.addEventListener("click", measure);
  see.addEventListener("click", () => {
    const cells = written.value?.intervention.map(({ cell }) => cell) ?? [];
    if (cells.length === 0) return;
    chosen.cells.value = cells;
    frame.goTo("cells");
  });
}

/** Cells of a feature. */
const TOP = 10;

/** The values are `preset:NAME`, `feature:NAME`, `cluster:NUMBER`, `chosen`, and "" for cells by number. */
function namedCells(atlas: Atlas | null, effects: readonly Effect[], chosen: number): HTMLElement[] {
  const { features = [], clusters = [] } = atlas?.about ?? {};
  const own = [new Option("Cells by number", "")];
  if (chosen > 0) own.push(new Option(`Chosen above: ${chosen}`, "chosen"));
  return [
    optionGroup(
      "Measured",
      effects.map(({ name, title }) => new Option(title, `preset:${name}`)),
    ),
    optionGroup("Your own", own),
    optionGroup(
      "Cells that follow",
      features.map(({ name }) => new Option(`${TOP} that follow “${name}”`, `feature:${name}`)),
    ),
    optionGroup(
      "Clusters",
      clusters.map(({ size, feature }, k) => {
        const follows = feature === null ? "" : `, “${feature}”`;
        return new Option(`Cluster ${k}: ${size} cells${follows}`, `cluster:${k}`);
      }),
    ),
  ];
}
