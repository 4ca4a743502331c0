/** The lines of an atlas and what all cells did along them, traced when they are needed and kept. */

import { type AtlasLines, sampleOfLine } from "../../atlas/atlas.ts";
import type { Engine } from "../../engine/engine.ts";
import { joined } from "../../engine/joined.ts";
import type { Sources } from "../../engine/path.ts";
import { sameText, TextReading } from "../../engine/read-text.ts";
import type { PathSource, SourceText } from "../../engine/source.ts";

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
  readonly #lines: AtlasLines;
  readonly #deviation: Float32Array;
  readonly #stored: Float32Array | null;
  readonly #traced = new Map<number, TracedInk>();
  /** Numbers of the lines in which moments are looked for. */
  readonly numbers: readonly number[];

  /** stored: offsets of all lines, where they are not samples. */
  constructor(
    engine: Engine,
    sources: Sources,
    lines: AtlasLines,
    deviation: Float32Array,
    stored: Float32Array | null,
  ) {
    this.#engine = engine;
    this.#sources = sources;
    this.#lines = lines;
    this.#deviation = deviation;
    this.#stored = stored;
    const count = lines.source === "samples" ? lines.count : lines.lengths.length;
    const collapsed = new Set(lines.source === "samples" ? lines.collapsed : []);
    this.numbers = Array.from({ length: count }, (_, line) => line).filter((line) => !collapsed.has(line));
  }

  /** N */
  get cells(): number {
    return this.#deviation.length;
  }

  has(line: number): boolean {
    return this.#traced.has(line);
  }

  line(line: number): TracedInk {
    const traced = this.#traced.get(line) ?? this.trace(this.#source(line));
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
    const { cells } = this;
    for (let at = 0, cell = 0; at < rows.length; at++, cell = cell + 1 === cells ? 0 : cell + 1) {
      rows[at] = rows[at]! / this.#deviation[cell]!;
    }
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
      const part = this.#deviation[cell]! / (limits[k]! * cells.length);
      for (let row = from; row < to; row++) shares[row - from]! += rows[row * this.cells + cell]! * part;
    });
    return shares;
  }

  #source(line: number): PathSource {
    if (this.#lines.source === "data") {
      const { lengths } = this.#lines;
      const begin = lengths.slice(0, line).reduce((sum, length) => sum + length, 0);
      return { kind: "offsets", offsets: this.#stored!.slice(3 * begin, 3 * (begin + lengths[line]!)) };
    }
    return sampleOfLine(this.#lines, line);
  }
}
