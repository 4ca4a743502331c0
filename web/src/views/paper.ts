/**
 * The writing figure: a ruled line of endless paper, the ink on it, and the ways it could go on.
 *
 * Three canvases lie under a native scroller: ink, the cloud of all futures, and the one that is shown.
 */

import { Camera } from "../draw/camera.ts";
import { Layer } from "../draw/layer.ts";
import { StrokePaths } from "../draw/strokes.ts";
import { type Continuation, MODEL_MS, type Stroke, X_HEIGHT } from "../ink/stroke.ts";
import { futurePath, type Tip } from "./reveal.ts";

export interface PaperData {
  /** Ink in order; the last stroke may be open. */
  readonly ink: readonly Stroke[];
  /** Drawn faintly: an example, not the reader's. */
  readonly faint: boolean;
  /** Whether the pen is down. */
  readonly writing: boolean;
  readonly futures: Futures | null;
  /** Which future is shown; none where it is not among them. */
  readonly shown: number;
  /** Whether to ask for the next future when the one shown has been looked at. */
  readonly playing: boolean;
}

/** Ways to go on from the end of an ink. */
export interface Futures {
  /** The same for all futures of one ink and seed: a change of length or variation bends them in place. */
  readonly key: string;
  /** Number of the first of them. */
  readonly first: number;
  /** Where all of them start. */
  readonly end: Tip;
  readonly all: readonly Continuation[];
  /** False while only the shown one is known. */
  readonly complete: boolean;
}

export interface PaperOptions {
  /** No movement: everything is drawn at once. */
  readonly still: boolean;
  /** The future shown has been looked at. Called while `playing`. */
  onTurn(): void;
}

export interface Paper {
  update(data: PaperData): void;
  destroy(): void;
  /** The element that takes the pen and the keys. */
  readonly surface: HTMLElement;
  toSheet(clientX: number, clientY: number): { x: number; y: number };
  /** Moves the paper by client pixels. */
  pan(dx: number): void;
}

const FADE_MS = 260;
const LOOK_MS = 1300;
const STILL_LOOK_MS = 3000;
const LONGEST_DRAW_MS = 2400;
const CLOUD_ALPHA = 0.14;
const SHOWN_ALPHA = 0.95;
/** While the pen moves, each future is there for a moment only and leaves a trace. */
const PASSING_ALPHA = 0.3;
const FAINT_ALPHA = 0.4;
/** Futures are written with a finer nib, so that ink stays ink. */
const CLOUD_NIB = 0.62;
const SHOWN_NIB = 0.82;
/** Clouds, and futures, that may fade at once. */
const MOST_FADING = 3;
/** The paper slides on when the pen has rested so long. */
const REST_MS = 900;

interface Fading {
  readonly paths: readonly Path2D[];
  readonly alpha: number;
  readonly since: number;
}

interface Cloud {
  readonly key: string;
  readonly first: number;
  readonly born: number;
  readonly paths: readonly Path2D[];
}

interface Showing {
  readonly key: string;
  readonly number: number;
  readonly future: Continuation;
  readonly tip: Tip | null;
  /** When its first point was drawn. */
  readonly since: number;
}

