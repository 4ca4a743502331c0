/** The model along a path: the state before every offset, kept for as long as the path begins the same. */

import { type Engine, EngineError, type RawInk, type State } from "./engine.ts";
import { commonOffsets } from "./path-common.ts";
import { offsetsOf, type Point } from "./reader.ts";
import type { Fork, InkStroke, PathSource } from "./source.ts";
import { WritingSize } from "./writing-size.ts";

/** A state is 14 KB of the engine's memory. */
const MOST_OFFSETS = 3000;
/** A path that was cut goes on for at least so long. */
const LEAST_AFTER_FORK = 80;

/** Offsets of a path, and whether the pen lifts at its first point. */
export interface Source {
  readonly offsets: Float32Array;
  readonly firstLifted: boolean;
  readonly left: number;
}

export class PathStates {
  readonly #engine: Engine;
  /** Before each offset, and after the last. */
  readonly #states: State[];
  #offsets: Float32Array = new Float32Array(0);
  #mixture: Float32Array[] = [];
  #loglik: Float32Array[] = [];

  constructor(engine: Engine) {
    this.#engine = engine;
    this.#states = [engine.start()];
  }

  get offsets(): Float32Array {
    return this.#offsets;
  }

  state(row: number): State {
    const state = this.#states[row];
    if (state === undefined) throw new EngineError(`field: there is no row ${row}`);
    return state;
  }

  /** [n + 1, 1 + 6M] and [n, 2]. */
  traced(): { mixture: Float32Array; loglik: Float32Array } {
    return {
      mixture: joined([...this.#mixture, this.#engine.mixture(this.#states.at(-1)!)]),
      loglik: joined(this.#loglik),
    };
  }

  /** Follows another path, from where it parts from the one before. */
  read(offsets: Float32Array): void {
    const same = commonOffsets(this.#offsets, offsets);
    for (const state of this.#states.splice(same + 1)) state.free();
    this.#mixture.length = same;
    this.#loglik.length = same;
    this.#offsets = offsets;
    for (let p = same; p < offsets.length / 3; p++) {
      const state = this.#states[p]!.copy();
      const options = { c: false, h: false, mixture: true };
      const { mixture, loglik } = this.#engine.trace(state, offsets.subarray(3 * p, 3 * p + 3), options);
      this.#states.push(state);
      this.#mixture.push(mixture!);
      this.#loglik.push(loglik!);
    }
  }

  /** Follows the path that a future takes: cut at the row, and drawn on as that future goes on. */
  take({ row, future, seed, variation }: Fork): void {
    const before = this.#offsets;
    const cut = Math.min(row, before.length / 3);
    const steps = Math.max(before.length / 3 - cut, LEAST_AFTER_FORK);
    const state = this.state(cut).copy();
    const after = this.#engine.sample(state, steps, { seed, stream: future, origin: cut, variation });
    state.free();
    const offsets = new Float32Array(3 * (cut + steps));
    offsets.set(before.subarray(0, 3 * cut));
    offsets.set(after, 3 * cut);
    this.read(offsets);
  }
}

/** Turns what a field is asked along into offsets. */
export class Sources {
  readonly #engine: Engine;
  readonly #sheet: SheetReader;

  /** ruling: the writing size that the sheet's rules ask for, in sheet units. */
  constructor(engine: Engine, ruling: number) {
    this.#engine = engine;
    this.#sheet = new SheetReader(engine, ruling);
  }

  read(source: PathSource): Source {
    const whole = this.#whole(source);
    const left = Math.max(0, whole.offsets.length / 3 - MOST_OFFSETS);
    return { ...whole, offsets: whole.offsets.subarray(0, 3 * MOST_OFFSETS), left };
  }

  #whole(source: PathSource): Omit<Source, "left"> {
    if (source.kind === "offsets") return { offsets: source.offsets, firstLifted: false };
    if (source.kind === "sheet") return this.#sheet.read(source.strokes);
    if (source.kind === "ink") return inkOffsets(this.#engine, source, source.scale);
    const { seed, variation, steps } = source;
    const state = this.#engine.start();
    const offsets = this.#engine.sample(state, steps, { seed, variation });
    state.free();
    return { offsets, firstLifted: false };
  }
}

/** As Python's `Writer` reads an ink: with a scale as it is, else prepared. */
function inkOffsets(engine: Engine, ink: RawInk, scale: number | null): Omit<Source, "left"> {
  const { points, penUp } = ink;
  if (scale === null) {
    const { offsets, rawPoints } = engine.prepare(ink);
    // The first stroke is a dot where the second prepared point lies in the stroke after it.
    const second = rawPoints[1] ?? penUp.length;
    return { offsets, firstLifted: penUp.subarray(0, second).some(Boolean) };
  }
  const offsets = new Float32Array(3 * (penUp.length - 1));
  for (let k = 1; k < penUp.length; k++) {
    offsets[3 * k - 3] = (points[2 * k]! - points[2 * k - 2]!) * scale;
    offsets[3 * k - 2] = (points[2 * k + 1]! - points[2 * k - 1]!) * scale;
    offsets[3 * k - 1] = penUp[k]!;
  }
  return { offsets, firstLifted: penUp[0] === 1 };
}

export interface SheetOffsets extends Omit<Source, "left"> {
  /** Model units in a sheet unit. */
  readonly scale: number;
}

/** The offsets of a sheet's ink, read at once. ruling: the writing size that the sheet's rules ask for. */
export function sheetOffsets(engine: Engine, strokes: readonly InkStroke[], ruling: number): SheetOffsets {
  return new SheetReader(engine, ruling).read(strokes);
}

/** A sheet's ink, kept up to date stroke by stroke. */
export class SheetReader {
  readonly #engine: Engine;
  readonly #size: WritingSize;
  /** As they were read last. */
  #strokes: readonly InkStroke[] = [];
  #read: { readonly offsets: Float32Array; readonly end: Point }[] = [];
  #scale = 0;

  constructor(engine: Engine, ruling: number) {
    this.#engine = engine;
    this.#size = new WritingSize(engine, ruling);
  }

  read(strokes: readonly InkStroke[]): SheetOffsets {
    const same = strokes.findIndex((stroke, k) => !stroke.lifted || !equal(stroke, this.#strokes[k]));
    const keep = same < 0 ? strokes.length : same;
    const size = this.#size.of(strokes, keep);
    const scale = scaleOf(this.#engine, size);
    this.#read.length = scale === this.#scale ? Math.min(keep, this.#read.length) : 0;
    this.#strokes = strokes;
    this.#scale = scale;
    for (const stroke of strokes.slice(this.#read.length)) {
      this.#read.push(offsetsOf(this.#engine, stroke, this.#read.at(-1)?.end ?? null, scale, size));
    }
    const dot = strokes[0]?.lifted === true && strokes[0].points.length === 2;
    return { offsets: joined(this.#read.map(({ offsets }) => offsets)), firstLifted: dot, scale };
  }
}

function equal(a: InkStroke, b: InkStroke | undefined): boolean {
  return (
    a.lifted === b?.lifted &&
    a.writer === b.writer &&
    a.points.length === b.points.length &&
    a.points.every((value, k) => value === b.points[k])
  );
}

const DOT: RawInk = { points: new Float32Array(2), penUp: Uint8Array.of(1) };

/** Model units in a sheet unit, for writing of a size in sheet units. */
export function scaleOf(engine: Engine, size: number): number {
  return engine.prepare(DOT, size).scale;
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
