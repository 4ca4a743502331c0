/**
 * Pairs of samples that write themselves at the same pace: as they are, and under a change.
 *
 * One canvas lies under a grid of places, two a pair; both of a pair have one scale, so that sizes can be compared.
 */

import { PathText } from "../../ink/path-text.ts";
import { type Continuation, MODEL_MS } from "../../ink/stroke.ts";
import { boxIn, PlacedSample } from "../../views/wall-cell.ts";

export interface Pair {
  readonly before: Continuation;
  readonly after: Continuation;
}

export interface PairsData {
  /** By number; another array is drawn anew. */
  readonly pairs: readonly Pair[];
  /** Changes when they begin to write anew. */
  readonly key: string;
  readonly playing: boolean;
  /** What stands over each side. */
  readonly heads: readonly [string, string];
}

export interface PairsOptions {
  /** Number of pairs. */
  readonly count: number;
  /** Every sample is written to its end. */
  onEnd(): void;
}

export interface BeforeAfter {
  update(data: PairsData): void;
  /** What is shown, as a drawing. */
  svg(): string;
  destroy(): void;
}

/** Client pixels in a sheet unit. */
const LEAST_ZOOM = 0.46;
const GREATEST_ZOOM = 1.1;
const UNITS_IN_WIDTH = 520;
const MOST_DENSITY = 2;
const TIP_RADIUS = 2.6;
/** The longest time (ms) that one frame moves the pens on: after a pause of the browser they do not jump. */
const LONGEST_FRAME_MS = 100;

interface Side {
  readonly el: HTMLElement;
  /** The part of it where there is ink. */
  readonly room: HTMLElement;
  placed: PlacedSample | null;
}

