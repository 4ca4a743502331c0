/** The lines of an atlas and what all cells did along them, traced when they are needed and kept. */

import { lineNumbers, lineSource, type StoredLines } from "../../atlas/atlas.ts";
import { joined } from "../../checkpoint/joined.ts";
import type { Engine } from "../../engine/engine.ts";
import type { Sources } from "../../engine/path.ts";
import type { PathSource, SourceText } from "../../engine/source.ts";
import { sameText, TextReading } from "../../engine/text/read-text.ts";

/** Which lines the atlas has, and how much its cells vary. */
export interface LinesRequest extends StoredLines {
  /** [N]: standard deviation of c. */
  readonly deviation: Float32Array;
}

/** An ink and its cell states. */
export interface TracedInk {
  /** [n, 3] in model units. */
  readonly offsets: Float32Array;
  readonly firstLifted: boolean;
  /** [n + 1, N] in standard deviations; row p is after p offsets. */
  readonly rows: Float32Array;
  /** What it was read along with; undefined for ink alone. */
  readonly text: SourceText | undefined;
}

export class LineTraces {
  readonly #engine: Engine;
  readonly #sources: Sources;
  readonly #request: LinesRequest;
  readonly #traced = new Map<number, TracedInk>();
  /** Numbers of the lines in which moments are looked for. */
  readonly numbers: readonly number[];

  constructor(engine: Engine, sources: Sources, request: LinesRequest) {
    this.#engine = engine;
    this.#sources = sources;
    this.#request = request;
    this.numbers = lineNumbers(request.lines);
  }

  /** N */
  get cells(): number {
    return this.#request.deviation.length;
  }

  has(line: number): boolean {
    return this.#traced.has(line);
  }

  line(line: number): TracedInk {
    const traced = this.#traced.get(line) ?? this.trace(lineSource(this.#request, line));
    this.#traced.set(line, traced);
    return traced;
  }

  trace(source: PathSource): TracedInk {
    const { offsets, firstLifted, text } = this.#sources.read(source);
    const reading = new TextReading(this.#engine, text);
    const state = reading.start();
    const before = reading.cells(state, offsets, offsets.length / 3);
    const rows = joined([before, this.#engine.cells(state)]);
    state.free();
    const { deviation } = this.#request;
    for (let at = 0; at < rows.length; at++) rows[at]! /= deviation[at % deviation.length]!;
    return { offsets, firstLifted, rows, text };
  }

  /** Whether this is what was traced of an ink. */
  isOf({ offsets, text }: TracedInk, source: PathSource): boolean {
    const read = this.#sources.read(source);
    const same =
      offsets.length === read.offsets.length && offsets.every((value, k) => value === read.offsets[k]);
    return same && sameText(text, read.text);
  }

  /** Parts of limits, mean over cells, of the rows from `from` to `to`, the last not included. */
  shares(
    { rows }: TracedInk,
    cells: readonly number[],
    limits: readonly number[],
    from: number,
    to: number,
  ): Float32Array {
    const shares = new Float32Array(to - from);
    cells.forEach((cell, k) => {
      const part = this.#request.deviation[cell]! / (limits[k]! * cells.length);
      for (let row = from; row < to; row++) shares[row - from]! += rows[row * this.cells + cell]! * part;
    });
    return shares;
  }
}
