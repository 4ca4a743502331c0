/** Moments in lines of ink, side by side, each with the ink about it in the colours of cells. */

import { computed, effect, type ReadonlySignal } from "@preact/signals-core";
import type { ColouredInk } from "../../cells/ink-painter.ts";
import { canvasView } from "../../draw/canvas.ts";
import { make, makeButton } from "../../draw/element.ts";
import { oneStop } from "../../draw/one-stop.ts";
import { fitted, type Placing } from "../../draw/placing.ts";
import type { Size } from "../../draw/redraw.ts";
import { type Marked, paintPiece } from "./piece-painter.ts";

export interface MomentTile {
  readonly ink: ColouredInk;
  readonly mark: Marked;
  /** A few words below it, and a sentence. */
  readonly label: string;
  readonly title: string;
}

/** Client pixels below the ink, for its label. */
const LABEL = 22;
const NOTHING = "No moment";
/** Client pixels in a sheet unit at most, so that the writing has one size. */
const ZOOM = 1.75;

/** places: how many there are, filled or not. */
export function momentGrid(
  el: HTMLElement,
  tiles: ReadonlySignal<readonly MomentTile[]>,
  places: number,
  choose: (place: number) => void,
): void {
  const buttons = Array.from({ length: places }, (_, place) => {
    const tile = computed(() => tiles.value[place]);
    return momentButton(tile, () => choose(place));
  });
  const grid = make("div", "moment-grid", ...buttons);
  el.append(grid);
  oneStop(grid);
}

function momentButton(tile: ReadonlySignal<MomentTile | undefined>, press: () => void): HTMLButtonElement {
  const button = makeButton(press, "choice tile moment");
  const label = make("span");
  canvasView(
    button,
    computed(() => tile.value ?? null),
    (context, { ink, mark }, size) => paintPiece(context, button, ink, mark, placed(ink, size)),
  );
  button.append(label);
  effect(() => {
    const now = tile.value;
    button.disabled = now === undefined;
    label.textContent = now?.label ?? "";
    button.title = now?.title ?? "";
    button.ariaLabel = now === undefined ? NOTHING : `${now.label}. ${now.title}`;
  });
  return button;
}

function placed({ path }: ColouredInk, { width, height }: Size): Placing {
  return fitted(path, width, height - LABEL, { most: ZOOM });
}