export function beforeAfter(el: HTMLElement, initial: PairsData, options: PairsOptions): BeforeAfter {
  const canvas = document.createElement("canvas");
  canvas.ariaHidden = "true";
  const grid = document.createElement("div");
  grid.className = "pairs";
  el.append(canvas, grid);
  const context = canvas.getContext("2d");
  if (context === null) throw new Error("this browser has no 2D canvas");
  const heads = [make("pairs-head", grid), make("pairs-head after", grid)] as const;
  const rows = Array.from(
    { length: options.count },
    () => ["pairs-side", "pairs-side after"].map((name) => side(make(name, grid))) as [Side, Side],
  );

  let data = initial;
  let colours = readColours(el);
  let density = 1;
  /** Points that are written of each sample. */
  let step = initial.playing ? 0 : Number.POSITIVE_INFINITY;
  let frame = 0;
  let last = 0;

  const paint = (placed: PlacedSample, ink: string): void => {
    if (context === null) return;
    const written = Math.min(step, placed.length);
    placed.enter(context, density);
    context.fillStyle = ink;
    for (const run of placed.runs) {
      if (run.end <= written) context.fill(placed.path(run));
      else if (run.begin < written) {
        const path = new Path2D();
        placed.trace(run, written, path);
        context.fill(path);
      }
    }
    if (written === 0 || written === placed.length) return;
    const tip = placed.pen(written);
    context.beginPath();
    context.arc(tip.x, tip.y, TIP_RADIUS / placed.zoom, 0, 2 * Math.PI);
    context.fillStyle = colours.future;
    context.fill();
  };

  const draw = (): void => {
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, canvas.width, canvas.height);
    for (const [before, after] of rows) {
      if (before.placed !== null) paint(before.placed, colours.ink);
      if (after.placed !== null) paint(after.placed, colours.ink);
    }
  };

  const ended = (): boolean => rows.flat().every(({ placed }) => placed !== null && step >= placed.length);

  const animate = (now: number): void => {
    frame = 0;
    if (data.pairs.length > 0) step += Math.min(now - last, LONGEST_FRAME_MS) / MODEL_MS;
    last = now;
    draw();
    if (ended()) options.onEnd();
    else wake();
  };

  const wake = (): void => {
    if (frame !== 0 || !data.playing) return;
    last = performance.now();
    frame = requestAnimationFrame(animate);
  };

  const place = (): void => {
    rows.forEach(([before, after], k) => {
      const pair = data.pairs[k];
      before.placed = after.placed = null;
      if (pair === undefined) return;
      const boxes = [boxIn(el, before.room), boxIn(el, after.room)] as const;
      const wanted = Math.min(Math.max(boxes[0].width / UNITS_IN_WIDTH, LEAST_ZOOM), GREATEST_ZOOM);
      const first = new PlacedSample(pair.before, boxes[0], wanted);
      after.placed = new PlacedSample(pair.after, boxes[1], wanted, first.zoom);
      before.placed = new PlacedSample(pair.before, boxes[0], wanted, after.placed.zoom);
    });
    draw();
  };

  const label = (): void => {
    heads.forEach((head, k) => {
      head.textContent = data.heads[k]!;
    });
    for (const row of rows) {
      row.forEach((side, k) => {
        side.el.dataset.head = data.heads[k]!;
      });
    }
  };

  const measure = (): void => {
    density = Math.min(window.devicePixelRatio, MOST_DENSITY);
    canvas.width = Math.max(Math.round(el.clientWidth * density), 1);
    canvas.height = Math.max(Math.round(el.clientHeight * density), 1);
    place();
  };

  const recolour = (): void => {
    colours = readColours(el);
    draw();
  };

  const observer = new ResizeObserver(measure);
  const scheme = window.matchMedia("(prefers-color-scheme: dark)");
  observer.observe(el);
  scheme.addEventListener("change", recolour);

  const update = (next: PairsData): void => {
    const other = next.pairs !== data.pairs;
    const anew = next.key !== data.key;
    data = next;
    label();
    if (anew) step = next.playing ? 0 : Number.POSITIVE_INFINITY;
    else if (!next.playing) step = Number.POSITIVE_INFINITY;
    if (other) place();
    else draw();
    if (next.playing) wake();
    else cancel();
  };

  const cancel = (): void => {
    cancelAnimationFrame(frame);
    frame = 0;
  };

  const svg = (): string => {
    const [width, height] = [el.clientWidth, el.clientHeight];
    const paths = rows.flat().flatMap(({ placed }) => {
      if (placed === null) return [];
      const text = new PathText(placed.zoom, placed.left, placed.top);
      const written = Math.min(step, placed.length);
      for (const run of placed.runs) {
        if (run.begin < written) placed.trace(run, Math.min(written, run.end), text);
      }
      return `<path fill="${colours.ink}" d="${text}"/>`;
    });
    const titles = heads.map((head, k) => {
      const { left, top, height: high } = boxIn(el, labelled(head, rows[0]![k]!.el));
      const colour = k === 1 ? colours.future : colours.muted;
      return `<text x="${left + 14}" y="${top + high / 2}" fill="${colour}">${escaped(data.heads[k]!)}</text>`;
    });
    return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}">
<rect width="100%" height="100%" fill="${colours.paper}"/>
<g font-family="Source Serif, Georgia, serif" font-size="15">
${titles.join("\n")}
</g>
${paths.join("\n")}
</svg>
`;
  };

  label();
  measure();
  if (initial.playing) wake();
  return {
    update,
    svg,
    destroy() {
      cancel();
      observer.disconnect();
      scheme.removeEventListener("change", recolour);
      el.replaceChildren();
    },
  };
}

function side(el: HTMLElement): Side {
  return { el, room: make("pairs-room", el), placed: null };
}

/** The heading, or the place under it where headings are not shown. */
function labelled(head: HTMLElement, side: HTMLElement): HTMLElement {
  return head.clientHeight > 0 ? head : side;
}

function make(names: string, to: HTMLElement): HTMLElement {
  const made = document.createElement("div");
  made.className = names;
  to.append(made);
  return made;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}

interface Colours {
  readonly ink: string;
  readonly future: string;
  readonly paper: string;
  readonly muted: string;
}

function readColours(el: HTMLElement): Colours {
  const style = getComputedStyle(el);
  const colour = (name: string): string => style.getPropertyValue(name).trim();
  return {
    ink: colour("--ink"),
    future: colour("--future"),
    paper: colour("--paper"),
    muted: colour("--muted"),
  };
}
