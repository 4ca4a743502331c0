/** The model along a path: the state before every offset, kept for as long as the path begins the same. */

import { joined } from "../checkpoint/joined.ts";
import { type Engine, EngineError, type RawInk, type State } from "./engine.ts";
import { commonOffsets, LEAST_AFTER_FORK, MOST_OFFSETS } from "./path-common.ts";
import { type Point, SheetReader, scaleOf } from "./reader.ts";
import type { Fork, PathSource, SourceText } from "./source.ts";
import { TextReading } from "./text/read-text.ts";

/** Offsets [n, 3] of a path, and whether the pen lifts at its first point. */
interface Read {
  readonly offsets: Float32Array;
  readonly firstLifted: boolean;
}

/** A path that was read. */
export interface Source extends Read {
  /** Where it begins, in sheet units: a sheet's ink where it was written. */
  readonly origin: Point;
  /** Model units in a sheet unit. */
  readonly scale: number;
  /** Offsets that were left out because a path has a greatest length. */
  readonly left: number;
  /** What it is read along with; undefined for the ink alone. */
  readonly text: SourceText | undefined;
}

type Unplaced = Pick<Source, "offsets" | "firstLifted" | "text">;

export class PathStates {
  readonly #engine: Engine;
  readonly #text: TextReading;
  /** Before each offset, and after the last. */
  readonly #states: State[];
  #offsets: Float32Array = new Float32Array(0);
  #mixture: Float32Array[] = [];
  #loglik: Float32Array[] = [];

  constructor(engine: Engine, text?: SourceText) {
    this.#engine = engine;
    this.#text = new TextReading(engine, text);
    this.#states = [this.#text.start()];
  }

  get offsets(): Float32Array {
    return this.#offsets;
  }

  /** Where the pointer stands after 0, 1, ... n offsets, [n + 1]; zeros without a text. */
  get characters(): Int32Array {
    return Int32Array.from(this.#states, (state) => state.pointer);
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

  /** Follows another path, from where it parts from the one before. own: how many of its offsets are those of the text. */
  read(offsets: Float32Array, own = offsets.length / 3): void {
    const same = commonOffsets(this.#offsets, offsets);
    for (const state of this.#states.splice(same + 1)) state.free();
    this.#mixture.length = same;
    this.#loglik.length = same;
    this.#offsets = offsets;
    for (let p = same; p < offsets.length / 3; p++) {
      const state = this.#states[p]!.copy();
      const pointers = this.#text.pointers(p, p + 1, own);
      const options = { c: false, h: false, mixture: true, ...(pointers && { pointers }) };
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
    this.read(joined([before.subarray(0, 3 * cut), after]), cut);
  }
}

/** Turns sources of paths into offsets. */
export class Sources {
  readonly #engine: Engine;
  readonly #sheet: SheetReader;
  readonly #scale: number;
  /** The last one that was drawn. */
  #sample: (Unplaced & { readonly key: string }) | null = null;

  /** ruling: the writing size that the sheet's rules ask for, in sheet units. */
  constructor(engine: Engine, ruling: number) {
    this.#engine = engine;
    this.#sheet = new SheetReader(engine, ruling);
    this.#scale = scaleOf(engine, ruling);
  }

  read(source: PathSource): Source {
    const whole = this.#whole(source);
    const left = Math.max(0, whole.offsets.length / 3 - MOST_OFFSETS);
    const text = this.#engine.architecture.text && whole.text;
    return { ...whole, offsets: whole.offsets.subarray(0, 3 * MOST_OFFSETS), left, text };
  }

  #whole(source: PathSource): Omit<Source, "left"> {
    if (source.kind === "sheet") {
      const [x = 0, y = 0] = source.strokes[0]?.points ?? [];
      return { ...this.#sheet.read(source.strokes), origin: { x, y }, text: source.text };
    }
    const { offsets, firstLifted, text } = this.#unplaced(source);
    return { offsets, firstLifted, text, origin: { x: 0, y: 0 }, scale: this.#scale };
  }

  #unplaced(source: Exclude<PathSource, { kind: "sheet" }>): Unplaced {
    if (source.kind === "offsets") return { offsets: source.offsets, firstLifted: false, text: source.text };
    if (source.kind === "ink") return { ...inkOffsets(this.#engine, source, source.scale), text: undefined };
    const key = JSON.stringify(source);
    if (this.#sample?.key !== key) this.#sample = { key, ...this.#sampled(source) };
    return this.#sample;
  }

  #sampled(source: Extract<PathSource, { kind: "sample" }>): Unplaced {
    const { seed, variation, steps, text } = source;
    const { words = "", hand = null, cap = 0 } = (this.#engine.architecture.text && text) ?? {};
    const state = this.#engine.start(words, hand ?? undefined);
    const { offsets, pointers } = this.#engine.write(state, steps, { seed, variation, cap });
    state.free();
    return { offsets, firstLifted: false, text: words === "" ? undefined : { words, hand, pointers } };
  }
}

/** As Python's `Writer` reads an ink: with a scale as it is, else prepared. */
export function inkOffsets(engine: Engine, ink: RawInk, scale: number | null): Read {
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
