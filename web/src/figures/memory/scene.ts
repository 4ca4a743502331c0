/** What the views of memory show: the ink, the influence of its strokes, and what one changed stroke does. */

import type { Placing } from "../../draw/placing.ts";
import type { Trail } from "../../ink/outline.ts";
import { extent, type InkPath, inkPath, type PenDown, penDownRuns, trailsOf } from "../../ink/path.ts";
import { X_HEIGHT } from "../../ink/stroke.ts";
import type { InkReply, LettersReply, LookReply, StrokeReply } from "./task.ts";

/** An ink on its sheet. */
export interface SceneInk {
  readonly reply: InkReply;
  readonly path: InkPath;
  /** Every stroke of it, and what is drawn of each. */
  readonly runs: readonly PenDown[];
  readonly trails: readonly Trail[];
}

export interface Scene {
  readonly ink: SceneInk;
  /** By the number of the stroke. */
  readonly influences: ReadonlyMap<number, StrokeReply>;
  /** The stroke that is changed; null where none can be. */
  readonly stroke: number | null;
  /** null until they are there. */
  readonly look: LookReply | null;
  readonly letters: LettersReply | null;
  /** The future that stands out. */
  readonly future: number;
}

export function sceneInk(reply: InkReply): SceneInk {
  const path = inkPath(reply);
  return { reply, path, runs: penDownRuns(path.lifted, path.length + 1), trails: trailsOf(path) };
}

/** Nats at which a stroke is as faint, and as dark, as can be. */
const FORGOTTEN = 0.001;
const STRONG = 0.5;

/** How strongly a stroke is drawn, 0 to 1, by the logarithm of its influence in nats. */
export function strength(divergence: number): number {
  const share = Math.log(Math.max(divergence, FORGOTTEN) / FORGOTTEN) / Math.log(STRONG / FORGOTTEN);
  return Math.min(share, 1);
}

/** Where ink lies in a band of the view: pixels = sheet * zoom + left or top. */
export type Band = Pick<Placing, "zoom" | "left" | "top">;

interface Room {
  /** Client pixels at the left and right of the ink, and the size of the whole view. */
  readonly side: number;
  readonly width: number;
  readonly height: number;
}

/** Pixels in a sheet unit: so small that letters can still be read, and at most. */
const LEAST_ZOOM = 0.5;
const GREATEST_ZOOM = 1.75;
/** Sheet units that the futures have at the right of "now". */
const AHEAD = 5 * X_HEIGHT;
/** Sheet units that a stroke has below the ink, to be moved down. */
const MOVED = 0.75 * X_HEIGHT;
/** Client pixels above and below the ink of a band: the upper ones have its label. */
const [ABOVE, BELOW] = [34, 16];

/**
 * The two bands: the ink as it was above, with the change below. All of it, if it can be read then; else what lies before
 * "now". A chosen stroke is always in sight.
 */
export function bands({ ink, stroke }: Scene, { side, width, height }: Room): readonly [Band, Band] {
  const { path, runs, reply } = ink;
  const inner = Math.max(width - 2 * side, 1);
  const high = Math.max(height / 2 - ABOVE - BELOW, 1);
  const [top, lowest] = extent(path.y);
  const bottom = lowest + MOVED;
  const [from, to] = extent(path.x);
  const most = Math.min(GREATEST_ZOOM, high / Math.max(bottom - top, X_HEIGHT));
  const now = path.x[reply.step]!;
  const whole = inner / (Math.max(to, now + AHEAD) - from);
  let zoom = Math.min(whole, most);
  let left = side - from * zoom;
  if (whole < LEAST_ZOOM) {
    const chosen = stroke === null ? now : extent(path.x.subarray(runs[stroke]!.begin, runs[stroke]!.end))[0];
    const right = now + AHEAD;
    zoom = Math.min(LEAST_ZOOM, most, inner / (right - chosen + X_HEIGHT));
    left = Math.min(side - from * zoom, side + inner - right * zoom);
  }
  const middle = (height / 2 + ABOVE - BELOW) / 2 - ((top + bottom) / 2) * zoom;
  return [
    { zoom, left, top: middle },
    { zoom, left, top: middle + height / 2 },
  ];
}
