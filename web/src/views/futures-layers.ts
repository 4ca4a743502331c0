/** The futures on the paper: a faint cloud of all of them, and the one that is shown, written as by a hand. */

import type { Camera } from "../draw/camera.ts";
import { Layer } from "../draw/layer.ts";
import { type Box, boxOf } from "../draw/strokes.ts";
import { NIB, outline, type Trail } from "../ink/outline.ts";
import { penDownRuns, trailTo } from "../ink/path.ts";
import { type Continuation, MODEL_MS } from "../ink/stroke.ts";

/** A point that a continuation starts from with the pen down. */
interface Tip {
  readonly x: number;
  readonly y: number;
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

/** How the futures are to be drawn now. */
export interface Showing {
  readonly colour: string;
  /** No movement: everything is drawn at once. */
  readonly still: boolean;
  /** Whether the pen is down. */
  readonly writing: boolean;
}

const FADE_MS = 260;
const LONGEST_DRAW_MS = 2400;
const CLOUD_ALPHA = 0.14;
const SHOWN_ALPHA = 0.95;
/** While the pen moves, each future is there for a moment only and leaves a trace. */
const PASSING_ALPHA = 0.3;
/** Futures are written with a finer nib, so that ink stays ink. */
const CLOUD_NIB = 0.62;
const SHOWN_NIB = 0.82;
/** Points before the newest of a stroke whose outline still changes visibly: widths are evened out over them. */
const SETTLING = 10;
/** Clouds, and futures, that may fade at once. */
const MOST_FADING = 3;

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

interface Shown {
  readonly key: string;
  readonly number: number;
  readonly future: Continuation;
  readonly tip: Tip | null;
  /** When its first point was drawn. */
  readonly since: number;
}

export class FuturesLayers {
  readonly #cloudLayer: Layer;
  readonly #shownLayer: Layer;
  #cloud: Cloud = { key: "", first: 0, born: 0, paths: [] };
  #shown: Shown | null = null;
  #fadingClouds: Fading[] = [];
  #fadingShown: Fading[] = [];
  /** Whether a layer is not what it should be, all over. */
  #cloudIsOld = true;
  #shownIsOld = true;
  /** Points of the shown future that are on its layer, and the strokes of it that are whole. */
  #count = 0;
  #strokes: Path2D[] = [];

  constructor(el: HTMLElement, camera: Camera) {
    this.#cloudLayer = new Layer(el, camera);
    this.#shownLayer = new Layer(el, camera);
  }

  /** The future that is shown. */
  get shown(): Continuation | null {
    return this.#shown?.future ?? null;
  }

  resize(): void {
    this.#cloudLayer.resize();
    this.#shownLayer.resize();
    this.#cloudIsOld = this.#shownIsOld = true;
  }

  /**
   * Takes new futures, of which one is shown; returns whether another one is shown than before.
   *
   * open: whether the line goes on where it ends; else the pen comes down again.
   */
  take(futures: Futures | null, number: number, open: boolean, { still, writing }: Showing): boolean {
    const now = performance.now();
    const tip = open && futures !== null ? futures.end : null;
    this.#takeCloud(futures, tip, now, still);
    const before = this.#shown;
    const future = futures?.all[number - futures.first];
    if (futures === null || future === undefined) {
      if (futures === null && before !== null) this.#show(null);
      return false;
    }
    if (before?.future === future) return false;
    const same = before !== null && before.key === futures.key && before.number === number;
    if (!same && before !== null && !still) {
      const path = futurePath(before.future, before.tip, SHOWN_NIB);
      const alpha = writing ? PASSING_ALPHA : SHOWN_ALPHA;
      this.#fadingShown = [...this.#fadingShown.slice(1 - MOST_FADING), { paths: [path], alpha, since: now }];
    }
    const since = before !== null && same ? before.since : now;
    this.#show({ key: futures.key, number, future, tip, since });
    return !same;
  }

  #show(shown: Shown | null): void {
    this.#shown = shown;
    this.#strokes = [];
    this.#shownIsOld = true;
  }

  /**
   * Draws what has changed; returns whether it still moves, and whether the shown future is there to its end.
   *
   * all: the paper has moved, or has other colours.
   */
  draw(now: number, showing: Showing, all: boolean): { readonly moves: boolean; readonly whole: boolean } {
    this.#cloudIsOld ||= all;
    this.#shownIsOld ||= all;
    const cloudMoves = this.#drawCloud(now, showing);
    this.#fadingShown = this.#fadingShown.filter(({ since }) => now - since < FADE_MS);
    const shown = this.#shown;
    const n = shown?.future.lifts.length ?? 0;
    const atOnce = shown === null || showing.writing || showing.still;
    const count = atOnce ? n : drawnPoints(n, now - shown.since);
    const fades = this.#fadingShown.length > 0;
    if (this.#shownIsOld || fades || count !== this.#count) {
      const part =
        this.#shownIsOld || fades || shown === null ? null : boxOfPoints(shown, this.#count, count);
      this.#shownLayer.draw((context) => {
        context.fillStyle = showing.colour;
        for (const { paths, alpha, since } of this.#fadingShown)
          fill(context, paths, alpha * (1 - (now - since) / FADE_MS));
        if (shown !== null) fill(context, this.#paths(shown, count), SHOWN_ALPHA);
      }, part);
      // What has faded is still there.
      this.#shownIsOld = fades;
      this.#count = count;
    }
    return {
      moves: cloudMoves || count < n || this.#fadingShown.length > 0,
      whole: shown !== null && count >= n,
    };
  }

