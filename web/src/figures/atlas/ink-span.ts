/** An ink in the colours of cells, along which a span is picked: drag along it, or move the span by keys. */

import { fitted } from "../../cells/fitted.ts";
import type { ColouredInk } from "../../cells/ink-painter.ts";
import { divergingPalette } from "../../cells/palette.ts";
import type { Placing } from "../../draw/canvas.ts";
import { canvasView } from "../../draw/canvas-view.ts";
import { nearestPoint } from "../../ink/path.ts";
import { paintPiece } from "./piece-painter.ts";

export interface InkSpanData {
  /** null while there is none. */
  readonly ink: ColouredInk | null;
  /** Rows begin to end, end left out; null where none is picked. */
  readonly span: { readonly begin: number; readonly end: number } | null;
  /** What assistive technology says of it. */
  readonly text: string;
}

export interface InkSpanOptions {
  readonly label: string;
  /** Rows of the shortest and of the longest span. */
  readonly least: number;
  readonly most: number;
  onPick(begin: number, end: number): void;
}

export interface InkSpan {
  update(data: InkSpanData): void;
  placing(): Placing | null;
  destroy(): void;
}

/** A pointer farther from the ink (client pixels) does not mean it. */
const NEAR = 60;
/** Client pixels in a sheet unit at most. */
const ZOOM = 2;

export function inkSpan(el: HTMLElement, options: InkSpanOptions): InkSpan {
  const surface = document.createElement("div");
  surface.className = "ink-span";
  surface.tabIndex = 0;
  surface.role = "slider";
  surface.ariaLabel = options.label;
  surface.ariaValueMin = "0";
  el.append(surface);
  let data: InkSpanData = { ink: null, span: null, text: "" };
  let begun: number | null = null;

  const place = (): Placing | null =>
    data.ink === null ? null : fitted(data.ink, surface.clientWidth, surface.clientHeight, ZOOM);
  const view = canvasView(surface, (context) => {
    const placing = place();
    if (placing === null || data.ink === null) return;
    const dark = window.matchMedia("(prefers-color-scheme: dark)").matches;
    const { css } = divergingPalette(dark ? "dark" : "light");
    const mark = data.span === null ? null : { first: data.span.begin, last: data.span.end - 1 };
    paintPiece(context, surface, data.ink, mark, placing, css);
  });

  /** Rows of the ink; a span lies within. */
  const length = (): number => data.ink?.path.length ?? 0;
  const pick = (begin: number, end: number): void => {
    const long = Math.min(Math.max(end - begin, options.least), options.most, length());
    const from = Math.min(Math.max(begin, 0), length() - long);
    if (long > 0) options.onPick(from, from + long);
  };
  const rowAt = (event: PointerEvent): { row: number; near: boolean } | null => {
    const placing = place();
    if (data.ink === null || placing === null) return null;
    const box = surface.getBoundingClientRect();
    const x = (event.clientX - box.left - placing.left) / placing.zoom;
    const y = (event.clientY - box.top - placing.top) / placing.zoom;
    const { row, distance } = nearestPoint(data.ink.path, x, y);
    return { row: Math.min(row, length() - 1), near: distance * placing.zoom < NEAR };
  };
  const along = (row: number): void => {
    if (begun === null) return;
    if (row >= begun) pick(begun, Math.min(row + 1, begun + options.most));
    else pick(Math.max(row, begun + 1 - options.most), begun + 1);
  };
  surface.addEventListener("pointerdown", (event) => {
    const at = rowAt(event);
    if (at === null || !at.near || event.button !== 0) return;
    surface.setPointerCapture(event.pointerId);
    begun = at.row;
  });
  surface.addEventListener("pointermove", (event) => {
    const at = begun === null ? null : rowAt(event);
    if (at !== null && at.row !== begun) along(at.row);
  });
  const end = (event: PointerEvent): void => {
    const at = begun === null ? null : rowAt(event);
    // A tap takes the length that was picked before, about the point.
    const long = data.span === null ? options.least : data.span.end - data.span.begin;
    if (at !== null && at.row === begun) pick(at.row - (long >> 1), at.row - (long >> 1) + long);
    begun = null;
  };
  surface.addEventListener("pointerup", end);
  surface.addEventListener("pointercancel", () => {
    begun = null;
  });
  surface.addEventListener("keydown", (event) => {
    const by = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: 20, PageDown: -20 }[
      event.key
    ];
    if (by === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    const { begin, end: last } = data.span ?? { begin: 0, end: options.least };
    if (event.shiftKey) pick(begin, last + by);
    else pick(begin + by, last + by);
  });
  return {
    update(next) {
      data = next;
      surface.ariaValueMax = String(Math.max(length() - 1, 0));
      surface.ariaValueNow = String(data.span?.begin ?? 0);
      surface.ariaValueText = data.text;
      view.wake();
    },
    placing: place,
    destroy() {
      view.destroy();
      surface.remove();
    },
  };
}
