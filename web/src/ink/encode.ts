/**
 * Ink as a short text for a link, and back without loss.
 *
 * Bytes, in base64url: a version; then for each stroke a head (points << 3 | bits), for each point the steps in
 * x and y on the grid, and what the bits ask for. Whole numbers are LEB128, those with a sign zigzag.
 * Bits: 1 by the model (points MODEL_MS apart, no times), 2 with pressure, 4 left open.
 */

import { GRID, MODEL_MS, PRESSURE_LEVELS, type Stroke } from "./stroke.ts";

const VERSION = 1;
const MODEL = 1;
const PRESSURE = 2;
const OPEN = 4;

/** A link is written by anyone: what it may cost is bounded before it is read. */
const MAX_POINTS = 50_000;
const MAX_COORDINATE = 1e6;

export class InkCodeError extends Error {}

export function encodeInk(strokes: readonly Stroke[]): string {
  const bytes: number[] = [VERSION];
  let x = 0;
  let y = 0;
  let time = -MODEL_MS;
  for (const stroke of strokes) {
    const model = stroke.writer === "model";
    const bits = (model ? MODEL : 0) | (stroke.pressure === null ? 0 : PRESSURE) | (stroke.lifted ? 0 : OPEN);
    pushWhole(bytes, (stroke.x.length << 3) | bits);
    for (let k = 0; k < stroke.x.length; k++) {
      const gridX = Math.round(stroke.x[k]! * GRID);
      const gridY = Math.round(stroke.y[k]! * GRID);
      pushSigned(bytes, gridX - x);
      pushSigned(bytes, gridY - y);
      if (!model) pushWhole(bytes, stroke.time[k]! - time);
      if (stroke.pressure !== null) bytes.push(Math.round(stroke.pressure[k]! * PRESSURE_LEVELS));
      x = gridX;
      y = gridY;
      time = stroke.time[k]!;
    }
  }
  return toBase64Url(Uint8Array.from(bytes));
}

/** Throws InkCodeError on a text that `encodeInk` did not write. */
export function decodeInk(text: string): Stroke[] {
  const reader = new Reader(fromBase64Url(text));
  const version = reader.byte();
  if (version !== VERSION) throw new InkCodeError(`version ${VERSION} expected, ${version} found`);
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

function pushWhole(bytes: number[], value: number): void {
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  bytes.push(rest);
}

function pushSigned(bytes: number[], value: number): void {
  pushWhole(bytes, value < 0 ? -2 * value - 1 : 2 * value);
}

function toBase64Url(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

function fromBase64Url(text: string): Uint8Array {
  if (!/^[\w-]*$/.test(text)) throw new InkCodeError("characters that are not base64url");
  // Four characters are three bytes, so one alone is the begin of something.
  if (text.length % 4 === 1) throw new InkCodeError("it ends too early");
  return Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
}
