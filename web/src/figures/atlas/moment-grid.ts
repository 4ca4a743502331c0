/** Moments in lines of ink, side by side, each with the ink about it in the colours of cells. */

import { computed, effect, type ReadonlySignal } from "@preact/signals-core";
import type { ColouredInk } from "../../cells/ink-painter.ts";
import { canvasView } from "../../draw/canvas.ts";
import { make, makeButton } from "../../draw/element.ts";
import { oneStop } from "../../draw/one-stop.ts";
import { fitted } from "../../draw/placing.ts";
import { paintPiece } from "./piece-painter.ts";
import type { Span } from "./similar.ts";

export interface MomentTile {
  readonly ink: ColouredInk;
  readonly mark: Span;
  /** A few words below it, and a sentence. */
  readonly label: string;
  readonly title: string;
}

/** Client pixels below the ink, for its label. */
const LABEL = 22;
/** Client pixels in a sheet unit at most, so that the writing has one size. */
const ZOOM = 1.75;

/** How many there are, filled or not. */
export const PLACES = 8;

export function momentGrid(
  el: HTMLElement,
  tiles: ReadonlySignal<readonly MomentTile[]>,
  choose: (place: number) => void,
): void {
  const buttons = Array.from({ length: PLACES }, (_, place) => {
    const tile = computed(() => tiles.value[place] ?? null);
    const button = makeButton(() => choose(place), "choice tile moment");
    const label = make("span");
    canvasView(button, tile, (context, { ink, mark }, { width, height }) =>
      paintPiece(context, button, ink, mark, fitted(ink.path, width, height - LABEL, { most: ZOOM })),
    );
    button.append(label);
    effect(() => {
      const now = tile.value;
      button.disabled = now === null;
      label.textContent = now?.label ?? "";
      button.title = now?.title ?? "";
      button.ariaLabel = now === null ? "No moment" : `${now.label}. ${now.title}`;
    });
    return button;
  });
  const grid = make("div", "moment-grid", ...buttons);
  el.append(grid);
  oneStop(grid);
}
