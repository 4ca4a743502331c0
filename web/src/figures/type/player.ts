/** How far the pen has come: played at the pace of the points, or where the reader put it. */

import { batch, computed, effect, type ReadonlySignal, signal } from "@preact/signals-core";
import { animated } from "../../draw/redraw.ts";
import type { StateOf } from "../../frame/control.ts";
import { MODEL_MS } from "../../ink/stroke.ts";
import { type controls, MOST_POINTS } from "./controls.ts";
import type { Script } from "./script.ts";

export type Player = ReturnType<typeof player>;

export function player(
  state: Pick<StateOf<typeof controls>, "playing" | "step" | "speed">,
  script: ReadonlySignal<Script | null>,
  seen: ReadonlySignal<boolean>,
  still: boolean,
) {
  const part = signal(0);
  const length = computed(() => script.value?.length ?? 0);
  /** Moves the pen along with a script that changes. */
  const put = (point: number): void =>
    batch(() => {
      state.step.value = Math.min(Math.floor(point), MOST_POINTS);
      part.value = point % 1;
    });
  /** Points that are written, which need not be whole. */
  const written = computed(() =>
    Math.min(state.step.value + (state.playing.value ? part.value : 0), length.value),
  );
  const playing = computed(() => state.playing.value && seen.value && script.value !== null);
  let before = false;
  effect(() => {
    // Play at the end begins again.
    const begins = state.playing.value && !before;
    before = state.playing.value;
    if (begins && state.step.peek() >= (script.peek()?.length ?? 0)) put(0);
  });
  animated(playing, (ms) => {
    const next = Math.min(written.peek() + (ms * state.speed.peek()) / MODEL_MS, length.peek());
    if (next !== written.peek()) put(next);
    if (next < length.peek() || script.peek()?.whole !== true) return;
    batch(() => {
      state.playing.value = false;
      state.step.value = MOST_POINTS;
    });
  });
  return {
    written,
    put,
    /** Puts the pen at a point, and stops. */
    goTo: (point: number): void =>
      batch(() => {
        state.playing.value = false;
        put(point);
      }),
    /** Goes on from a point; where nothing may move, everything is there at once. */
    playFrom: (point: number): void =>
      batch(() => {
        before = true;
        state.playing.value = !still;
        put(still ? MOST_POINTS : point);
      }),
  };
}
