/** One ink several times, each time coloured by another cell. */

import { fitted } from "../../cells/fitted.ts";
import { type ColouredInk, lineWidth, strokeByLevel } from "../../cells/ink-painter.ts";
import { divergingPalette } from "../../cells/palette.ts";
import { canvas, clear, enter, sized } from "../../draw/canvas.ts";

export interface Multiple {
  readonly cell: number;
  readonly ink: ColouredInk;
  /** What is said below it. */
  readonly label: string;
}

export interface MultiplesData {
  readonly all: readonly Multiple[];
  /** The cell that stands out. */
  readonly cell: number;
}

export interface MultiplesOptions {
  onChoose(cell: number): void;
}

export interface Multiples {
  update(data: MultiplesData): void;
  destroy(): void;
}

/** Client pixels below each ink, for its label. */
const LABEL = 20;
/** Levels that are taken for one colour: small ink has few. */
const STEP = 6;
/** How long painting may take in one go. */
const PAINT_MS = 8;

interface Tile {
  readonly button: HTMLButtonElement;
  readonly picture: HTMLCanvasElement;
  readonly label: HTMLElement;
}

export function smallMultiples(
  el: HTMLElement,
  initial: MultiplesData,
  options: MultiplesOptions,
): Multiples {
  const list = document.createElement("div");
  list.className = "multiples";
  el.append(list);
  const scheme = window.matchMedia("(prefers-color-scheme: dark)");
  let data = initial;
  let tiles: Tile[] = [];
  /** Tiles from here on have to be painted. */
  let next = 0;
  let frame = 0;

  const tile = (k: number): Tile => {
    const button = document.createElement("button");
    const label = document.createElement("span");
    button.type = "button";
    button.className = "multiple";
    const picture = canvas(button);
    button.append(label);
    button.addEventListener("click", () => {
      const chosen = data.all[k];
      if (chosen !== undefined) options.onChoose(chosen.cell);
    });
    list.append(button);
    return { button, picture, label };
  };

  const animate = (): void => {
    frame = 0;
    const until = performance.now() + PAINT_MS;
    const { css } = divergingPalette(scheme.matches ? "dark" : "light");
    while (next < tiles.length && performance.now() < until) {
      paint(tiles[next]!, data.all[next]!.ink, css);
      next++;
    }
    if (next < tiles.length) frame = requestAnimationFrame(animate);
  };

  const repaint = (): void => {
    next = 0;
    if (frame === 0) frame = requestAnimationFrame(animate);
  };

  const lay = (): void => {
    while (tiles.length > data.all.length) tiles.pop()!.button.remove();
    while (tiles.length < data.all.length) tiles.push(tile(tiles.length));
    tiles.forEach(({ button, label }, k) => {
      const { cell, label: text } = data.all[k]!;
      label.textContent = text;
      button.ariaLabel = `Colour the ink by ${text}`;
      button.ariaPressed = String(cell === data.cell);
    });
  };

  const observer = new ResizeObserver(repaint);
  observer.observe(list);
  scheme.addEventListener("change", repaint);
  lay();
  repaint();

  return {
    update(now) {
      const inks = now.all.length === data.all.length && now.all.every((each, k) => each === data.all[k]);
      data = now;
      lay();
      if (!inks) repaint();
    },
    destroy() {
      cancelAnimationFrame(frame);
      observer.disconnect();
      scheme.removeEventListener("change", repaint);
      list.remove();
      tiles = [];
    },
  };
}

function paint({ button, picture }: Tile, ink: ColouredInk, css: readonly string[]): void {
  const placing = fitted(ink, button.clientWidth, button.clientHeight - LABEL);
  const size = { ...placing, height: button.clientHeight };
  const fits = picture.dataset.size === `${size.width} ${size.height} ${size.density}`;
  if (!fits) sized(picture, size);
  picture.dataset.size = `${size.width} ${size.height} ${size.density}`;
  const context = enter(picture, placing);
  clear(picture, context);
  context.lineCap = "round";
  context.lineJoin = "round";
  context.lineWidth = lineWidth(placing.zoom);
  strokeByLevel(context, ink, css, STEP);
}
