/**
 * Paper without an end: a ruled line, the ink on it, and the ways it could go on.
 *
 * Canvases lie under a native scroller: the ink, and the futures. While the pen rests, the paper follows the end of the
 * ink, until the reader moves it.
 */

import { Camera, type Place } from "../draw/camera.ts";
import { colours as coloursOf } from "../draw/colour.ts";
import { pictured } from "../draw/drawing.ts";
import { Layer } from "../draw/layer.ts";
import { theme, whenEnded } from "../draw/redraw.ts";
import { boxOf, StrokePaths } from "../draw/strokes.ts";
import { outline } from "../ink/outline.ts";
import { PathText } from "../ink/path-text.ts";
import { type Continuation, type Stroke, X_HEIGHT } from "../ink/stroke.ts";
import { type Futures, FuturesLayers } from "./futures-layers.ts";

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
  /** Whether the model's ink has a colour of its own. */
  readonly marked: boolean;
}

export interface PaperOptions {
  /** No movement: everything is drawn at once. */
  readonly still: boolean;
  /** The future shown has been looked at. Called while `playing`. */
  onTurn?(): void;
  /** Called when ink comes to lie outside the view, or all of it is in view again. */
  onHidden?(hidden: boolean): void;
}

export interface Paper {
  update(data: PaperData): void;
  /** The element that takes the pen and the keys. */
  readonly surface: HTMLElement;
  toSheet(clientX: number, clientY: number): { x: number; y: number };
  /** Moves the paper by client pixels; the page moves instead where the paper has no more ink to show. */
  pan(dx: number, dy: number): void;
  /** Zooms about a client position. */
  zoom(clientX: number, clientY: number, factor: number): void;
  /** Shows where the ink begins, where it ends, or a place in sheet units. */
  show(where: "begin" | "end" | Place): void;
}

const LOOK_MS = 1300;
const STILL_LOOK_MS = 3000;
const FAINT_ALPHA = 0.4;
/** The paper slides on when the pen has rested so long. */
const REST_MS = 900;
/** Ruled lines are so far apart (sheet units) that only one is in view where nobody has moved the paper. */
const LINE = 8 * X_HEIGHT;
/** The end of an ink, so long (sheet units), tells on which height it goes on. */
const RECENT = 5 * X_HEIGHT;

