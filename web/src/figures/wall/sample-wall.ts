/**
 * The sample wall: a grid of samples that write themselves.
 *
 * Two canvases lie under a grid of buttons, one a sample. Strokes that are whole are painted once on the lower canvas;
 * the upper one has the strokes that are being written, and is redrawn each frame.
 */

import { computed, effect, type ReadonlySignal, type Signal, signal } from "@preact/signals-core";
import { canvas, clear, contextOf, sized } from "../../draw/canvas.ts";
import { pictured } from "../../draw/drawing.ts";
import { make, makeButton } from "../../draw/element.ts";
import { oneStop } from "../../draw/one-stop.ts";
import { animated, into, onFrame, sizeOf, type Theme, theme } from "../../draw/redraw.ts";
import { MODEL_MS } from "../../ink/stroke.ts";
import { boxIn, sampleColours } from "../../views/placed-sample.ts";
import { WallCells, type WallData } from "./wall-cells.ts";

export interface WallOptions {
  /** Number of cells. */
  readonly count: number;
  /** A sample has stopped after this many points; null when it goes on. */
  onHold(held: { readonly sample: number; readonly points: number } | null): void;
  onOpen(sample: number): void;
  /** The wall has played up to here. */
  onStep(step: number): void;
  /** Every sample is written to its end. */
  onEnd(): void;
}

const MOST_DENSITY = 2;

export function sampleWall(el: HTMLElement, data: ReadonlySignal<WallData>, options: WallOptions): void {
  const layers = [canvas(el), canvas(el)] as const;
  const notes = Array.from({ length: options.count }, () => make("span"));
  const held = signal<number | null>(null);
  const buttons = notes.map((note, number) => {
    const button = makeButton(() => {}, "choice tile wall-cell", note);
    button.ariaLabel = `Sample ${number + 1}`;
    return button;
  });
  const grid = make("div", "wall-grid", ...buttons);
  grid.role = "group";
  grid.ariaLabel = "Samples";
  el.append(grid);
  const { playing, step } = data.peek();
  const wall = new WallCells(options.count, playing ? 0 : step, (number) => boxIn(el, buttons[number]!));
  oneStop(grid);
  listenToCells(buttons, held, (number) => {
    if (wall.cells[number]!.placed !== null) options.onOpen(number);
  });

  const repaint = paint(el, layers, wall);
  effect(() => {
    wall.held = held.value;
    const cell = wall.cells[held.value ?? -1];
    for (const note of notes) note.textContent = "";
    options.onHold(cell?.placed ? { sample: held.value!, points: Math.floor(wall.written(cell)) } : null);
    repaint(true);
  });
  effect(() => {
    if (held.value !== null) notes[held.value]!.textContent = data.value.note;
  });
  follow(data, wall, () => repaint(true));
  play(data, wall, options, () => repaint(false));

  pictured(el, () => {
    const css = sampleColours(el);
    const paths = wall.cells.flatMap((cell, number) =>
      cell.placed === null
        ? []
        : [cell.placed.svg(wall.written(cell), number === wall.held ? css.future : css.ink)],
    );
    return paths.join("\n");
  });
}

/** Takes new samples, another wall or another step. */
function follow(data: ReadonlySignal<WallData>, wall: WallCells, repaint: () => void): void {
  let last: WallData | null = null;
  effect(() => {
    const now = data.value;
    const another = last !== null && now.key !== last.key;
    const came = last === null || another || now.samples !== last.samples;
    const started = now.playing && last?.playing === false;
    last = now;
    if (came) wall.take(now, another);
    if (started && wall.ended) wall.goTo(0);
    const moved = !now.playing && Math.floor(wall.step) !== now.step;
    if (moved) wall.goTo(now.step);
    if (came || moved || started) repaint();
  });
}

/** Writes on, frame by frame, while the wall is playing. */
function play(
  data: ReadonlySignal<WallData>,
  wall: WallCells,
  { onStep, onEnd }: WallOptions,
  repaint: () => void,
): void {
  const playing = computed(() => data.value.playing);
  animated(playing, (ms) => {
    wall.move((ms * data.peek().speed) / MODEL_MS);
    repaint();
    onStep(Math.floor(wall.step));
    if (wall.ended) onEnd();
  });
}

/** Returns a function that paints in the next frame: everything, or only what was written since. */
function paint(
  el: HTMLElement,
  [lower, upper]: readonly [HTMLCanvasElement, HTMLCanvasElement],
  wall: WallCells,
): (all: boolean) => void {
  const [whole, live] = [contextOf(lower), contextOf(upper)];
  const size = sizeOf(el);
  const wanted = signal(0);
  let stale = true;
  let painted: Theme | null = null;
  let density = 1;
  effect(() => {
    density = Math.min(window.devicePixelRatio, MOST_DENSITY);
    for (const each of [lower, upper]) sized(each, { ...size.value, density });
    wall.place();
    stale = true;
  });
  onFrame(
    () => ({ wanted: wanted.value, size: size.value, theme: theme().value }),
    ({ theme }) => {
      const css = sampleColours(el);
      if (stale || theme !== painted) {
        clear(whole);
        for (const cell of wall.cells) cell.painted = 0;
        stale = false;
        painted = theme;
      }
      clear(live);
      wall.cells.forEach((cell, number) => {
        const { placed } = cell;
        if (placed === null) return;
        const written = wall.written(cell);
        placed.enter(whole, density);
        placed.enter(live, density);
        whole.fillStyle = live.fillStyle = number === wall.held ? css.future : css.ink;
        let run = placed.runs[cell.painted];
        for (; run !== undefined && run.end <= written; run = placed.runs[++cell.painted]) {
          whole.fill(placed.path(run));
        }
        if (run === undefined || written <= run.begin) return;
        placed.fillPart(live, run, written);
        live.fillStyle = css.future;
        placed.fillTip(live, written);
      });
    },
  );
  return (all) => {
    stale ||= all;
    wanted.value = wanted.peek() + 1;
  };
}

/** Pointing at a cell, or focusing it, holds its sample; a click opens it. */
function listenToCells(
  buttons: readonly HTMLButtonElement[],
  held: Signal<number | null>,
  open: (number: number) => void,
): void {
  const hold = into(held);
  buttons.forEach((button, number) => {
    let looked = false;
    button.addEventListener("pointerenter", () => hold(number));
    button.addEventListener("pointerleave", () => {
      const focused = buttons.indexOf(document.activeElement as HTMLButtonElement);
      hold(focused < 0 ? null : focused);
    });
    button.addEventListener("pointerdown", (event) => {
      looked = event.pointerType !== "touch" || document.activeElement === button;
    });
    button.addEventListener("focus", () => hold(number));
    button.addEventListener("blur", () => hold(null));
    button.addEventListener("keydown", () => {
      looked = true;
    });
    // A finger cannot hover: its first touch looks, its second opens.
    button.addEventListener("click", () => {
      if (looked) open(number);
    });
  });
}
