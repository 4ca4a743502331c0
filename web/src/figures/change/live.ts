/** Changing cells at work: from the controls to an intervention, to what is written under it, and what is known of it. */

import { batch, computed, effect, signal } from "@preact/signals-core";
import type { Atlas } from "../../atlas/atlas.ts";
import { atlasOf } from "../../atlas/fetch.ts";
import { atStrength, change as changed, type Intervention } from "../../engine/interventions.ts";
import { packed } from "../../engine/source.ts";
import type { Running } from "../../frame/figure.ts";
import { pointsOf } from "../../ink/path.ts";
import type { Continuation, Stroke } from "../../ink/stroke.ts";
import { PRIORITY } from "../../worker/pool.ts";
import { beforeAfter, type PairsData } from "./before-after.ts";
import { type Effect, effectsOf, type Figures, interventionOf } from "./effect.ts";
import { effectList, effectsChart, effectsKey } from "./effects-chart.ts";
import { ChangeFields } from "./fields.ts";
import type { Measure } from "./measures.ts";
import { fillMenu } from "./menu.ts";
import type { ChangeTask, MeasuredReply, WrittenReply } from "./task.ts";
import type { ChangeWiring } from "./wiring.ts";
import { figureRow, likelihoodTold, MEASURE_WORDS, presetRow, told, toldOwn } from "./words.ts";

export const COUNT = 4;
export const STEPS = 500;
/** Steps of the first sample along which futures are shown. */
const FIELD_STEPS = 160;

/** What is done, before it is done to random cells or in part. */
interface Wanted {
  /** Of the atlas; null for cells of the reader's own. */
  readonly effect: Effect | null;
  readonly intervention: Intervention;
  /** The draw of random cells that the worker makes; 0 for none. */
  readonly random: number;
}

