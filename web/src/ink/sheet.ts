/** The sheet: the strokes so far, the one being drawn, undo and redo. No DOM. */

import { type Continuation, OpenStroke, type RawPoint, type Stroke, writtenOn, X_HEIGHT } from "./stroke.ts";

/** The longest pause between two strokes that is kept in the ink's time. */
const LONGEST_PAUSE_MS = 1000;
/** The eraser takes strokes that it comes so close to (sheet units). */
const ERASER = X_HEIGHT / 4;

/** The sheet before a change. */
interface Before {
  readonly strokes: readonly Stroke[];
  /** Whether the change was a stroke of the pen. */
  readonly drawn: boolean;
}

export class Sheet {
  #strokes: readonly Stroke[] = [];
  #open: OpenStroke | null = null;
  #past: Before[] = [];
  /** What undo took back; redo takes the last one. */
  #undone: (readonly Stroke[])[] = [];
  #penUpAt = 0;
  /** Whether the eraser's gesture has taken something. */
  #erased = false;
  readonly #changed: () => void;

  /** changed: called after every change. */
  constructor(changed: () => void) {
    this.#changed = changed;
  }

  /** The finished strokes; the last may have been left open by the model. */
  get strokes(): readonly Stroke[] {
    return this.#strokes;
  }

  /** The stroke that the pen is drawing now. */
  get open(): OpenStroke | null {
    return this.#open;
  }

  /** All of it, in order. */
  get ink(): readonly Stroke[] {
    return this.#open === null ? this.#strokes : [...this.#strokes, this.#open];
  }

  get canUndo(): boolean {
    return this.#strokes.length > 0 || this.#past.length > 0;
  }

  get canRedo(): boolean {
    return this.#open === null && this.#undone.length > 0;
  }

  /** The pen comes down. A stroke that the model left open ends where it is. */
  penDown(point: RawPoint): void {
    this.penUp();
    const last = this.#strokes.at(-1);
    const pause = Math.min(Math.max(Math.round(point.time - this.#penUpAt), 0), LONGEST_PAUSE_MS);
    const start = last === undefined ? 0 : last.time.at(-1)! + pause;
    this.#past.push({ strokes: this.#strokes, drawn: true });
    if (last !== undefined && !last.lifted) {
      this.#strokes = [...this.#strokes.slice(0, -1), { ...last, lifted: true }];
    }
    this.#open = new OpenStroke(point, start);
    this.#changed();
  }

  penMove(points: readonly RawPoint[]): void {
    const open = this.#open;
    if (open === null) return;
    if (points.map((point) => open.add(point)).some(Boolean)) this.#changed();
  }

  penUp(): void {
    const open = this.#open;
    if (open === null) return;
    this.#strokes = [...this.#strokes, open.close()];
    this.#open = null;
    this.#undone = [];
    this.#penUpAt = open.clock;
    this.#changed();
  }

  /** The stroke being drawn, or the one drawn last, was none: a palm, or the first finger of two. */
  discard(): void {
    if (!this.#past.at(-1)?.drawn) return;
    this.#open = null;
    this.#strokes = this.#past.pop()!.strokes;
    this.#changed();
  }

  /** Takes away the strokes at some points; all of one gesture is one change. first: the gesture begins. */
  erase(points: readonly RawPoint[], first: boolean): void {
    this.#erased &&= !first;
    if (this.#open !== null) return;
    const left = this.#strokes.filter((stroke) => !points.some((point) => touches(stroke, point)));
    if (left.length === this.#strokes.length) return;
    if (this.#erased) this.#strokes = left;
    else this.#change(left);
    this.#erased = true;
    this.#changed();
  }

  /** The sheet's ink becomes `base`, written on by a continuation. */
  writeOn(base: readonly Stroke[], continuation: Continuation): void {
    if (this.#open !== null || continuation.lifts.length === 0) return;
    this.#change(writtenOn(base, continuation));
    this.#changed();
  }

  /** Takes the last change back; on an ink that came as a whole, its last stroke. */
  undo(): void {
    if (this.#open !== null) this.discard();
    else if (this.canUndo) {
      this.#undone.push(this.#strokes);
      this.#strokes = this.#past.pop()?.strokes ?? this.#strokes.slice(0, -1);
      this.#changed();
    }
  }

  /** Makes the change again that undo took back. */
  redo(): void {
    if (!this.canRedo) return;
    this.#past.push({ strokes: this.#strokes, drawn: false });
    this.#strokes = this.#undone.pop()!;
    this.#changed();
  }

  clear(): void {
    this.penUp();
    if (this.#strokes.length > 0) this.replace([]);
  }

  /** Another ink altogether, from a link or a file; undo gives back the one before. */
  replace(strokes: readonly Stroke[]): void {
    this.penUp();
    if (this.canUndo) this.#change(strokes);
    else this.#strokes = strokes;
    this.#changed();
  }

  #change(strokes: readonly Stroke[]): void {
    this.#past.push({ strokes: this.#strokes, drawn: false });
    this.#undone = [];
    this.#strokes = strokes;
  }
}

/** Whether a point lies on a stroke. */
function touches({ x, y }: Stroke, point: RawPoint): boolean {
  return x.some((_, k) => {
    const before = Math.max(k - 1, 0);
    const [dx, dy] = [x[k]! - x[before]!, y[k]! - y[before]!];
    const along = (point.x - x[before]!) * dx + (point.y - y[before]!) * dy;
    const share = Math.min(Math.max(along / (dx * dx + dy * dy || 1), 0), 1);
    return Math.hypot(x[before]! + share * dx - point.x, y[before]! + share * dy - point.y) < ERASER;
  });
}
