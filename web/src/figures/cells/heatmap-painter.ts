/**
 * Values of cells over time as pixels: one column a step, one row a cell, one pixel a value. They are painted on a
 * canvas that is not shown; a part of it is stretched over the one that is.
 */

import { type ColourScale, limitOf } from "../../cells/scale.ts";
import { contextOf } from "../../draw/canvas.ts";
import { make } from "../../draw/element.ts";
import type { DivergingPalette } from "../../draw/palette.ts";
import type { CellMatrix } from "./matrix.ts";
import type { Order } from "./order.ts";
import type { Span } from "./span.ts";

/** Columns that are filled together: their values fit the processor's cache. */
const STRIP = 16;
/** The canvas grows by so many columns. */
const ROOM = 512;

export class HeatmapPainter {
  readonly canvas = make("canvas");
  readonly #context = contextOf(this.canvas);

  /** Paints the columns from `from` on. */
  paint(
    matrix: CellMatrix,
    order: Order,
    scale: ColourScale,
    { pixels }: DivergingPalette,
    from: number,
  ): void {
    this.#fit(matrix, from);
    const { values, cells, rows } = matrix;
    const wide = rows - from;
    if (wide <= 0) return;
    const image = this.#context.createImageData(wide, cells);
    const target = new Uint32Array(image.data.buffer);
    const { table, limits } = scale;
    const colours = Uint32Array.from(table, (level) => pixels[level]!);
    const last = colours.length - 1;
    // The bin of a value is its distance from the middle times this, from the middle bin on.
    const perUnit = Float32Array.from(order.cells, (cell) => last / (2 * limitOf(limits, cell)));
    for (let strip = 0; strip < wide; strip += STRIP) {
      const end = Math.min(strip + STRIP, wide);
      for (let r = 0; r < cells; r++) {
        const cell = order.cells[r]!;
        const factor = perUnit[r]!;
        let source = (from + strip) * cells + cell;
        for (let at = r * wide + strip; at < r * wide + end; at++, source += cells) {
          const bin = (values[source]! - limits.centre) * factor + last / 2 + 0.5;
          target[at] = colours[bin <= 0 ? 0 : bin >= last ? last : bin | 0]!;
        }
      }
    }
    this.#context.putImageData(image, from, 0);
  }

  /** Shows the columns of a span, stretched over a canvas: only those from `from` on. */
  show(context: CanvasRenderingContext2D, matrix: CellMatrix, span: Span, from: number): void {
    const { width, height } = context.canvas;
    const perColumn = width / span.length;
    const first = Math.max(span.from, from);
    const end = Math.min(span.from + span.length, matrix.rows);
    const left = Math.floor((first - span.from) * perColumn);
    context.clearRect(left, 0, width - left, height);
    if (end <= span.from) return;
    context.save();
    context.beginPath();
    context.rect(left, 0, width - left, height);
    context.clip();
    // A value as large as a pixel keeps its edges; smaller values are averaged.
    context.imageSmoothingEnabled = perColumn < 1 || height < 0.95 * matrix.cells;
    context.imageSmoothingQuality = "medium";
    const columns = end - span.from;
    context.drawImage(this.canvas, span.from, 0, columns, matrix.cells, 0, 0, columns * perColumn, height);
    context.restore();
  }

  /** Makes room for all columns; those before `keep` stay. */
  #fit({ rows, cells }: CellMatrix, keep: number): void {
    const { canvas } = this;
    const fits = canvas.height === cells && canvas.width >= rows;
    if (fits) return;
    const before = keep > 0 ? this.#context.getImageData(0, 0, Math.min(keep, canvas.width), cells) : null;
    canvas.width = Math.ceil(rows / ROOM) * ROOM;
    canvas.height = cells;
    if (before !== null) this.#context.putImageData(before, 0, 0);
  }
}
