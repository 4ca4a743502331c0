/**
 * Paints the strands of a field as they come, each once.
 *
 * The colours of the last rows of a path that grows may still change, because their futures reach beyond its end. These
 * rows have a canvas of their own. When everything has to be repainted, the old picture stays until the new one has
 * caught up.
 */

import { canvas, clear, enter, sized } from "../draw/canvas.ts";
import type { Placing } from "../draw/placing.ts";
import type { Theme } from "../draw/redraw.ts";
import { type Field, penDownMovements } from "./field.ts";
import { opacity, veerLevel, veerPalette, veers } from "./scale.ts";

/** Width of a strand in model units. */
export const STRAND = 0.045;

export class FieldPainter {
  readonly #canvases: [HTMLCanvasElement, HTMLCanvasElement];
  readonly #tip: HTMLCanvasElement;
  #placing: Placing | null = null;
  #theme: Theme = "light";
  /** Futures that are painted of each row, on the newer canvas. */
  #painted: number[] = [];
  /** Whether the older canvas is still what is seen. */
  #behind = false;
  #order: number[] = [];

  constructor(el: HTMLElement) {
    this.#canvases = [canvas(el), canvas(el)];
    this.#tip = canvas(el);
    this.#show();
  }

  /** Another size, zoom or theme: everything is repainted. */
  place(placing: Placing, theme: Theme): void {
    this.#placing = placing;
    this.#theme = theme;
    sized(this.#tip, placing);
    this.restart(true);
  }

  /** Forgets what is painted. keep: what is seen stays until the new picture has caught up. */
  restart(keep: boolean): void {
    if (keep && !this.#behind) {
      this.#canvases.reverse();
      this.#behind = true;
    }
    if (!keep) this.#behind = false;
    const [newer, older] = this.#canvases;
    if (this.#placing !== null) {
      sized(newer, this.#placing);
      if (!this.#behind) sized(older, this.#placing);
    }
    this.#show();
    this.#painted = [];
  }

  /** Forgets the rows from `row` on; the others were painted as they are now. */
  cut(row: number, steps: number): void {
    const stale = this.#painted.findIndex((count, p) => count > 0 && p + steps > row - 1);
    if (stale >= 0) this.restart(true);
  }

  /** Paints for about `budget` milliseconds; returns whether there is more to do. */
  paint(field: Field, growing: boolean, budget: number): boolean {
    const { steps } = field.draws;
    const end = growing ? Math.max(field.path.length - steps, -1) : field.path.length;
    const until = performance.now() + budget;
    if (this.#placing === null) return false;
    const context = enter(this.#canvases[0], this.#placing);
    if (this.#order.length !== field.rows.length) this.#order = wideApart(field.rows.length);
    let more = false;
    for (const row of this.#order) {
      const from = this.#painted[row] ?? 0;
      const to = field.known[row]!;
      if (row > end || from >= to) continue;
      if (performance.now() > until) {
        more = true;
        break;
      }
      strands(context, field, row, from, to, this.#theme);
      this.#painted[row] = to;
    }
    if (!more && this.#behind) {
      this.#behind = false;
      this.#show();
    }
    const tip = enter(this.#tip, this.#placing);
    clear(tip);
    for (let row = end + 1; row < field.rows.length; row++) {
      strands(tip, field, row, 0, field.known[row]!, this.#theme);
    }
    return more;
  }

  #show(): void {
    const [newer, older] = this.#canvases;
    newer.hidden = this.#behind;
    older.hidden = !this.#behind;
  }
}

/** Strands `from` to `to` of a row. strong: how much it stands out. */
export function strands(
  context: CanvasRenderingContext2D,
  field: Field,
  row: number,
  from: number,
  to: number,
  theme: Theme,
  strong = 1,
): void {
  const futures = field.rows[row];
  if (!futures || from >= to) return;
  const { path, count } = field;
  const { steps } = field.draws;
  const part = futures.subarray(3 * steps * from, 3 * steps * to);
  const turned = veers(path.offsets, row, part, steps);
  const palette = veerPalette(theme);
  const alphas = Array.from({ length: steps }, (_, k) => Math.min(strong * opacity(k + 1, steps, count), 1));
  context.lineWidth = (STRAND / path.scale) * Math.sqrt(strong);
  context.lineCap = "round";
  for (let f = 0; f < to - from; f++) {
    penDownMovements(field, part, row, f, (k, fromX, fromY, toX, toY) => {
      context.strokeStyle = palette[veerLevel(turned[f * steps + k]!)]!;
      context.globalAlpha = alphas[k]!;
      context.beginPath();
      context.moveTo(fromX, fromY);
      context.lineTo(toX, toY);
      context.stroke();
    });
  }
}

/** All rows, those wide apart first: so the whole picture is there at once, and then grows denser. */
function wideApart(rows: number): number[] {
  const order: number[] = [];
  const gap = 8;
  for (const first of [0, 4, 2, 6, 1, 5, 3, 7]) for (let p = first; p < rows; p += gap) order.push(p);
  return order;
}
