/** Moments in lines of ink, side by side, each with the ink about it in the colours of cells. */

import { fitted } from "../../cells/fitted.ts";
import type { ColouredInk } from "../../cells/ink-painter.ts";
import { divergingPalette } from "../../cells/palette.ts";
import { canvas, type Placing } from "../../draw/canvas.ts";
import { fittedContext } from "../../draw/fitted-canvas.ts";
import { type Marked, paintPiece } from "./piece-painter.ts";

export interface MomentTile {
  readonly ink: ColouredInk;
  readonly mark: Marked;
  /** What is said below it, and at length. */
  readonly label: string;
  readonly title: string;
}

export interface MomentGridOptions {
  /** So many places stay, filled or not. */
  readonly places: number;
  onChoose(place: number): void;
}

export interface MomentGrid {
  update(tiles: readonly MomentTile[]): void;
  /** Where each tile lies in the element, and where its ink lies in the tile: client pixels. */
  placings(): { readonly left: number; readonly top: number; readonly placing: Placing }[];
  destroy(): void;
}

/** Client pixels below the ink, for its label. */
const LABEL = 22;
/** What an empty place is called. */
const NOTHING = "No moment";
/** Client pixels in a sheet unit at most, so that the writing has one size. */
const ZOOM = 1.75;

export function momentGrid(el: HTMLElement, options: MomentGridOptions): MomentGrid {
  const grid = document.createElement("div");
  grid.className = "moment-grid";
  el.append(grid);
  const scheme = window.matchMedia("(prefers-color-scheme: dark)");
  let tiles: readonly MomentTile[] = [];
  let frame = 0;
  const places = Array.from({ length: options.places }, (_, place) => {
    const button = document.createElement("button");
    const label = document.createElement("span");
    button.type = "button";
    button.className = "moment";
    button.disabled = true;
    button.ariaLabel = NOTHING;
    const picture = canvas(button);
    button.append(label);
    button.addEventListener("click", () => options.onChoose(place));
    grid.append(button);
    return { button, picture, label };
  });

  const placing = (place: number): Placing => {
    const { clientWidth, clientHeight } = places[place]!.button;
    return fitted(tiles[place]!.ink, clientWidth, clientHeight - LABEL, ZOOM);
  };
  const paint = (): void => {
    frame = 0;
    const { css } = divergingPalette(scheme.matches ? "dark" : "light");
    places.forEach(({ button, picture }, place) => {
      const tile = tiles[place];
      if (tile === undefined) picture.width = picture.height = 1;
      else
        paintPiece(fittedContext(picture, button).context, button, tile.ink, tile.mark, placing(place), css);
    });
  };
  const wake = (): void => {
    if (frame === 0) frame = requestAnimationFrame(paint);
  };
  const observer = new ResizeObserver(wake);
  observer.observe(grid);
  scheme.addEventListener("change", wake);

  return {
    update(next) {
      tiles = next;
      places.forEach(({ button, label }, place) => {
        const tile = tiles[place];
        button.disabled = tile === undefined;
        label.textContent = tile?.label ?? "";
        button.title = tile?.title ?? "";
        button.ariaLabel = tile === undefined ? NOTHING : `${tile.label}. ${tile.title}`;
      });
      wake();
    },
    placings: () =>
      tiles.map((_, place) => {
        const { offsetLeft, offsetTop } = places[place]!.button;
        return { left: offsetLeft, top: offsetTop, placing: placing(place) };
      }),
    destroy() {
      cancelAnimationFrame(frame);
      observer.disconnect();
      scheme.removeEventListener("change", wake);
      grid.remove();
    },
  };
}
