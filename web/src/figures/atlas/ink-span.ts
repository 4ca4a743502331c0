/** An ink in the colours of cells, on which a span can be picked: drag along it, or move the span by keys. */

import { effect, type ReadonlySignal } from "@preact/signals-core";
import type { ColouredInk } from "../../cells/ink-painter.ts";
import { canvasView } from "../../draw/canvas.ts";
import { asSlider, make, stepOf } from "../../draw/element.ts";
import { fitted, type Placing, toSheet, within } from "../../draw/placing.ts";
import { listenToDrag } from "../../ink/drag.ts";
import { nearestPoint } from "../../ink/path.ts";
import { paintPiece } from "./piece-painter.ts";
import type { Span } from "./similar.ts";
import { spanText } from "./words.ts";

interface InkSpanData {
  /** null while there is none. */
  readonly ink: ColouredInk | null;
  /** null where none is picked. */
  readonly span: Span | null;
}

/** Rows of the shortest and of the longest span. */
const LEAST = 5;
const MOST = 60;

/** A pointer farther than this from the ink (client pixels) does not mean it. */
const NEAR = 60;
/** Client pixels in a sheet unit at most. */
const ZOOM = 2;
const STEPS: Readonly<Record<string, number>> = {
  ArrowRight: 1,
  ArrowUp: 1,
  ArrowLeft: -1,
  ArrowDown: -1,
  PageUp: 20,
  PageDown: -20,
};

export function inkSpan(
  el: HTMLElement,
  data: ReadonlySignal<InkSpanData>,
  onPick: (span: Span) => void,
): void {
  const surface = make("div", "ink-span");
  asSlider(surface, "Span of the ink, to find others like it");
  el.append(surface);

  /** Rows of the ink; a span lies within. */
  const rows = (): number => data.value.ink?.path.length ?? 0;
  const placing = (): Placing | null => {
    const { ink } = data.value;
    return ink && fitted(ink.path, surface.clientWidth, surface.clientHeight, { most: ZOOM });
  };
  /** Picks a span of a length that is allowed, moved into the ink. */
  const pick = (begin: number, end: number): void => {
    const long = Math.min(Math.max(end - begin, LEAST), MOST, rows());
    const from = Math.min(Math.max(begin, 0), rows() - long);
    if (long > 0) onPick({ begin: from, end: from + long });
  };
  const rowAt = (event: PointerEvent): { row: number; near: boolean } | null => {
    const [place, { ink }] = [placing(), data.value];
    if (ink === null || place === null) return null;
    const at = within(surface, event);
    const { x, y } = toSheet(place, at.x, at.y);
    const { row, distance } = nearestPoint(ink.path, x, y);
    return { row: Math.min(row, rows() - 1), near: distance * place.zoom < NEAR };
  };

  canvasView(surface, data, (context, { ink, span }) => {
    const place = placing();
    if (place !== null && ink !== null) paintPiece(context, surface, ink, span, place);
  });
  effect(() => {
    surface.ariaValueMax = String(Math.max(rows() - 1, 0));
    surface.ariaValueNow = String(data.value.span?.begin ?? 0);
    surface.ariaValueText = spanText(data.value.span);
  });
  // A drag picks the span between two rows, a tap one about a row.
  let begun = 0;
  listenToDrag(surface, {
    begin: (event) => {
      const at = rowAt(event);
      begun = at?.row ?? 0;
      return at?.near === true;
    },
    move: (event) => {
      const at = rowAt(event);
      if (at === null || at.row === begun) return;
      if (at.row > begun) pick(begun, Math.min(at.row + 1, begun + MOST));
      else pick(Math.max(at.row, begun + 1 - MOST), begun + 1);
    },
    end: (lifted) => {
      const at = lifted && rowAt(lifted);
      if (at?.row !== begun) return;
      // A tap keeps the length that was picked before.
      const { span } = data.value;
      const long = span === null ? LEAST : span.end - span.begin;
      pick(at.row - (long >> 1), at.row - (long >> 1) + long);
    },
  });
  surface.addEventListener("keydown", (event) => {
    const by = stepOf(event, STEPS);
    if (by === undefined) return;
    const { begin, end } = data.value.span ?? { begin: 0, end: LEAST };
    if (event.shiftKey) pick(begin, end + by);
    else pick(begin + by, end + by);
  });
}
