/** One ink several times, each time coloured by another cell. */

import { effect, type ReadonlySignal, untracked } from "@preact/signals-core";
import { type ColouredInk, lineWidth, strokeByLevel } from "../../cells/ink-painter.ts";
import { canvas, fittedContext } from "../../draw/canvas.ts";
import { type Drawing, pictured, SvgDrawing } from "../../draw/drawing.ts";
import { make, makeButton } from "../../draw/element.ts";
import { oneStop } from "../../draw/one-stop.ts";
import { divergingPalette } from "../../draw/palette.ts";
import { fitted } from "../../draw/placing.ts";
import { isPrinted, type Size, sizeOf, theme, whenEnded } from "../../draw/redraw.ts";

export interface Multiple {
  readonly cell: number;
  readonly ink: ColouredInk;
}

/** Client pixels below each ink, for its label. */
const LABEL = 20;
/** Levels that share one colour: small ink needs few. */
const STEP = 6;
/** How long painting may take in one frame. */
const PAINT_MS = 8;

/** shown: the cell that stands out. */
export function smallMultiples(
  el: HTMLElement,
  all: ReadonlySignal<readonly Multiple[]>,
  shown: ReadonlySignal<number>,
  choose: (cell: number) => void,
): void {
  const list = make("div", "multiples");
  el.append(list);
  oneStop(list);
  const size = sizeOf(list);
  const tiles: ReturnType<typeof tile>[] = [];
  /** Tiles from here on have to be painted. */
  let next = 0;
  let frame = 0;

  const tile = (k: number) => {
    const button = makeButton(() => choose(all.value[k]!.cell), "choice tile");
    const picture = canvas(button);
    const label = make("span");
    button.append(label);
    list.append(button);
    const drawIn = (context: Drawing, size: Size): void => draw(context, all.peek()[k]!.ink, size);
    const room = (): Size => ({ width: button.clientWidth, height: button.clientHeight });
    pictured(button, () => {
      const drawing = new SvgDrawing();
      drawIn(drawing, room());
      return drawing.toString();
    });
    return { button, label, paint: () => drawIn(fittedContext(picture, room()), room()) };
  };
  const animate = (): void => {
    const until = isPrinted() ? Number.POSITIVE_INFINITY : performance.now() + PAINT_MS;
    while (next < tiles.length && performance.now() < until) {
      tiles[next++]!.paint();
    }
    frame = next < tiles.length ? requestAnimationFrame(animate) : 0;
  };

  effect(() => {
    while (tiles.length > all.value.length) tiles.pop()!.button.remove();
    while (tiles.length < all.value.length) tiles.push(tile(tiles.length));
    tiles.forEach(({ button, label }, k) => {
      const { cell } = all.value[k]!;
      label.textContent = `Cell ${cell}`;
      button.ariaLabel = `Colour the ink by Cell ${cell}`;
      button.ariaPressed = String(cell === shown.value);
    });
  });
  effect(() => {
    for (const each of [all, size, theme()]) each.value;
    next = 0;
    if (isPrinted()) untracked(animate);
    else frame ||= requestAnimationFrame(animate);
  });
  whenEnded(() => cancelAnimationFrame(frame));
}

function draw(context: Drawing, ink: ColouredInk, { width, height }: Size): void {
  const { left, top, zoom } = fitted(ink.path, width, height - LABEL);
  context.translate(left, top);
  context.scale(zoom, zoom);
  context.lineCap = context.lineJoin = "round";
  context.lineWidth = lineWidth(zoom);
  strokeByLevel(context, ink, { css: divergingPalette(theme().peek()).css, step: STEP, zoom });
}
