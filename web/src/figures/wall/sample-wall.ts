/**
 * The sample wall: a grid of samples that write themselves.
 *
 * Two canvases lie under a grid of buttons, one a sample. What is written whole is painted once on the lower; the
 * upper has the strokes that are being written, and is drawn anew each frame.
 */

import { PathText } from "../../ink/path-text.ts";
import { type Continuation, MODEL_MS } from "../../ink/stroke.ts";
import { boxIn, PlacedSample } from "../../views/wall-cell.ts";

export interface WallData {
  /** By number; undefined where it is not there yet. Another array is another wall. */
  readonly samples: readonly (Continuation | undefined)[];
  /** Changes when the wall begins anew; the same while samples of one wall come in. */
  readonly key: string;
  readonly playing: boolean;
  /** Times the usual speed of a pen. */
  readonly speed: number;
  /** Steps that are written of each sample while the wall is not playing. */
  readonly step: number;
  /** Points that a sample has before its first step: its origin, where it begins a line. */
  readonly head: number;
  /** What is said in the cell of the sample that is held. */
  readonly note: string;
}

export interface WallOptions {
  /** Number of cells. */
  readonly count: number;
  /** A sample stops to be looked at, with so many points written; null when it goes on. */
  onHold(held: { readonly sample: number; readonly points: number } | null): void;
  onOpen(sample: number): void;
  /** The wall has played up to here. */
  onStep(step: number): void;
  /** Every sample is written to its end. */
  onEnd(): void;
}

export interface SampleWall {
  update(data: WallData): void;
  /** What is shown, as a drawing. */
  svg(): string;
  destroy(): void;
}

interface Cell {
  readonly button: HTMLButtonElement;
  readonly note: HTMLElement;
  sample: Continuation | undefined;
  placed: PlacedSample | null;
  /** Steps that it is behind the wall's own step: it came late, or was held. */
  lag: number;
  /** Runs that are painted whole. */
  painted: number;
}

/** The longest time (ms) that one frame moves the wall on: after a pause of the browser it does not jump. */
const LONGEST_FRAME_MS = 100;
const TIP_RADIUS = 2.4;
const MOST_DENSITY = 2;

