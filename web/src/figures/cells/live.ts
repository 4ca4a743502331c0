/** The figure of cells at work: from the ink that was read to the pictures, and back from the pointer and the keys. */

import { computed, createModel, effect, signal, untracked } from "@preact/signals-core";
import { colourLegend } from "../../cells/colour-legend.ts";
import { inTime } from "../../cells/rhythm.ts";
import { clippedShare } from "../../cells/scale.ts";
import { actions, listenToCellKeys } from "./actions.ts";
import { cellHeatmap } from "./cell-heatmap.ts";
import { cellPicker } from "./cell-picker.ts";
import { cellTrack } from "./cell-track.ts";
import { cellsInk } from "./ink-by-cell.ts";
import { ordersMenu } from "./order.ts";
import { pythonOf } from "./python.ts";
import { type Read, type Reading, reading } from "./reading.ts";
import { type Seen, type Sight, sight } from "./seen.ts";
import { type Multiple, smallMultiples } from "./small-multiples.ts";
import type { CellsWiring } from "./wiring.ts";
import { clippingText, inkWords, pointedText, tell, ticksOf } from "./words.ts";

const MOST_MULTIPLES = 12;

export const LiveCells = createModel((wiring: CellsWiring) => {
  const { frame, parts } = wiring;
  const { state, chosen } = frame;
  // An ink of a file is in no address.
  if (state.ink.peek() === "opened" && chosen.opened.peek() === null) state.ink.value = "auto";

  const pointed = signal<number | null>(null);
  const order = ordersMenu(frame.loaded, parts.order, state.order);
  const known = reading(wiring);
  const { seen, look } = sight(wiring, known, pointed, order);
  const act = actions(wiring, seen, pointed, known.growing);
  wiring.zoom.by = act.zoomBy;

  // What follows every point that is written.
  cellsInk(wiring, seen, known.growing, act.look);
  const heatmap = cellHeatmap(
    parts.map,
    computed(
      () => seen.value && { ...seen.value, label: pointed.value === null ? "" : pointedText(seen.value) },
    ),
    act,
  );
  const picker = cellPicker(parts.picker, seen, act);
  listenToCellKeys(heatmap, picker, act);

  // What follows now and then.
  const calm = calmly(seen, known);
  cellTrack(parts.track, calm, act.look);
  const clipping = computed(() => {
    if (look.value === null || known.settled.value === null) return "";
    const { scale } = look.value;
    const { matrix, summary } = known.settled.value;
    return clippingText(scale, summary, clippedShare(matrix.values, scale.limits));
  });
  colourLegend(
    parts.legend,
    computed(() => {
      const scale = look.value?.scale;
      return scale === undefined ? null : { scale, ticks: ticksOf(scale), text: clipping.value };
    }),
  );
  multiples(wiring, known, look, act.choose);
  effect(() => {
    const now = calm.value;
    if (now === null) return;
    const byItself = state.chosen.value.length === 0 && pointed.value === null;
    const text = tell(parts.facts, now, pointed.value === null ? now.chosen : [pointed.value], byItself);
    for (const surface of [heatmap, picker]) surface.ariaValueText = text;
    heatmap.ariaValueMax = String(now.matrix.rows - 1);
    heatmap.ariaValueNow = String(now.row);
    picker.ariaValueMax = String(now.matrix.cells - 1);
    picker.ariaValueNow = String(now.order.rows[now.cell]);
  });
  effect(() => {
    const now = calm.value;
    const failed = known.failed.value;
    // The settings are those of the ink that was read: they are not followed on their own.
    const words = (read: Read) => untracked(() => inkWords(read, wiring));
    if (failed !== "" || now !== null) frame.say(failed || words(now!.read));
  });
  return { python: () => pythonOf(known.read.value, known.source.value, frame.loaded.value) };
});

/** What is seen, but while an ink grows only when it has settled. */
function calmly(seen: Sight["seen"], { settled, growing }: Reading) {
  const calm = signal<Seen | null>(null);
  effect(() => {
    const now = seen.value;
    if (!growing.value || now === null || now.read === settled.value) calm.value = now;
  });
  return calm;
}

/** The small multiples: of the cells that are chosen, or of those that keep time with the pen best. */
function multiples(
  { frame, parts, writing }: CellsWiring,
  { settled }: Reading,
  look: Sight["look"],
  choose: (cells: readonly number[]) => void,
): void {
  const { state } = frame;
  const rested = signal<Read | null>(null);
  effect(() => {
    // They take too long to be drawn while the pen is down.
    if (settled.value === null || !writing.peek()) rested.value = settled.value;
  });
  const several = computed(() => {
    const cells = rested.value?.matrix.cells ?? 0;
    return state.chosen.value.filter((cell) => cell < cells);
  });
  const all = computed((): Multiple[] => {
    if (rested.value === null || look.value === null) return [];
    const { matrix, path } = rested.value;
    const { scale, swing } = look.value;
    const some =
      several.value.length > 1 ? several.value : Array.from({ length: matrix.cells }, (_, cell) => cell);
    return inTime(some, swing)
      .slice(0, MOST_MULTIPLES)
      .map((cell) => {
        const shares = matrix.shares([cell], scale.limits);
        const levels = Uint8Array.from(shares.subarray(0, path.length + 1), (share) => scale.levelOf(share));
        return { cell, ink: { path, levels } };
      });
  });
  const shown = computed(() => {
    if (several.value.length > 1) return -1;
    return several.value[0] ?? all.value[0]?.cell ?? -1;
  });
  smallMultiples(parts.multiples, all, shown, (cell) => choose([cell]));
}
