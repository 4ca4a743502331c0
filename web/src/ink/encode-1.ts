/**
 * The first version of the code of an ink, which links of before still have.
 *
 * After the version, each stroke has a head (points << 3 | bits), for each point the steps in x and y on the grid, and
 * what the bits ask for. Whole numbers are LEB128, those with a sign zigzag. Bits: 1 by the model (points MODEL_MS
 * apart, no times), 2 with pressure, 4 left open.
 */

import { InkCodeError } from "./range-coder.ts";
import { GRID, MODEL_MS, PRESSURE_LEVELS, type Stroke } from "./stroke.ts";

/** Anyone can write a link, so its cost is bounded before it is read, whichever its version. */
export const MAX_POINTS = 50_000;
/** Sheet units. */
export const MAX_COORDINATE = 1e6;
const MODEL = 1;
const PRESSURE = 2;
const OPEN = 4;

/** The strokes of a code of version 1. Throws InkCodeError on other bytes. */
export function decodeVersion1(bytes: Uint8Array): Stroke[] {
  const reader = new Reader(bytes);
  reader.byte();
  const strokes: Stroke[] = [];
  let points = 0;
  const pen = { x: 0, y: 0, time: -MODEL_MS };
  while (!reader.done) {
    const head = reader.whole();
    const n = head >>> 3;
    points += n;
    if (n === 0) throw new InkCodeError("a stroke without points");
    if (points > MAX_POINTS) throw new InkCodeError(`at most ${MAX_POINTS} points expected`);
    if (strokes.length > 0 && !strokes.at(-1)!.lifted) {
      throw new InkCodeError("only the last stroke can be open");
    }
    strokes.push(readStroke(reader, n, head, pen));
  }
  return strokes;
}

/** `pen`: where the stroke before ended, in grid units and milliseconds; moved along. */
function readStroke(
  reader: Reader,
  n: number,
  bits: number,
  pen: { x: number; y: number; time: number },
): Stroke {
  const x: number[] = [];
  const y: number[] = [];
  const time: number[] = [];
  const pressure: number[] = [];
  const model = (bits & MODEL) !== 0;
  for (let k = 0; k < n; k++) {
    pen.x += reader.signed();
    pen.y += reader.signed();
    pen.time += model ? MODEL_MS : reader.whole();
    if (Math.max(Math.abs(pen.x), Math.abs(pen.y)) > MAX_COORDINATE * GRID || pen.time > 2 ** 31) {
      throw new InkCodeError("a point far outside the sheet");
    }
    x.push(pen.x / GRID);
    y.push(pen.y / GRID);
    time.push(pen.time);
    if (bits & PRESSURE) pressure.push(Math.min(reader.byte() / PRESSURE_LEVELS, 1));
  }
  return {
    writer: model ? "model" : "hand",
    x,
    y,
    time,
    pressure: bits & PRESSURE ? pressure : null,
    lifted: (bits & OPEN) === 0,
  };
}

class Reader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get done(): boolean {
    return this.#at === this.#bytes.length;
  }

  byte(): number {
    const byte = this.#bytes[this.#at];
    if (byte === undefined) throw new InkCodeError("it ends too early");
    this.#at++;
    return byte;
  }

  whole(): number {
    let value = 0;
    for (let factor = 1; factor <= 2 ** 28; factor *= 128) {
      const byte = this.byte();
      value += (byte & 127) * factor;
      if (byte < 128) return value;
    }
    throw new InkCodeError("a number is too long");
  }

  signed(): number {
    const value = this.whole();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }
}
