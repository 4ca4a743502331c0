/** From rows of numbers and the controls to what the pictures of the figure of cells show. */

import { computed, type ReadonlySignal } from "@preact/signals-core";
import type { ColouredInk } from "../../cells/ink-painter.ts";
import { plainest, rhythm } from "../../cells/rhythm.ts";
import {
  ColourScale,
  centreOf,
  farthest,
  type Limits,
  type LimitsKind,
  limitsOf,
} from "../../cells/scale.ts";
import type { StateOf } from "../../frame/control.ts";
import type { controls } from "./controls.ts";
import type { CellMatrix } from "./matrix.ts";
import { type Order, plainOrder } from "./order.ts";
import type { Read, Reading } from "./reading.ts";
import { type Span, spanOf } from "./span.ts";
import type { CellsWiring } from "./wiring.ts";

export interface Seen {
  readonly read: Read;
  readonly matrix: CellMatrix;
  readonly order: Order;
  readonly scale: ColourScale;
  readonly span: Span;
  /** By which the ink is coloured; at least one. */
  readonly chosen: readonly number[];
  /** The step and the cell that are looked at. */
  readonly row: number;
  readonly cell: number;
  readonly ink: ColouredInk;
}

interface Look {
  readonly scale: ColourScale;
  /** How closely each cell keeps time with the pen, [C]. */
  readonly swing: Float32Array;
  /** The cell that is shown where none is chosen. */
  readonly first: number;
}

export type Sight = ReturnType<typeof sight>;

/** Both are null before anything was read. pointed: the cell that is pointed at. chosenOrder: that of the menu. */
export function sight(
  { frame: { state }, shown }: CellsWiring,
  { read, growing }: Reading,
  pointed: ReadonlySignal<number | null>,
  chosenOrder: ReadonlySignal<Order | undefined>,
) {
  const look = lookOf(state, read, growing);
  const cells = computed(() => read.value?.matrix.cells ?? 0);
  const plain = computed(() => plainOrder(cells.value));
  const order = computed(() => {
    const wanted = chosenOrder.value;
    return wanted?.cells.length === cells.value ? wanted : plain.value;
  });
  const span = computed(() =>
    spanOf(state.from.value, state.span.value, read.value?.matrix.rows ?? 0, shown.value === "yours"),
  );
  const coloured = computed(() => {
    if (read.value === null || look.value === null) return null;
    const { matrix, path } = read.value;
    const { first, scale } = look.value;
    const some = state.chosen.value.filter((cell) => cell < matrix.cells);
    const chosen = some.length > 0 ? some : [first];
    const shares = matrix.shares(chosen, scale.limits);
    const levels = Uint8Array.from(shares, (share) => scale.levelOf(share));
    return { chosen, shares, scale, ink: { path, levels } };
  });
  /** The newest step while the pen writes; otherwise the one that was chosen, or where the cells are strongest. */
  const rowOf = ({ rows }: CellMatrix, shares: Float32Array): number => {
    if (growing.value) return rows - 1;
    if (state.step.value >= 0) return Math.min(state.step.value, rows - 1);
    return farthest(shares);
  };
  const seen = computed((): Seen | null => {
    if (read.value === null || coloured.value === null) return null;
    const { matrix } = read.value;
    const { chosen, shares, scale, ink } = coloured.value;
    const row = rowOf(matrix, shares);
    const cell = pointed.value ?? chosen.at(-1)!;
    return { read: read.value, matrix, order: order.value, scale, span: span.value, chosen, row, cell, ink };
  });
  return { seen, look };
}

/** Both stay as they are while an ink grows. */
function lookOf(
  { limits: kind, scale: how }: StateOf<typeof controls>,
  read: Reading["read"],
  growing: Reading["growing"],
): ReadonlySignal<Look | null> {
  let last: (Look & { read: Read }) | null = null;
  return computed(() => {
    if (read.value === null) return null;
    const { matrix, summary, path } = read.value;
    const before = last?.read.matrix === matrix ? last : null;
    const held = growing.value ? (before?.scale.limits ?? null) : null;
    const limits = limitsOf(summary, kind.value as LimitsKind, centreOf(matrix.what), held);
    const log = how.value === "log";
    const sameScale = last !== null && last.scale.log === log && sameLimits(last.scale.limits, limits);
    const scale = sameScale ? last!.scale : new ColourScale(limits, log);
    const keep = before !== null && (growing.value || before.read.summary === summary);
    const swing = keep ? before.swing : rhythm(matrix.values, matrix.cells, path.y);
    const first = keep ? before.first : plainest(matrix.values, swing);
    // The same object while nothing about it changes, so that nothing is painted twice.
    const same = last !== null && sameScale && last.swing === swing;
    last = same ? Object.assign(last!, { read: read.value }) : { read: read.value, scale, swing, first };
    return last;
  });
}

function sameLimits(a: Limits, b: Limits): boolean {
  const each = a.each === b.each || (a.each?.every((value, k) => value === b.each?.[k]) ?? false);
  return a.kind === b.kind && a.centre === b.centre && a.shared === b.shared && each;
}
