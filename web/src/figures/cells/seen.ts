/** From rows of numbers and the controls to what the pictures of the figure of cells show. */

import type { ReadonlySignal } from "@preact/signals-core";
import type { ColouredInk } from "../../cells/ink-painter.ts";
import {
  ColourScale,
  centreOf,
  type Limits,
  type LimitsKind,
  limitsOf,
  type Summary,
} from "../../cells/scale.ts";
import type { StateOf } from "../../frame/control.ts";
import type { InkPath } from "../../ink/path.ts";
import type { controls } from "./controls.ts";
import { type CellMatrix, strongest } from "./matrix.ts";
import { type Order, plainOrder } from "./order.ts";
import type { NamedOrder } from "./orders.ts";
import { type Span, spanOf } from "./span.ts";

/** What is known of an ink's cells. */
export interface Read {
  readonly matrix: CellMatrix;
  readonly path: InkPath;
  /** Steps that are not shown. */
  readonly left: number;
  summary: Summary;
}

export interface Seen {
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

export interface Attention {
  /** The cell that is pointed at. */
  readonly pointed: ReadonlySignal<number | null>;
  readonly growing: ReadonlySignal<boolean>;
  /** The best first. */
  readonly orders: ReadonlySignal<readonly NamedOrder[]>;
}

interface Coloured {
  readonly key: readonly unknown[];
  /** [n + 1] */
  readonly shares: Float32Array;
  readonly levels: Uint8Array;
}

export class Seeing {
  readonly #state: StateOf<typeof controls>;
  readonly #attention: Attention;
  #scale: ColourScale | null = null;
  #spread: { readonly summary: Summary; readonly limits: Limits; readonly of: Float32Array } | null = null;
  #plain: Order = plainOrder(0);
  #last: Coloured | null = null;

  constructor(state: StateOf<typeof controls>, attention: Attention) {
    this.#state = state;
    this.#attention = attention;
  }

  /** Limits need not stay as they were. */
  restart(): void {
    this.#scale = null;
    this.#spread = null;
  }

  of(read: Read): Seen {
    const { matrix, path } = read;
    const scale = this.scale(read);
    const chosen = this.cells(read);
    const { shares, levels } = this.#coloured(path, matrix, scale, chosen);
    const row = this.#row(read, shares);
    const cell = this.#attention.pointed.value ?? chosen.at(-1)!;
    const [order, span] = [this.order(matrix.cells), this.span(read)];
    return { matrix, order, scale, span, chosen, row, cell, ink: { path, levels } };
  }

  order(cells: number): Order {
    const orders = this.#attention.orders.value;
    const wanted = orders.find(({ name }) => name === this.#state.order.value) ?? orders[0];
    if (wanted?.order.cells.length === cells) return wanted.order;
    if (this.#plain.cells.length !== cells) this.#plain = plainOrder(cells);
    return this.#plain;
  }

  /** The same object while nothing about it changes, so that nothing is painted twice. */
  scale({ matrix, summary }: Read): ColourScale {
    const before = this.#scale;
    const kind = this.#state.limits.value as LimitsKind;
    const held = this.#attention.growing.value ? (before?.limits ?? null) : null;
    const limits = limitsOf(summary, kind, centreOf(matrix.what), held);
    const log = this.#state.scale.value === "log";
    if (before?.log === log && sameLimits(before.limits, limits)) return before;
    this.#scale = new ColourScale(limits, log);
    return this.#scale;
  }

  /** The cells that were chosen, or the one that varies most. */
  cells(read: Read): readonly number[] {
    const some = this.#state.chosen.value.filter((cell) => cell < read.matrix.cells);
    return some.length > 0 ? some : [strongest(this.spread(read))];
  }

  /** [C]: how strongly each cell varies; as it was while the ink grows. */
  spread(read: Read): Float32Array {
    const { matrix, summary } = read;
    const { limits } = this.scale(read);
    const before = this.#spread;
    const same = before?.summary === summary && before.limits === limits;
    if (before !== null && (same || this.#attention.growing.value)) return before.of;
    this.#spread = { summary, limits, of: matrix.spread(limits) };
    return this.#spread.of;
  }

  span({ matrix }: Read): Span {
    const { from, span, ink } = this.#state;
    return spanOf(from.value, span.value, matrix.rows, ink.value === "yours");
  }

  /** The same objects while nothing about them changes. */
  #coloured(path: InkPath, matrix: CellMatrix, scale: ColourScale, chosen: readonly number[]): Coloured {
    // Another path comes with every reply.
    const key = [path, scale, ...chosen];
    const before = this.#last;
    if (before?.key.length === key.length && key.every((each, k) => each === before.key[k])) return before;
    const shares = matrix.shares(chosen, scale.limits);
    this.#last = { key, shares, levels: Uint8Array.from(shares, (share) => scale.levelOf(share)) };
    return this.#last;
  }

  /** The newest step while the pen writes; else the one that was chosen, or where the cells are strongest. */
  #row({ matrix }: Read, shares: Float32Array): number {
    const asked = this.#state.step.value;
    if (this.#attention.growing.value) return matrix.rows - 1;
    if (asked >= 0) return Math.min(asked, matrix.rows - 1);
    return shares.reduce((best, share, row) => (Math.abs(share) > Math.abs(shares[best]!) ? row : best), 0);
  }
}

function sameLimits(a: Limits, b: Limits): boolean {
  const each = a.each === b.each || (a.each?.every((value, k) => value === b.each?.[k]) ?? false);
  return a.kind === b.kind && a.centre === b.centre && a.shared === b.shared && each;
}