export function paper(el: HTMLElement, initial: PaperData, options: PaperOptions): Paper {
  const surface = document.createElement("div");
  const extent = document.createElement("div");
  surface.className = "paper-surface";
  extent.className = "paper-extent";
  const camera = new Camera(surface, extent);
  const inkLayer = new Layer(el, camera);
  const futures = new FuturesLayers(el, camera);
  surface.append(extent);
  el.append(surface);

  let data = initial;
  let box = boxOf(data.ink);
  let colours = readColours(el);
  let frame = 0;
  let lookTimer = 0;
  let restTimer = 0;
  let inkIsOld = true;
  let hidden = false;
  /** Whether the paper follows the end of the ink: until the reader moves it. */
  let following = true;
  /** Where each ink was looked at, so that undo gives back the place, too. */
  const places = new WeakMap<readonly Stroke[], Place>();
  const strokes = new StrokePaths();

  const showing = () => ({ colour: colours.future, still: options.still, writing: data.writing });

  const drawInk = (): void =>
    inkLayer.draw((context) => {
      drawRules(context, camera, colours.rule);
      context.globalAlpha = data.faint ? FAINT_ALPHA : 1;
      strokes.fill(context, data.ink, camera, ({ writer }) =>
        data.marked && writer === "model" ? colours["model-ink"] : colours.ink,
      );
    });

  pictured(el, () => paperSvg(data, camera, colours));

  const animate = (now: number): void => {
    frame = 0;
    const all = inkIsOld;
    if (all) drawInk();
    inkIsOld = false;
    const { moves, whole } = futures.draw(now, showing(), all);
    if (whole) look();
    if (moves) wake();
  };

  const wake = (): void => {
    if (frame === 0) frame = requestAnimationFrame(animate);
  };

  /** Lets the shown future be looked at for a while, then asks for the next. */
  const look = (): void => {
    if (lookTimer !== 0 || !data.playing || data.writing) return;
    const stay = (): void => {
      lookTimer = 0;
      if (data.playing && !data.writing) options.onTurn?.();
    };
    lookTimer = window.setTimeout(stay, options.still ? STILL_LOOK_MS : LOOK_MS);
  };

  /** Slides the paper on when there is little room left, once the pen rests. */
  const rest = (): void => {
    window.clearTimeout(restTimer);
    if (data.writing) camera.hold();
    else if (data.faint) camera.bring(0, camera.margin / camera.width, 0, options.still);
    else if (following) restTimer = window.setTimeout(follow, REST_MS);
  };

  const follow = (): void => {
    if (!following) return;
    const end = rightEnd(data.ink);
    const place = camera.screenX(end) / camera.width;
    const ahead = camera.screenX(rightOf(futures.shown, end)) / camera.width;
    const level = levelOf(data.ink);
    const upright = camera.screenY(level) / camera.height;
    const y = upright > 0.88 || upright < 0.3 ? level : camera.level;
    if (place > 0.7 || (place > 0.42 && ahead > 0.97)) camera.bring(end, 0.36, y, options.still);
    else if (place < 0.03 && camera.scroll > 0) camera.bring(end, 0.6, y, options.still);
    else if (y !== camera.level) camera.bring(end, place, y, options.still);
  };

  const measure = (): void => {
    const { width } = camera;
    const beganInView = camera.scroll < camera.margin;
    camera.resize(Number.parseFloat(getComputedStyle(el).paddingLeft));
    inkLayer.resize();
    futures.resize();
    reach();
    // After a phone was turned, the line begins in view where it did, or where all of it fits.
    const fits = camera.margin + box.right * camera.zoom < camera.width;
    if (camera.width !== width && width > 0) {
      camera.hold();
      if (fits || beganInView) camera.look({ x: 0, y: camera.level });
      following = false;
    }
    redraw();
  };

  const reach = (): void => camera.reach(rightOf(futures.shown, box.right));

  const tellHidden = (): void => {
    const [left, right] = [camera.screenX(box.left), camera.screenX(box.right)];
    const [top, bottom] = [camera.screenY(box.top), camera.screenY(box.bottom)];
    const now = !data.faint && (left < 0 || right > camera.width || top < 0 || bottom > camera.height);
    if (now !== hidden) options.onHidden?.(now);
    hidden = now;
  };

  const redraw = (): void => {
    cancelAnimationFrame(frame);
    inkIsOld = true;
    animate(performance.now());
    tellHidden();
  };

  /** The reader has moved the paper. */
  const moved = (): void => {
    following = false;
    window.clearTimeout(restTimer);
    camera.hold();
  };
  const wheel = (event: WheelEvent): void => {
    if (event.ctrlKey || event.metaKey) {
      // Also what a touchpad sends when two fingers zoom.
      event.preventDefault();
      zoom(event.clientX, event.clientY, Math.exp(-event.deltaY / 200));
    } else if (event.deltaX !== 0 || event.shiftKey) moved();
  };

  const observer = new ResizeObserver(measure);
  observer.observe(surface);
  surface.addEventListener("scroll", redraw, { passive: true });
  surface.addEventListener("wheel", wheel, { passive: false });
  measure();
  theme().subscribe(() => {
    colours = readColours(el);
    redraw();
  });

  const takeInk = (next: PaperData): void => {
    if (!data.writing) places.set(data.ink, camera.place);
    const place = next.writing || next.faint ? undefined : places.get(next.ink);
    box = boxOf(next.ink);
    following = place === undefined;
    if (place === undefined) return;
    camera.hold();
    reach();
    camera.look(place);
  };

  const update = (next: PaperData): void => {
    const inkChanged = next.ink !== data.ink || next.faint !== data.faint;
    const pieces = next.futures !== data.futures || next.shown !== data.shown;
    if (inkChanged) takeInk(next);
    inkIsOld ||= inkChanged || next.marked !== data.marked;
    data = next;
    if (pieces) {
      const open = next.ink.at(-1)?.lifted === false;
      if (futures.take(next.futures, next.shown, open, showing())) {
        window.clearTimeout(lookTimer);
        lookTimer = 0;
      }
    }
    if (inkChanged || pieces) {
      reach();
      rest();
      tellHidden();
    }
    wake();
  };

  whenEnded(() => {
    cancelAnimationFrame(frame);
    window.clearTimeout(lookTimer);
    window.clearTimeout(restTimer);
    camera.hold();
    observer.disconnect();
    el.replaceChildren();
  });

  const pan = (dx: number, dy: number): void => {
    moved();
    const y = camera.level - dy / camera.zoom;
    const inside = Math.min(Math.max(y, Math.min(box.top, 0)), Math.max(box.bottom, 0));
    camera.pan(dx, (camera.level - inside) * camera.zoom);
    window.scrollBy({ top: (y - inside) * camera.zoom, behavior: "instant" });
  };

  const zoom = (clientX: number, clientY: number, factor: number): void => {
    moved();
    camera.zoomBy(clientX, clientY, factor);
  };

  return {
    update,
    surface,
    toSheet: (clientX, clientY) => camera.toSheet(clientX, clientY),
    pan,
    zoom,
    show(where) {
      moved();
      if (where === "begin") camera.bring(0, camera.margin / camera.width, 0, options.still);
      else if (where === "end") camera.bring(rightEnd(data.ink), 0.6, levelOf(data.ink), options.still);
      else camera.bring(where.x, 0.3, where.y, options.still);
    },
  };
}