export async function startChange({
  frame,
  parts,
  again,
  ink,
  writing: pen,
}: ChangeWiring): Promise<Running> {
  const { state, seen, chosen } = frame;
  const atlas = signal<Atlas | null>(null);
  /** Whether it is known which atlas there is, if any. */
  const settled = signal(false);
  /** Why there is no atlas, where there should be one. */
  const missing = signal("");
  const written = signal<WrittenReply | null>(null);
  const measured = signal<MeasuredReply | null>(null);
  const problem = signal("");
  const runs = signal(0);
  const writing = signal(!frame.still);

  const client = frame.pool.client<ChangeTask>("change", {
    error(message) {
      problem.value = inWords(message);
    },
  });

  // What is wanted.

  const effects = computed(() => effectsOf(atlas.value?.about.effects ?? []));
  const preset = computed(() => {
    if (state.cells.value.length > 0) return null;
    return effects.value.find(({ name }) => name === state.preset.value) ?? effects.value[0] ?? null;
  });
  const own = computed((): Intervention => {
    const { how, of, cells } = state;
    const numbers = {
      clamp: [0, state.clamp.value],
      scale: [state.scale.value, 0],
      shift: [1, state.shift.value],
    };
    const [scale, shift] = numbers[how.value as keyof typeof numbers] as [number, number];
    return changed(cells.value, of.value === "h" ? "h" : "c", scale, shift);
  });
  const wanted = computed((): Wanted => {
    const random = state.random.value;
    const stored = preset.value;
    if (stored === null) return { effect: null, intervention: own.value, random };
    const other = stored.random[random - 1];
    const intervention = atStrength(interventionOf(other ?? stored), state.strength.value);
    return { effect: stored, intervention, random: other === undefined ? random : 0 };
  });

  parts.measure.addEventListener("click", () => {
    if (frame.loaded.peek() === null) return;
    client.ask(
      "measure",
      own.peek(),
      (reply) => {
        measured.value = reply;
      },
      PRIORITY.background,
    );
    frame.announce("Measuring.");
  });

  effect(() => {
    const loaded = frame.loaded.value;
    if (loaded === null) return;
    batch(() => {
      settled.value = false;
      atlas.value = null;
      missing.value = "";
      problem.value = "";
    });
    atlasOf(loaded)
      .catch((error: Error) => {
        missing.value = error.message;
        return null;
      })
      .then((found) => {
        if (frame.loaded.peek() !== loaded) return;
        batch(() => {
          atlas.value = found;
          settled.value = true;
        });
      });
  });

  /** What the samples go on from. While a stroke is drawn, they stay as they are. */
  let primedBy: readonly Stroke[] = [];
  effect(() => {
    if (!state.primed.value) primedBy = [];
    else if (!pen.value) primedBy = ink.value;
    const { intervention, random } = wanted.value;
    const [seed, variation] = [state.seed.value, state.variation.value];
    if (!settled.value) return;
    const strokes = primedBy.map(packed);
    const request = { intervention, random, strokes, seed, variation, count: COUNT, steps: STEPS };
    client.ask("write", request, (reply) => {
      batch(() => {
        problem.value = "";
        written.value = reply;
      });
    });
  });

  // What was measured is of one intervention.
  effect(() => {
    own.value;
    frame.loaded.value;
    client.drop("measure");
    measured.value = null;
  });

  // The samples, side by side.

  const pairs = computed(() => {
    const reply = written.value;
    if (reply === null) return [];
    const at = (all: Float32Array, k: number): Continuation =>
      continuationOf(all.subarray(3 * STEPS * k, 3 * STEPS * (k + 1)), reply.scale);
    return Array.from({ length: COUNT }, (_, k) => ({
      before: at(reply.before, k),
      after: at(reply.after, k),
    }));
  });
  const title = computed(() => {
    const { effect: stored } = wanted.value;
    const count = written.value?.intervention.length ?? wanted.value.intervention.length;
    if (count === 0) return "No cell is changed";
    const cells = `${count} ${state.random.value > 0 ? "random " : ""}${count === 1 ? "cell" : "cells"}`;
    if (state.random.value > 0) return `${cells}, changed as much`;
    return stored === null ? `${cells} changed` : stored.title;
  });
  const data = computed<PairsData>(() => ({
    pairs: pairs.value,
    key: String(runs.value),
    playing: writing.value && seen.value,
    heads: ["As it is", title.value],
  }));
  const view = beforeAfter(frame.view, data.peek(), {
    count: COUNT,
    onEnd: () => {
      writing.value = false;
    },
  });
  effect(() => view.update(data.value));
  again.write = () =>
    batch(() => {
      runs.value++;
      writing.value = true;
    });

  effect(() => {
    const settings = `seed ${state.seed.value}, variation ${state.variation.value.toFixed(2)}`;
    if (problem.value !== "") frame.say(problem.value);
    else if (written.value === null) frame.say("Loading what is known of the cells");
    else {
      const hand = state.primed.value ? " in your hand" : "";
      frame.say(`${COUNT} samples${hand}, the same random numbers on both sides: ${settings}.`);
    }
  });

  // What is known of it.

  const take = (name: string): void =>
    batch(() => {
      state.cells.value = [];
      state.preset.value = name === effects.value[0]?.name ? "" : name;
      state.random.value = 0;
      state.strength.value = 1;
      if (!frame.still) again.write();
      frame.announce(
        `${preset.value?.title ?? ""}. ${preset.value === null ? "" : told(preset.value).join(" ")}`,
      );
    });
  const chart = effectsChart(
    parts.effects,
    { rows: [], chosen: "" },
    { label: "Changes to try", onChoose: take },
  );
  const rows = computed(() => effects.value.map(presetRow));
  effect(() => chart.update({ rows: rows.value, chosen: preset.value?.name ?? "" }));

  const key = make("effects-key");
  key.append(...effectsKey());
  parts.effects.prepend(key);
  const facts = make("change-facts");
  const aside = make("change-aside");
  parts.told.append(facts, aside);
  const list = effectList(parts.told);
  const ownLines = (reply: MeasuredReply | null): string[] => {
    if (reply !== null) return [toldOwn(reply.done, reply.total)];
    if (missing.value !== "") return [`${missing.value} Name cells by number.`];
    if (settled.value && effects.value.length === 0 && state.cells.value.length === 0) {
      return ["This checkpoint has no measured changes; name cells by number, and measure what they do."];
    }
    return ["What this does has not been measured yet."];
  };
  effect(() => {
    const stored = preset.value;
    const lines = stored !== null ? told(stored) : ownLines(measured.value);
    if (written.value !== null)
      lines.push(likelihoodTold(written.value.loglik, STEPS, state.random.value > 0));
    say(facts, stored?.title ?? "Cells of your choice", stored?.what ?? "", lines);
  });
  effect(() => {
    const figures = preset.value?.figures ?? measured.value?.figures ?? {};
    list.update(measureRows(figures, preset.value?.measure));
    const stored = "What else changes. None of it was settled beforehand, so these are no claims.";
    aside.textContent = preset.value === null ? "" : stored;
  });
  effect(() => {
    parts.measure.disabled = preset.value !== null || own.value.length === 0;
  });
  effect(() => {
    const stored = preset.value;
    fillMenu(parts.menu, { atlas: atlas.value, effects: effects.value, cells: chosen.cells.value });
    parts.menu.value = stored === null ? "" : `preset:${stored.name}`;
    parts.how.value = stored === null ? state.how.value : stored.shift.some(Boolean) ? "clamp" : "scale";
    parts.of.value = stored?.of ?? state.of.value;
  });
  parts.see.addEventListener("click", () => {
    const cells = written.peek()?.intervention.map(({ cell }) => cell) ?? [];
    if (cells.length === 0) return;
    chosen.cells.value = cells;
    document
      .getElementById("cells")
      ?.scrollIntoView({ behavior: frame.still ? "auto" : "smooth", block: "start" });
  });
  parts.menu.addEventListener("change", () => {
    const [kind, name] = split(parts.menu.value);
    if (kind === "preset") take(name);
    else {
      state.cells.value = cellsNamed(kind, name);
      state.random.value = 0;
    }
  });
  /** The cells that the menu names; those of the preset where the reader goes on from them by number. */
  const cellsNamed = (kind: string, name: string): readonly number[] => {
    if (kind === "chosen") return chosen.cells.value;
    if (kind === "feature") return atlas.value?.cellsFor(name) ?? [];
    if (kind === "cluster") return atlas.value?.cluster(Number(name)) ?? [];
    return preset.value?.cells ?? chosen.cells.value;
  };

  // What could have come.

  const fields = new ChangeFields(frame, parts.fields);
  effect(() => {
    const reply = written.value;
    if (reply === null) return;
    fields.show(reply.before.slice(0, 3 * FIELD_STEPS), reply.intervention, title.value);
  });

  return {
    svg: view.svg,
    destroy() {
      client.destroy();
      view.destroy();
      chart.destroy();
      fields.destroy();
    },
  };
}

