/** Two fields of futures along one ink, without a change and with it. They are drawn when they are near the window. */

import { computed, effect, type ReadonlySignal, type Signal, signal, untracked } from "@preact/signals-core";
import { asSlider, make, stepOf } from "../../draw/element.ts";
import { settled } from "../../draw/redraw.ts";
import type { Intervention } from "../../engine/interventions.ts";
import type { SourceText } from "../../engine/source.ts";
import { intersecting } from "../../frame/figure.ts";
import { fieldClient } from "../../futures/client.ts";
import { clearestFork, Field, pathOf } from "../../futures/field.ts";
import { futuresField } from "../../futures/futures-field.ts";
import { legend } from "../../futures/legend.ts";
import type { Pool } from "../../worker/pool.ts";

/** What is drawn. */
export interface FieldsData {
  /** [n, 3] */
  readonly offsets: Float32Array;
  /** What they say; null for ink alone. */
  readonly text: SourceText | null;
  readonly intervention: Intervention;
  readonly title: string;
}

const COUNT = 30;
const DRAWS = { steps: 8, seed: 1, variation: 0.7 };
const NEAR = "200px 0px";
/** While a control moves, fields wait. */
const PATIENCE_MS = 250;

export function changeFields(el: HTMLElement, pool: Pool, data: ReadonlySignal<FieldsData | null>): void {
  const title = make("h3", "", "Possible futures along the first sample");
  const [left, right] = [make("div"), make("div")];
  el.append(
    make("div", "change-fields-head", title, legend()),
    make("div", "change-fields-both", left, right),
  );
  const near = intersecting(el, NEAR);
  const rested = settled(data, PATIENCE_MS);
  const shown = signal<FieldsData | null>(null);
  effect(() => {
    if (near.value && rested.value !== null) shown.value = rested.value;
  });

  /** The step that both look at: at first, where the unchanged model has the clearest choice. */
  const step = signal(0);
  const offsets = computed(() => shown.value?.offsets ?? null);
  const unchanged = computed(
    () =>
      offsets.value && {
        offsets: offsets.value,
        text: untracked(() => shown.value!.text),
        intervention: [],
        title: "Without the change",
      },
  );
  const fields = [side(left, pool, 0, unchanged, step), side(right, pool, 1, shown, step)] as const;
  effect(() => {
    const path = fields[0].value?.path;
    if (path !== undefined) step.value = clearestFork(path);
  });
}

/** One of the two: its heading and its field. Returns the field. */
function side(
  el: HTMLElement,
  pool: Pool,
  worker: number,
  data: ReadonlySignal<FieldsData | null>,
  step: Signal<number>,
): ReadonlySignal<Field | null> {
  const heading = make("h3", "clipped");
  const box = make("div", "change-field view");
  el.append(heading, box);
  const field = signal<Field | null>(null);
  const client = fieldClient(pool, [worker], {
    path(reply) {
      const next = new Field(pathOf(reply, undefined), DRAWS, COUNT);
      field.value = next;
      client.draw(next.missing(), DRAWS);
    },
    piece: ({ piece, offsets, ends }) => field.value?.add(piece, offsets, ends),
    error(message) {
      box.dataset.problem = message;
    },
  });
  const at = computed(() => Math.min(step.value, field.value?.path.length ?? 0));
  const seen = computed(
    () => field.value && { field: field.value, growing: false, step: at.value, future: null },
  );
  const look = (row: number): void => {
    step.value = Math.max(row, 0);
  };
  const surface = futuresField(box, seen, { onLook: look, onTake: () => {} });
  effect(() => {
    if (data.value === null) return;
    const { offsets, text, intervention, title } = data.value;
    heading.textContent = title;
    surface.ariaLabel = `Possible futures, step by step: ${title}`;
    const source = { kind: "offsets", offsets, ...(text && { text }) } as const;
    client.read({ source, forks: [], intervention });
  });
  asSlider(surface, "Possible futures, step by step");
  effect(() => {
    surface.ariaValueMax = String(field.value?.path.length ?? 0);
    surface.ariaValueNow = String(at.value);
    surface.ariaValueText = `Step ${at.value}`;
  });
  surface.addEventListener("keydown", (event) => {
    const by = stepOf(event, { ArrowRight: 1, ArrowLeft: -1, PageDown: 10, PageUp: -10 });
    if (by !== undefined) look(at.value + by);
  });
  return field;
}