  /** The strokes of the shown future up to a point; those that are whole are outlined once. */
  #paths({ future, tip }: Shown, count: number): Path2D[] {
    const drawn = trails(future, tip, count);
    return drawn.map((trail, k) => {
      const path = this.#strokes[k] ?? outlined(trail);
      if (k < drawn.length - 1) this.#strokes[k] = path;
      return path;
    });
  }

  #takeCloud(futures: Futures | null, tip: Tip | null, now: number, still: boolean): void {
    const cloud = this.#cloud;
    const sameInk = futures?.key === cloud.key;
    if (futures === null || !sameInk || (futures.complete && futures.first !== cloud.first)) {
      if (!still && cloud.paths.length > 0) {
        this.#fadingClouds.push({ paths: cloud.paths, alpha: CLOUD_ALPHA, since: now });
      }
      this.#cloud = { key: futures?.key ?? "", first: -1, born: now, paths: [] };
      this.#cloudIsOld = true;
    }
    if (futures?.complete) {
      const paths = futures.all.map((future) => futurePath(future, tip, CLOUD_NIB));
      this.#cloud = { ...this.#cloud, first: futures.first, paths };
      this.#cloudIsOld = true;
    }
  }

  #drawCloud(now: number, { still, colour }: Showing): boolean {
    this.#fadingClouds = this.#fadingClouds.filter(({ since }) => now - since < FADE_MS).slice(-MOST_FADING);
    const risen = still ? 1 : Math.min((now - this.#cloud.born) / FADE_MS, 1);
    const moves = risen < 1 || this.#fadingClouds.length > 0;
    if (!this.#cloudIsOld && !moves) return false;
    this.#cloudIsOld = moves;
    this.#cloudLayer.draw((context) => {
      context.fillStyle = colour;
      for (const fading of this.#fadingClouds)
        fill(context, fading.paths, fading.alpha * (1 - (now - fading.since) / FADE_MS));
      fill(context, this.#cloud.paths, CLOUD_ALPHA * risen);
    });
    return moves;
  }
}

/** The strokes of the first `count` points, which need not be whole: between two points the pen is on its way. */
function trails({ points, lifts }: Continuation, tip: Tip | null, count = lifts.length): Trail[] {
  const place = (p: number): Tip => (p < 0 ? tip! : { x: points[2 * p]!, y: points[2 * p + 1]! });
  return (
    penDownRuns(lifts, lifts.length)
      .map((run, k) => (k === 0 && tip !== null ? { ...run, begin: -1 } : run))
      .filter(({ begin }) => begin < Math.floor(count))
      .map((run) => trailTo(run, count, place))
      // A tip alone is ink that is there already.
      .filter(({ x }, k) => x.length > 1 || tip === null || k > 0)
  );
}

/** All of it as one path, in sheet units. */
function futurePath(future: Continuation, tip: Tip | null, nib: number): Path2D {
  const path = new Path2D();
  for (const trail of trails(future, tip)) outline(trail, path, nib);
  return path;
}

/** Points drawn after a number of milliseconds: at the speed of a hand, sooner where there are many. */
function drawnPoints(n: number, elapsed: number): number {
  const duration = Math.min(n * MODEL_MS, LONGEST_DRAW_MS);
  return Math.min((elapsed / duration) * n, n);
}

/** The box about the points from one to another, and those before them whose outline they still change. */
function boxOfPoints({ future: { points }, tip }: Shown, from: number, to: number): Box {
  const first = Math.max(Math.floor(from) - SETTLING, 0);
  const some = points.subarray(2 * first, 2 * Math.ceil(to));
  const [x, y] = [some.filter((_, k) => k % 2 === 0), some.filter((_, k) => k % 2 === 1)];
  const box = boxOf([
    { x: first === 0 && tip ? [tip.x, ...x] : [...x], y: first === 0 && tip ? [tip.y, ...y] : [...y] },
  ]);
  return { left: box.left - NIB, right: box.right + NIB, top: box.top - NIB, bottom: box.bottom + NIB };
}

function outlined(trail: Trail): Path2D {
  const path = new Path2D();
  outline(trail, path, SHOWN_NIB);
  return path;
}

function fill(context: CanvasRenderingContext2D, paths: readonly Path2D[], alpha: number): void {
  context.globalAlpha = Math.max(alpha, 0);
  for (const path of paths) context.fill(path);
}