/** Measures in the order of the table, but for the one that is told above. */
function measureRows(figures: Figures, told?: Measure) {
  const names = Object.keys(MEASURE_WORDS) as Measure[];
  return names.flatMap((name) => {
    const figure = figures[name];
    return figure === undefined || name === told ? [] : [figureRow(name, figure)];
  });
}

function split(value: string): [string, string] {
  const at = value.indexOf(":");
  return at < 0 ? [value, ""] : [value.slice(0, at), value.slice(at + 1)];
}

/** A sample as the paper has it: from the origin, in sheet units. */
function continuationOf(offsets: Float32Array, scale: number): Continuation {
  return pointsOf({ offsets, firstLifted: false, origin: { x: 0, y: 0 }, scale }, 0);
}

/** An engine's error, where it is the change that is too much. */
function inWords(message: string): string {
  if (!message.includes("NaN")) return message;
  return "Under this change the cells grow without bound; multiply by less.";
}

function say(el: HTMLElement, title: string, what: string, lines: readonly string[]): void {
  const heading = document.createElement("h3");
  heading.textContent = title;
  const texts = [what, ...lines].filter((line) => line !== "");
  el.replaceChildren(
    heading,
    ...texts.map((line) => Object.assign(document.createElement("p"), { textContent: line })),
  );
}

function make(name: string): HTMLElement {
  const made = document.createElement("div");
  made.className = name;
  return made;
}
