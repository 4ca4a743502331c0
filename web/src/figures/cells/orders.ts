/** The orders of the checkpoint's atlas, and the menu of them. */

import { type Signal, signal } from "@preact/signals-core";
import { type Atlas, AtlasError } from "../../atlas/atlas.ts";
import { atlasOf } from "../../atlas/fetch.ts";
import type { Loaded } from "../../frame/checkpoints.ts";
import { type Order, orderOf } from "./order.ts";

export interface NamedOrder {
  readonly name: string;
  readonly what: string;
  /** Mean correlation of neighbours on lines that it was not made of. */
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

export function ordersOf(atlas: Atlas | null): readonly NamedOrder[] {
  if (atlas === null) return [];
  return atlas.about.orders.map(({ name, what, merit }) => {
    return { name, what, merit, order: orderOf(atlas.tensor(`order.${name}`)) };
  });
}

/** The orders of the checkpoint that is loaded, the best first; `load` follows another one. */
export class Orders {
  readonly all: Signal<readonly NamedOrder[]> = signal([]);
  readonly #menu: HTMLSelectElement;
  readonly #wanted: Signal<string>;
  #newest: Loaded | null = null;

  constructor(menu: HTMLSelectElement, wanted: Signal<string>) {
    this.#menu = menu;
    this.#wanted = wanted;
  }

  async load(loaded: Loaded): Promise<void> {
    this.#newest = loaded;
    this.#take([], "");
    try {
      const orders = ordersOf(await atlasOf(loaded));
      if (this.#newest === loaded) this.#take(orders, "");
    } catch (error) {
      if (!(error instanceof AtlasError)) throw error;
      if (this.#newest === loaded) this.#take([], error.message);
    }
  }

  /** The best order needs no name in the address. */
  #take(orders: readonly NamedOrder[], problem: string): void {
    const options = orders.map(({ name, what, merit }, k) => {
      const option = new Option(`${CALLED[name] ?? name} (${merit.toFixed(2)})`, k === 0 ? "" : name);
      option.title = what;
      return option;
    });
    this.#menu.replaceChildren(...(options.length > 0 ? options : [new Option(CALLED.none, "")]));
    this.#menu.disabled = options.length === 0;
    this.#menu.parentElement!.title =
      problem ||
      "Which cell is shown beside which; in brackets, how alike neighbours are: their mean correlation on lines that the order was not made of";
    const known = orders.some(({ name }, k) => k > 0 && name === this.#wanted.peek());
    this.#menu.value = known ? this.#wanted.peek() : "";
    this.all.value = orders;
  }
}