export function paper(el: HTMLElement, initial: PaperData, options: PaperOptions): Paper {
  const surface = document.createElement("div");
  const extent = document.createElement("div");
  surface.className = "paper-surface";
  extent.className = "paper-extent";
  const camera = new Camera(surface, extent);
  const layers = {
    ink: new Layer(el, camera),
    cloud: new Layer(el, camera),
    shown: new Layer(el, camera),
  };
  surface.append(extent);
  el.append(surface);

  let data = initial;
  let cloud: Cloud = { key: "", first: 0, born: 0, paths: [] };
  let showing: Showing | null = null;
  let fadingClouds: Fading[] = [];
  let fadingShown: Fading[] = [];
  let colours = readColours(el);
  let frame = 0;
  let lookTimer = 0;
  let restTimer = 0;
  let inkIsOld = true;
  const strokes = new StrokePaths();

  /** Where the line of a future goes on from; null where the pen comes down anew. */
  const tipOf = (futures: Futures): Tip | null => (data.ink.at(-1)?.lifted === false ? futures.end : null);

  const drawInk = (): void =>
    layers.ink.draw((context) => {
      drawRules(context, camera, colours.rule);
      context.fillStyle = colours.ink;
      context.globalAlpha = data.faint ? FAINT_ALPHA : 1;
      strokes.fill(context, data.ink, camera);
    });

  const drawCloud = (now: number): boolean => {
    fadingClouds = fadingClouds.filter(({ since }) => now - since < FADE_MS).slice(-MOST_FADING);
    const risen = options.still ? 1 : Math.min((now - cloud.born) / FADE_MS, 1);
    layers.cloud.draw((context) => {
      context.fillStyle = colours.future;
      for (const fading of fadingClouds)
        fill(context, fading.paths, fading.alpha * (1 - (now - fading.since) / FADE_MS));
      fill(context, cloud.paths, CLOUD_ALPHA * risen);
    });
    return risen < 1 || fadingClouds.length > 0;
  };

  const drawShown = (now: number): boolean => {
    fadingShown = fadingShown.filter(({ since }) => now - since < FADE_MS);
    const current = showing;
    const n = current?.future.lifts.length ?? 0;
    const count = current === null || data.writing || options.still ? n : drawnPoints(n, now - current.since);
    layers.shown.draw((context) => {
      context.fillStyle = colours.future;
      for (const { paths, alpha, since } of fadingShown)
        fill(context, paths, alpha * (1 - (now - since) / FADE_MS));
      if (current !== null)
        fill(context, [futurePath(current.future, current.tip, SHOWN_NIB, count)], SHOWN_ALPHA);
    });
    if (current !== null && count >= n) look();
    return count < n || fadingShown.length > 0;
  };

  const animate = (now: number): void => {
    frame = 0;
    if (inkIsOld) drawInk();
    inkIsOld = false;
    const cloudMoves = drawCloud(now);
    const shownMoves = drawShown(now);
    if (cloudMoves || shownMoves) wake();
  };

  const wake = (): void => {
    if (frame === 0) frame = requestAnimationFrame(animate);
  };

  /** Lets the shown future be looked at for a while, then asks for the next. */
  const look = (): void => {
    if (lookTimer !== 0 || !data.playing || data.writing) return;
    const stay = (): void => {
      lookTimer = 0;
      if (data.playing && !data.writing) options.onTurn();
    };
    lookTimer = window.setTimeout(stay, options.still ? STILL_LOOK_MS : LOOK_MS);
  };

  const takeFutures = (futures: Futures | null, now: number): void => {
    const sameInk = futures?.key === cloud.key;
    if (futures === null || !sameInk || (futures.complete && futures.first !== cloud.first)) {
      if (!options.still && cloud.paths.length > 0) {
        fadingClouds.push({ paths: cloud.paths, alpha: CLOUD_ALPHA, since: now });
      }
      cloud = { key: futures?.key ?? "", first: -1, born: now, paths: [] };
    }
    if (futures?.complete) {
      const drawn = futures.all.map((future) => futurePath(future, tipOf(futures), CLOUD_NIB));
      cloud = { ...cloud, first: futures.first, paths: drawn };
    }
  };

  const takeShown = (futures: Futures | null, number: number, now: number): void => {
    const future = futures?.all[number - futures.first];
    if (futures === null || future === undefined) {
      if (futures === null) showing = null;
      return;
    }
    if (showing?.future === future) return;
    const same = showing !== null && showing.key === futures.key && showing.number === number;
    if (!same) {
      window.clearTimeout(lookTimer);
      lookTimer = 0;
      if (showing !== null && !options.still) {
        const path = futurePath(showing.future, showing.tip, SHOWN_NIB);
        const alpha = data.writing ? PASSING_ALPHA : SHOWN_ALPHA;
        fadingShown = [...fadingShown.slice(1 - MOST_FADING), { paths: [path], alpha, since: now }];
      }
    }
    const since = showing !== null && same ? showing.since : now;
    showing = { key: futures.key, number, future, tip: tipOf(futures), since };
  };

  /** Slides the paper on when there is little room left, once the pen rests. */
  const rest = (): void => {
    window.clearTimeout(restTimer);
    if (data.writing) camera.hold();
    else if (data.faint) camera.bring(0, camera.margin / camera.width, options.still);
    else restTimer = window.setTimeout(follow, REST_MS);
  };

  const follow = (): void => {
    const end = rightEnd(data.ink);
    const place = camera.screenX(end) / camera.width;
    const ahead = camera.screenX(showing === null ? end : rightOf(showing.future, end)) / camera.width;
    if (place > 0.7 || (place > 0.42 && ahead > 0.97)) camera.bring(end, 0.36, options.still);
    else if (place < 0.03 && camera.scroll > 0) camera.bring(end, 0.6, options.still);
  };

  const measure = (): void => {
    camera.resize(Number.parseFloat(getComputedStyle(el).paddingLeft));
    for (const layer of Object.values(layers)) layer.resize();
    reach();
    redraw();
  };

  const reach = (): void => {
    const end = rightEnd(data.ink);
    camera.reach(showing === null ? end : rightOf(showing.future, end));
  };

  const redraw = (): void => {
    cancelAnimationFrame(frame);
    inkIsOld = true;
    animate(performance.now());
  };

  const recolour = (): void => {
    colours = readColours(el);
    redraw();
  };

  const observer = new ResizeObserver(measure);
  const scheme = window.matchMedia("(prefers-color-scheme: dark)");
  observer.observe(surface);
  scheme.addEventListener("change", recolour);
  surface.addEventListener("scroll", redraw, { passive: true });
  measure();

  const update = (next: PaperData): void => {
    const now = performance.now();
    const inkChanged = next.ink !== data.ink || next.faint !== data.faint;
    const pieces = next.futures !== data.futures || next.shown !== data.shown;
    data = next;
    inkIsOld ||= inkChanged;
    if (pieces) {
      takeFutures(next.futures, now);
      takeShown(next.futures, next.shown, now);
    }
    if (inkChanged || pieces) {
      reach();
      rest();
    }
    wake();
  };

  const destroy = (): void => {
    cancelAnimationFrame(frame);
    window.clearTimeout(lookTimer);
    window.clearTimeout(restTimer);
    camera.hold();
    observer.disconnect();
    scheme.removeEventListener("change", recolour);
    el.replaceChildren();
  };

  return {
    update,
    destroy,
    surface,
    toSheet: (clientX, clientY) => camera.toSheet(clientX, clientY),
    pan: (dx) => camera.pan(dx),
  };
}