/** Heights of the rules in view, sheet units: the baselines, and fainter the height of an x. */
function rulesOf({ level, baseline, height, zoom }: Camera): { y: number; alpha: number }[] {
  const top = level - baseline / zoom;
  const first = Math.ceil(top / LINE);
  const count = Math.max(Math.ceil((top + height / zoom) / LINE) - first, 0);
  return Array.from({ length: count }, (_, k) => (first + k) * LINE).flatMap((y) => [
    { y, alpha: 1 },
    { y: y - X_HEIGHT, alpha: 0.45 },
  ]);
}

function drawRules(context: CanvasRenderingContext2D, camera: Camera, colour: string): void {
  context.fillStyle = colour;
  for (const { y, alpha } of rulesOf(camera)) {
    context.globalAlpha = alpha;
    context.fillRect(
      (camera.scroll - camera.margin) / camera.zoom,
      y,
      camera.width / camera.zoom,
      1 / camera.zoom,
    );
  }
}

/** Rules and ink, in client pixels. */
function paperSvg({ ink, faint, marked }: PaperData, camera: Camera, colours: Colours): string {
  const { zoom, margin, scroll, width } = camera;
  const [left, top] = [margin - scroll, camera.screenY(0)];
  const paths = ink.map((stroke) => {
    const text = new PathText(zoom, left, top);
    outline(stroke, text);
    const fill = marked && stroke.writer === "model" ? colours["model-ink"] : colours.ink;
    return `<path fill="${fill}" d="${text}"/>`;
  });
  const rules = rulesOf(camera).map(
    ({ y, alpha }) =>
      `<path stroke="${colours.rule}" stroke-opacity="${alpha}" d="M0 ${camera.screenY(y)}h${width}"/>`,
  );
  return `${rules.join("")}<g opacity="${faint ? FAINT_ALPHA : 1}">${paths.join("\n")}</g>`;
}

/** Right end of the last stroke, sheet units. */
function rightEnd(ink: readonly Stroke[]): number {
  return boxOf(ink.slice(-1)).right;
}

/** The height that the end of an ink is written on: 0, or where it has drifted to. Sheet units. */
function levelOf(ink: readonly Stroke[]): number {
  const end = rightEnd(ink);
  const sorted = ink
    .flatMap(({ x, y }) => y.filter((_, k) => Math.abs(x[k]! - end) < RECENT))
    .sort((a, b) => a - b);
  if (sorted.length === 0) return 0;
  const level = sorted[sorted.length >> 1]! + X_HEIGHT / 2;
  return Math.abs(level) < X_HEIGHT ? 0 : level;
}

function rightOf(future: Continuation | null, least: number): number {
  let right = least;
  for (let k = 0; future !== null && k < future.points.length; k += 2) {
    right = Math.max(right, future.points[k]!);
  }
  return right;
}

type Colours = ReturnType<typeof readColours>;

function readColours(el: HTMLElement) {
  return coloursOf(el, "ink", "model-ink", "future", "rule");
}
