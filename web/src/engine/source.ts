/** What the engine reads: strokes, and where a path of offsets comes from. */

import type { Hand } from "./host.ts";

/** A stroke as the engine needs it. Model strokes go in as they are, hand strokes are prepared (spec/ink.md). */
export interface InkStroke {
  readonly writer: "hand" | "model";
  /** [points, 2] in sheet units. */
  readonly points: Float32Array;
  readonly lifted: boolean;
}

/** A future that was taken: the path is cut at the row and goes on along it. */
export interface Fork {
  readonly row: number;
  readonly future: number;
  readonly seed: number;
  readonly variation: number;
}

/** What an ink says, and who wrote it. A model that knows no text reads the ink alone. */
export interface SourceText {
  readonly words: string;
  /** The number of a hand of the checkpoint, or a hand code; null for no particular one. */
  readonly hand: Hand | null;
  /** [n], the character of each offset. */
  readonly pointers: Int32Array;
}

/** A text that the model writes; `cap` is the most offsets of a character, and `hand` as in SourceText. */
export interface SampleText {
  readonly words: string;
  readonly hand: Hand | null;
  readonly cap: number;
}

export type PathSource =
  /** What the model writes: freely, or a text. */
  | {
      readonly kind: "sample";
      readonly seed: number;
      readonly steps: number;
      readonly variation: number;
      readonly text?: SampleText;
    }
  /** Offsets [n, 3] in model units. */
  | { readonly kind: "offsets"; readonly offsets: Float32Array; readonly text?: SourceText }
  /** A sheet's ink, read as the first figure reads it. */
  | { readonly kind: "sheet"; readonly strokes: readonly InkStroke[]; readonly text?: SourceText }
  /** Ink of a file: points [n, 2], and model units in one of its units where it says so. */
  | {
      readonly kind: "ink";
      readonly points: Float32Array;
      readonly penUp: Uint8Array;
      readonly scale: number | null;
    };

/** A stroke in the page. */
interface SheetStroke {
  readonly writer: "hand" | "model";
  readonly x: readonly number[];
  readonly y: readonly number[];
  readonly lifted: boolean;
}

const known = new WeakMap<SheetStroke, InkStroke>();

/** A sheet's ink, with what it says where that is known. */
export function sheetSource(strokes: readonly SheetStroke[], text: SourceText | null): PathSource {
  const source = { kind: "sheet", strokes: strokes.map(packed) } as const;
  return text === null ? source : { ...source, text };
}

/** A stroke in a request to a worker. A closed stroke is packed once. */
export function packed(stroke: SheetStroke): InkStroke {
  const before = known.get(stroke);
  if (before !== undefined) return before;
  const { writer, x, y, lifted } = stroke;
  const points = new Float32Array(2 * x.length);
  for (let k = 0; k < x.length; k++) {
    points[2 * k] = x[k]!;
    points[2 * k + 1] = y[k]!;
  }
  const made: InkStroke = { writer, points, lifted };
  if (lifted) known.set(stroke, made);
  return made;
}