/** Points drawn after so many milliseconds: at the speed of a hand, sooner where there are many. */
function drawnPoints(n: number, elapsed: number): number {
  const duration = Math.min(n * MODEL_MS, LONGEST_DRAW_MS);
  return Math.min((elapsed / duration) * n, n);
}

function fill(context: CanvasRenderingContext2D, paths: readonly Path2D[], alpha: number): void {
  context.globalAlpha = Math.max(alpha, 0);
  for (const path of paths) context.fill(path);
}

/** The baseline, and fainter the height of an x, over the whole view. */
function drawRules(context: CanvasRenderingContext2D, camera: Camera, colour: string): void {
  const left = -camera.margin / camera.zoom + camera.scroll / camera.zoom;
  const width = camera.width / camera.zoom;
  const hairline = 1 / camera.zoom;
  context.fillStyle = colour;
  context.globalAlpha = 1;
  context.fillRect(left, 0, width, hairline);
  context.globalAlpha = 0.45;
  context.fillRect(left, -X_HEIGHT, width, hairline);
}

/** Right end of the last stroke, sheet units. */
function rightEnd(ink: readonly Stroke[]): number {
  return ink.at(-1)?.x.reduce((a, b) => Math.max(a, b)) ?? 0;
}

function rightOf({ points }: Continuation, least: number): number {
  let right = least;
  for (let k = 0; k < points.length; k += 2) right = Math.max(right, points[k]!);
  return right;
}

function readColours(el: HTMLElement): { ink: string; future: string; rule: string } {
  const style = getComputedStyle(el);
  const colour = (name: string): string => style.getPropertyValue(name).trim();
  return { ink: colour("--ink"), future: colour("--future"), rule: colour("--rule") };
}
