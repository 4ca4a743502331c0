/** In which order cells are shown: row r of a picture is cell `cells[r]`. The atlas has several to choose from. */

import { computed, effect, type ReadonlySignal } from "@preact/signals-core";
import type { Atlas } from "../../atlas/atlas.ts";
import { followAtlas } from "../../atlas/fetch.ts";
import type { Loaded } from "../../frame/checkpoints.ts";

export interface Order {
  readonly cells: Uint16Array;
  /** Where each cell is shown. */
  readonly rows: Uint16Array;
}

export function orderOf(cells: ArrayLike<number>): Order {
  const rows = new Uint16Array(cells.length);
  for (let row = 0; row < cells.length; row++) rows[cells[row]!] = row;
  return { cells: Uint16Array.from(cells), rows };
}

/** As they are in the checkpoint. */
export function plainOrder(count: number): Order {
  return orderOf(Uint16Array.from({ length: count }, (_, cell) => cell));
}

/** The cells that are shown between two rows, both included, in the order in which they are shown. */
export function brushed({ cells }: Order, from: number, to: number): number[] {
  return Array.from(cells.subarray(Math.min(from, to), Math.max(from, to) + 1));
}

/** The cell that is shown `by` rows below another one; the last where there is none. */
export function beside({ cells, rows }: Order, cell: number, by: number): number {
  const row = Math.min(Math.max(rows[cell]! + by, 0), cells.length - 1);
  return cells[row]!;
}

/** Columns of a grid of so many cells that is a little wider than high. */
export function columnsOf(cells: number): number {
  return Math.ceil(Math.sqrt(1.25 * cells));
}

/** The cell that such a grid has `by` squares to the right of another one and `down` below it; that one where there is none. */
export function squareBeside({ cells, rows }: Order, cell: number, by: number, down: number): number {
  return cells[rows[cell]! + by + down * columnsOf(cells.length)] ?? cell;
}

/** Cells with some more: those that are chosen already stay, in front. */
export function added(chosen: readonly number[], more: readonly number[]): number[] {
  return [...new Set([...chosen, ...more])];
}

/** What the page calls the orders of spec/atlas.md. */
const CALLED: Readonly<Record<string, string>> = {
  correlation: "By correlation",
  leaf: "By leaf ordering",
  tsne: "By t-SNE",
  none: "As in the model",
};

const EXPLAINED =
  "Which cell is beside which. In brackets: the mean correlation of neighbours, on lines that were not used to make the order";

/** It puts cells that do similar things side by side in the largest groups, so structure is plainest in it. */
const FIRST = "tsne";

/** The one that is shown first comes first, the others from the best on. */
function ordersOf(atlas: Atlas) {
  const first = ({ name }: { readonly name: string }): number => Number(name === FIRST);
  const orders = [...atlas.about.orders].sort((a, b) => first(b) - first(a));
  return orders.map((about) => ({ ...about, order: orderOf(atlas.tensor(`order.${about.name}`)) }));
}

/** The order that the menu chooses, of those of the checkpoint that is loaded; undefined where it has none. */
export function ordersMenu(
  loaded: ReadonlySignal<Loaded | null>,
  menu: HTMLSelectElement,
  wanted: ReadonlySignal<string>,
): ReadonlySignal<Order | undefined> {
  const { atlas, problem } = followAtlas(loaded);
  const orders = computed(() => (atlas.value === null ? [] : ordersOf(atlas.value)));
  effect(() => {
    const options = orders.value.map(({ name, what, merit }, k) => {
      // The order to begin with needs no name in the address.
      const option = new Option(`${CALLED[name] ?? name} (${merit.toFixed(2)})`, k === 0 ? "" : name);
      option.title = what;
      return option;
    });
    menu.replaceChildren(...(options.length > 0 ? options : [new Option(CALLED.none, "")]));
    menu.disabled = options.length === 0;
    menu.parentElement!.title = problem.value || EXPLAINED;
    menu.value = options.some(({ value }) => value === wanted.value) ? wanted.value : "";
  });
  return computed(() => (orders.value.find(({ name }) => name === wanted.value) ?? orders.value[0])?.order);
}