export function sampleWall(el: HTMLElement, initial: WallData, options: WallOptions): SampleWall {
  const [whole, live] = [makeLayer(el), makeLayer(el)];
  const grid = document.createElement("div");
  grid.className = "wall-grid";
  grid.role = "group";
  grid.ariaLabel = "Samples";
  el.append(grid);

  let data = initial;
  let step = initial.playing ? 0 : initial.step;
  let held: number | null = null;
  let colours = readColours(el);
  let frame = 0;
  let last = 0;
  let density = 1;
  const cells = Array.from({ length: options.count }, (_, number) => makeCell(grid, number));

  /** Points that are written of a sample. */
  const writtenOf = ({ placed, lag }: Cell): number =>
    Math.min(Math.max(step - lag, 0) + data.head, placed?.length ?? 0);
  const ended = (): boolean =>
    cells.every((cell) => cell.placed !== null && writtenOf(cell) >= cell.placed.length);

  // Drawing.

  const paintWhole = (cell: Cell, number: number): void => {
    const { placed } = cell;
    if (placed === null) return;
    const written = writtenOf(cell);
    placed.enter(whole, density);
    whole.fillStyle = number === held ? colours.future : colours.ink;
    for (let run = placed.runs[cell.painted]; run !== undefined && run.end <= written; ) {
      whole.fill(placed.path(run));
      run = placed.runs[++cell.painted];
    }
  };

  const paintLive = (cell: Cell, number: number): void => {
    const { placed, painted } = cell;
    const run = placed?.runs[painted];
    if (placed === null || run === undefined) return;
    const written = writtenOf(cell);
    if (written <= run.begin) return;
    const path = new Path2D();
    placed.trace(run, written, path);
    placed.enter(live, density);
    live.fillStyle = number === held ? colours.future : colours.ink;
    live.fill(path);
    const tip = placed.pen(written);
    live.fillStyle = colours.future;
    live.beginPath();
    live.arc(tip.x, tip.y, TIP_RADIUS / placed.zoom, 0, 2 * Math.PI);
    live.fill();
  };

  const draw = (): void => {
    cells.forEach(paintWhole);
    clear(live);
    cells.forEach(paintLive);
  };

  /** Everything anew. */
  const redraw = (): void => {
    clear(whole);
    for (const cell of cells) cell.painted = 0;
    draw();
  };

  // Time.

  const animate = (now: number): void => {
    frame = 0;
    const waits = cells.every(({ placed }) => placed === null);
    const moved = waits ? 0 : (Math.min(now - last, LONGEST_FRAME_MS) * data.speed) / MODEL_MS;
    last = now;
    step += moved;
    for (const [number, cell] of cells.entries()) {
      // What is held stands still, what is not there yet begins later.
      if (number === held || cell.placed === null) cell.lag += moved;
    }
    draw();
    options.onStep(Math.floor(step));
    if (ended()) options.onEnd();
    else wake();
  };

  const wake = (): void => {
    if (frame !== 0 || !data.playing) return;
    last = performance.now();
    frame = requestAnimationFrame(animate);
  };

  const stop = (): void => {
    cancelAnimationFrame(frame);
    frame = 0;
  };

  const goTo = (to: number): void => {
    step = to;
    for (const cell of cells) cell.lag = 0;
  };

  // The reader.

  const hold = (number: number | null): void => {
    if (number === held) return;
    held = number;
    const cell = number === null ? undefined : cells[number];
    for (const each of cells) each.note.textContent = "";
    options.onHold(
      number === null || !cell?.placed ? null : { sample: number, points: Math.floor(writtenOf(cell)) },
    );
    redraw();
  };

  const focus = (number: number): void => {
    cells.forEach(({ button }, k) => {
      button.tabIndex = k === number ? 0 : -1;
    });
  };

  const columns = (): number => getComputedStyle(grid).gridTemplateColumns.split(" ").length;

  const walk = (event: KeyboardEvent, number: number): void => {
    const by = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns(), ArrowDown: columns() }[event.key];
    if (by === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    cells[number + by]?.button.focus();
  };

  cells.forEach(({ button }, number) => {
    let looked = false;
    button.addEventListener("pointerenter", () => hold(number));
    button.addEventListener("pointerleave", () => hold(focused(grid, cells)));
    button.addEventListener("pointerdown", (event) => {
      looked = event.pointerType !== "touch" || document.activeElement === button;
    });
    button.addEventListener("focus", () => {
      focus(number);
      hold(number);
    });
    button.addEventListener("blur", () => hold(null));
    button.addEventListener("keydown", (event) => {
      looked = true;
      walk(event, number);
    });
    // A finger cannot hover: its first touch looks, its second opens.
    button.addEventListener("click", () => {
      if (looked && cells[number]?.placed) options.onOpen(number);
    });
  });
  focus(0);

  // Size and colours.

  const place = (cell: Cell): void => {
    cell.placed = cell.sample === undefined ? null : new PlacedSample(cell.sample, boxIn(el, cell.button));
  };

  const measure = (): void => {
    density = Math.min(window.devicePixelRatio, MOST_DENSITY);
    for (const { canvas } of [whole, live]) {
      canvas.width = Math.max(Math.round(el.clientWidth * density), 1);
      canvas.height = Math.max(Math.round(el.clientHeight * density), 1);
    }
    cells.forEach(place);
    redraw();
  };

  const recolour = (): void => {
    colours = readColours(el);
    redraw();
  };

  const take = (next: WallData): void => {
    if (next.key !== data.key) {
      for (const cell of cells) cell.sample = undefined;
      goTo(0);
    }
    cells.forEach((cell, number) => {
      const sample = next.samples[number];
      if (sample === cell.sample) return;
      cell.sample = sample;
      if (!next.playing) cell.lag = 0;
      place(cell);
    });
  };

  const observer = new ResizeObserver(measure);
  const scheme = window.matchMedia("(prefers-color-scheme: dark)");
  observer.observe(el);
  scheme.addEventListener("change", recolour);

  const update = (next: WallData): void => {
    const anew = next.samples !== data.samples || next.key !== data.key;
    const started = next.playing && !data.playing;
    if (anew) take(next);
    data = next;
    if (held !== null) cells[held]!.note.textContent = next.note;
    if (started && ended()) goTo(0);
    const moved = !next.playing && Math.floor(step) !== next.step;
    if (moved) goTo(next.step);
    if (anew || moved || started) redraw();
    if (next.playing) wake();
    else stop();
  };

  const svg = (): string => {
    const [width, height] = [el.clientWidth, el.clientHeight];
    const paths = cells.flatMap((cell, number) => {
      const { placed } = cell;
      if (placed === null) return [];
      const text = new PathText(placed.zoom, placed.left, placed.top);
      const written = writtenOf(cell);
      for (const run of placed.runs)
        if (run.begin < written) placed.trace(run, Math.min(written, run.end), text);
      return `<path fill="${number === held ? colours.future : colours.ink}" d="${text}"/>`;
    });
    return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}">
<rect width="100%" height="100%" fill="${colours.paper}"/>
${paths.join("\n")}
</svg>
`;
  };

  const destroy = (): void => {
    stop();
    observer.disconnect();
    scheme.removeEventListener("change", recolour);
    el.replaceChildren();
  };

  take(initial);
  measure();
  if (initial.playing) wake();
  return { update, svg, destroy };
}

function makeLayer(el: HTMLElement): CanvasRenderingContext2D {
  const canvas = document.createElement("canvas");
  canvas.ariaHidden = "true";
  const context = canvas.getContext("2d");
  if (context === null) throw new Error("this browser has no 2D canvas");
  el.append(canvas);
  return context;
}

function makeCell(grid: HTMLElement, number: number): Cell {
  const button = document.createElement("button");
  const note = document.createElement("span");
  button.type = "button";
  button.className = "wall-cell";
  button.ariaLabel = `Sample ${number + 1}`;
  button.append(note);
  grid.append(button);
  return { button, note, sample: undefined, placed: null, lag: 0, painted: 0 };
}

/** The number of the cell that has the focus; null where none has. */
function focused(grid: HTMLElement, cells: readonly Cell[]): number | null {
  if (!grid.contains(document.activeElement)) return null;
  const number = cells.findIndex(({ button }) => button === document.activeElement);
  return number < 0 ? null : number;
}

function clear(context: CanvasRenderingContext2D): void {
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.clearRect(0, 0, context.canvas.width, context.canvas.height);
}

function readColours(el: HTMLElement): { ink: string; future: string; paper: string } {
  const style = getComputedStyle(el);
  const colour = (name: string): string => style.getPropertyValue(name).trim();
  return { ink: colour("--ink"), future: colour("--future"), paper: colour("--paper") };
}
