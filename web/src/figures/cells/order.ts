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

/** Cells with some more: those that are chosen already stay, in front. */
export function added(chosen: readonly number[], more: readonly number[]): number[] {
  return [...new Set([...chosen, ...more])];
}

export interface NamedOrder {
  readonly name: string;
  readonly what: string;
  /** Mean correlation of neighbours on lines that were not used to make it. */
  readonly merit: number;
  readonly order: Order;
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
export function ordersOf(atlas: Atlas | null): readonly NamedOrder[] {
  if (atlas === null) return [];
  const first = ({ name }: { readonly name: string }): number => Number(name === FIRST);
  const orders = [...atlas.about.orders].sort((a, b) => first(b) - first(a));
  return orders.map(({ name, what, merit }) => {
    return { name, what, merit, order: orderOf(atlas.tensor(`order.${name}`)) };
  });
}

/** The orders of the checkpoint that is loaded, the one to begin with first, and the menu that chooses one. */
export function ordersMenu(
  loaded: ReadonlySignal<Loaded | null>,
  menu: HTMLSelectElement,
  wanted: ReadonlySignal<string>,
): ReadonlySignal<readonly NamedOrder[]> {
  const { atlas, problem } = followAtlas(loaded);
  const orders = computed(() => ordersOf(atlas.value));
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
  return orders;
}
