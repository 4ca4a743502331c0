/** The sheet: the strokes so far, the one being drawn, and the way back. No DOM. */

import { type Continuation, OpenStroke, type RawPoint, type Stroke, writtenOn } from "./stroke.ts";

/** The pause between two strokes is kept in the ink's time, but not for ever. */
const LONGEST_PAUSE_MS = 1000;

export class Sheet {
  #strokes: readonly Stroke[] = [];
  #open: OpenStroke | null = null;
  #history: (readonly Stroke[])[] = [];
  #penUpAt = 0;
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

  get empty(): boolean {
    return this.#strokes.length === 0 && this.#open === null;
  }

  get canUndo(): boolean {
    return this.#strokes.length > 0 || this.#history.length > 0;
  }

  /** The pen comes down. A stroke that the model left open ends where it is. */
  penDown(point: RawPoint): void {
    this.penUp();
    const last = this.#strokes.at(-1);
    const pause = Math.min(Math.max(Math.round(point.time - this.#penUpAt), 0), LONGEST_PAUSE_MS);
    const start = last === undefined ? 0 : last.time.at(-1)! + pause;
    this.#remember();
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
    this.#penUpAt = open.clock;
    this.#changed();
  }

  /** The stroke being drawn was none: a palm, or the first finger of two. */
  discard(): void {
    if (this.#open === null) return;
    this.#open = null;
    this.#strokes = this.#history.pop() ?? [];
    this.#changed();
  }

  /** The sheet's ink becomes `base`, written on by a continuation. */
  writeOn(base: readonly Stroke[], continuation: Continuation): void {
    if (this.#open !== null || continuation.lifts.length === 0) return;
    this.#remember();
    this.#strokes = writtenOn(base, continuation);
    this.#changed();
  }

  /** Takes the last change back; on an ink that came as a whole, its last stroke. */
  undo(): void {
    if (this.#open !== null) this.discard();
    else if (this.canUndo) {
      this.#strokes = this.#history.pop() ?? this.#strokes.slice(0, -1);
      this.#changed();
    }
  }

  clear(): void {
    this.penUp();
    if (this.#strokes.length === 0) return;
    this.#remember();
    this.#strokes = [];
    this.#changed();
  }

  /** Another ink altogether, from a link. */
  replace(strokes: readonly Stroke[]): void {
    this.#open = null;
    this.#history = [];
    this.#strokes = strokes;
    this.#changed();
  }

  #remember(): void {
    this.#history.push(this.#strokes);
  }
}
