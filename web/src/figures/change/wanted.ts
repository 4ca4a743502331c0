/** From the controls to the change that is wanted: a preset of the atlas, or one of the reader's own. */

import { computed } from "@preact/signals-core";
import { followAtlas } from "../../atlas/fetch.ts";
import { atStrength, change, type Intervention } from "../../engine/interventions.ts";
import { type Effect, effectsOf } from "./effect.ts";
import type { ChangeWiring } from "./wiring.ts";

export type Wish = ReturnType<typeof wish>;

export function wish({ frame }: ChangeWiring) {
  const { state } = frame;
  const followed = followAtlas(frame.loaded);
  /** The presets of the atlas. */
  const effects = computed(() => effectsOf(followed.atlas.value?.about.effects ?? []));
  /** The one that is chosen; null for cells of the reader's own. */
  const preset = computed((): Effect | null => {
    if (state.cells.value.length > 0) return null;
    return effects.value.find(({ name }) => name === state.preset.value) ?? effects.value[0] ?? null;
  });
  /** The reader's own change. */
  const own = computed((): Intervention => {
    const numbers: Readonly<Record<string, readonly [scale: number, shift: number]>> = {
      clamp: [0, state.clamp.value],
      scale: [state.scale.value, 0],
      shift: [1, state.shift.value],
    };
    return change(state.cells.value, state.of.value === "h" ? "h" : "c", ...numbers[state.how.value]!);
  });
  /** What is done, and the draw of random cells to which the worker does it; 0 for none. */
  const wanted = computed(() => {
    const random = state.random.value;
    const stored = preset.value;
    if (stored === null) return { intervention: own.value, random };
    const other = stored.random[random - 1];
    const { cells, of, scale, shift } = other ?? stored;
    const intervention = atStrength(change(cells, of, scale, shift), state.strength.value);
    return { intervention, random: other === undefined ? random : 0 };
  });
  return { ...followed, effects, preset, own, wanted };
}
