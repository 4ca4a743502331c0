/** The written text as ink, as far as the pen has come; the letter under the pen is marked. */

import { computed, effect, type ReadonlySignal } from "@preact/signals-core";
import { rasterView } from "../../draw/canvas.ts";
import { colours } from "../../draw/colour.ts";
import { type At, circle } from "../../draw/marks.ts";
import { within } from "../../draw/placing.ts";
import { sizeOf } from "../../draw/redraw.ts";
import { outline } from "../../ink/outline.ts";
import { type PenDown, penDownRuns, trailTo } from "../../ink/path.ts";
import { nearest, type Rows, roomOf, rowAt, rowsOf } from "./rows.ts";
import { letterAround, type Script } from "./script.ts";

interface InkData {
  readonly script: Script;
  /** Points that are written, which need not be whole. */
  readonly written: number;
  /** The point that is marked, with its letter; null for none. */
  readonly marked: number | null;
  /** Whether the rest is shown faintly. */
  readonly rest: boolean;
}

/** A pointer farther than this from the ink (client pixels) does not mean it. */
const NEAR = 50;
const REST_ALPHA = 0.16;
/** The model's letters are smaller than those that the page's usual nib is made for. */
const NIB = 0.78;
/** Radius of the pen's tip, client pixels. */
const TIP = 4;

interface Stroke extends PenDown {
  path: Path2D | null;
}

/** onLook: gets the point that is pointed at, or null. */
export function inkView(
  el: HTMLElement,
  data: ReadonlySignal<InkData | null>,
  { onLook, onChoose }: { onLook(point: number | null): void; onChoose(point: number): void },
): void {
  const size = sizeOf(el);
  const script = computed(() => data.value?.script ?? null);
  effect(() => {
    el.style.setProperty("--room", String(script.value === null ? 1 : roomOf(script.value)));
  });
  const placed = computed(() => {
    const { width, height } = size.value;
    return script.value === null || width === 0 ? null : rowsOf(script.value, width, height);
  });
  const strokes = computed((): Stroke[] =>
    script.value === null ? [] : strokesOf(script.value, placed.value),
  );
  rasterView(
    el,
    computed(
      () => data.value && placed.value && { ...data.value, placed: placed.value, strokes: strokes.value },
    ),
    (context, now) => draw(context, now, colours(el, "ink", "future")),
  );
  const at = (event: MouseEvent): number | null => {
    if (script.value === null || placed.value === null) return null;
    const { point, distance } = nearest(script.value, placed.value, within(el, event));
    return distance < NEAR ? point : null;
  };
  el.addEventListener("pointermove", (event) => onLook(at(event)));
  el.addEventListener("pointerleave", () => onLook(null));
  // A finger that scrolls the page presses, but does not click.
  el.addEventListener("click", (event) => {
    const point = at(event);
    if (point !== null) onChoose(point);
  });
}

/** The strokes; a stroke is cut where a row ends. */
function strokesOf({ lifted, length }: Script, placed: Rows | null): Stroke[] {
  const ends = new Set(placed?.rows.map(({ end }) => end));
  return penDownRuns(lifted, length).flatMap(({ begin, end }) => {
    const parts: Stroke[] = [];
    for (let p = begin + 1; p <= end; p++) {
      if (p < end && !ends.has(p)) continue;
      parts.push({ begin: parts.at(-1)?.end ?? begin, end: p, path: null });
    }
    return parts;
  });
}

interface Drawn extends InkData {
  readonly placed: Rows;
  readonly strokes: readonly Stroke[];
}

function draw(
  context: CanvasRenderingContext2D,
  now: Drawn,
  css: { readonly ink: string; readonly future: string },
): void {
  const density = context.getTransform().a;
  const { script, placed, written, marked } = now;
  const { zoom } = placed;
  const enter = (point: number): void => {
    const { left, top } = rowAt(placed, point)!;
    const scale = zoom * density;
    context.setTransform(scale, 0, 0, scale, left * scale, top * scale);
  };
  // Small ink needs a broader nib to be seen.
  const nib = Math.max(NIB, 0.6 / zoom);
  const pathOf = (begin: number, end: number): Path2D => {
    const path = new Path2D();
    const place = (p: number) => ({ x: script.x[p]!, y: script.y[p]! });
    outline(trailTo({ begin, end: script.length }, end, place), path, nib);
    return path;
  };
  for (const stroke of now.strokes) {
    const begun = stroke.begin < written;
    if (!begun && !now.rest) continue;
    enter(stroke.begin);
    context.fillStyle = css.ink;
    if (now.rest || stroke.end <= written) stroke.path ??= pathOf(stroke.begin, stroke.end);
    if (stroke.end <= written) context.fill(stroke.path!);
    else {
      context.globalAlpha = REST_ALPHA;
      if (now.rest) context.fill(stroke.path!);
      context.globalAlpha = 1;
      if (begun) context.fill(pathOf(stroke.begin, written));
    }
  }
  if (marked === null || marked >= script.length) return;
  context.fillStyle = css.future;
  for (const { begin, end } of letterParts(now, marked)) {
    enter(begin);
    context.fill(pathOf(begin, end));
  }
  enter(Math.floor(marked));
  circle(context, penAt(script, placed, marked), TIP / zoom);
  context.fill();
}

/** The parts of strokes in which a point's letter is written around it. */
function letterParts({ script, strokes, written, rest }: Drawn, marked: number): PenDown[] {
  const { begin, end } = letterAround(script, Math.floor(marked));
  const last = rest ? end : Math.min(end, Math.ceil(written));
  return strokes.flatMap((stroke) => {
    const part = { begin: Math.max(begin, stroke.begin), end: Math.min(last, stroke.end) };
    return part.end > part.begin ? [part] : [];
  });
}

/** Where the pen is at a point that need not be whole. */
function penAt({ x, y }: Script, placed: Rows, point: number): At {
  const [before, part] = [Math.floor(point), point % 1];
  // In another row the pen is where that row begins.
  const after = rowAt(placed, before + 1) === rowAt(placed, before) ? before + 1 : before;
  const to = Math.min(after, x.length - 1);
  return [x[before]! + (x[to]! - x[before]!) * part, y[before]! + (y[to]! - y[before]!) * part];
}
