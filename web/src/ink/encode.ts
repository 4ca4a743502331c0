/**
 * Ink as a short text for a link, and back.
 *
 * Bytes, in base64url: a version, then one arithmetic code. Each number in it is what the numbers before it do not
 * foretell: a movement is coded by how it differs from the one before. One function writes and reads, so that both
 * always agree. Nothing is lost; only where a text has to be short, points come to lie on a coarser grid.
 */

import { decodeVersion1, MAX_COORDINATE, MAX_POINTS } from "./encode-1.ts";
import { type BitCoder, BitReader, BitWriter, FlagCode, InkCodeError, NumberCode } from "./range-coder.ts";
import { GRID, MODEL_MS, PRESSURE_LEVELS, type Stroke } from "./stroke.ts";

const VERSION = 2;
/** The coarsest grid has steps of 2 ^ COARSEST / GRID sheet units. */
const COARSEST = 4;
const CHECK = 2 ** 16;

export { InkCodeError };

/** The text of an ink, from which it comes back exactly; with a coarser grid, nearly so. */
export function encodeInk(strokes: readonly Stroke[], coarseness = 0): string {
  const writer = new BitWriter();
  new InkCode(writer).code(strokes, coarseness);
  return toBase64Url(Uint8Array.from([VERSION, ...writer.finish()]));
}

/** The exact text of an ink, and the most exact one that has at most so many characters, or else the shortest. */
export function encodeWithin(strokes: readonly Stroke[], most: number): { exact: string; short: string } {
  const exact = encodeInk(strokes);
  let short = exact;
  for (let coarseness = 1; short.length > most && coarseness <= COARSEST; coarseness++) {
    short = encodeInk(strokes, coarseness);
  }
  return { exact, short };
}

/** Throws InkCodeError on a text that `encodeInk` did not write. */
export function decodeInk(text: string): Stroke[] {
  const bytes = fromBase64Url(text);
  if (bytes[0] === 1) return decodeVersion1(bytes);
  if (bytes.length === 0) throw new InkCodeError("it ends too early");
  if (bytes[0] !== VERSION) throw new InkCodeError(`version ${VERSION} expected, ${bytes[0]} found`);
  const reader = new BitReader(bytes, 1);
  const strokes = new InkCode(reader).code([], 0);
  if (!reader.done) throw new InkCodeError("there is more in it than an ink");
  return strokes;
}

/** How an ink is written, and read: with a reader, what is given to `code` does not count. */
class InkCode {
  readonly #coder: BitCoder;
  readonly #more = new FlagCode();
  readonly #model = new FlagCode();
  readonly #pressed = new FlagCode();
  readonly #open = new FlagCode();
  readonly #length = new NumberCode();
  readonly #jump = [new NumberCode(), new NumberCode()] as const;
  /** How a movement differs from the one before, along both axes; by writer and by how much it did lately. */
  readonly #turn = [new NumberCode(2 * CLASSES), new NumberCode(2 * CLASSES)] as const;
  readonly #pause = new NumberCode();
  readonly #elapsed = new NumberCode();
  readonly #pressure = new NumberCode();
  /** Where the pen is, and how it came there from the point before. */
  readonly #pen = { x: 0, y: 0, dx: 0, dy: 0, time: -MODEL_MS, elapsed: 0, pressure: 0 };
  #points = 0;
  #check = 0;

  constructor(coder: BitCoder) {
    this.#coder = coder;
  }

  code(strokes: readonly Stroke[], coarseness: number): Stroke[] {
    const coarse = this.#coder.plain(coarseness, 3);
    const result: Stroke[] = [];
    for (let k = 0; this.#more.code(this.#coder, k < strokes.length); k++) {
      if (result.at(-1)?.lifted === false) throw new InkCodeError("only the last stroke can be open");
      result.push(this.#stroke(strokes[k], GRID / 2 ** coarse));
    }
    if (this.#coder.plain(this.#check, 16) !== this.#check)
      throw new InkCodeError("it was changed on its way");
    return result;
  }

  #stroke(given: Stroke | undefined, grid: number): Stroke {
    const coder = this.#coder;
    const pen = this.#pen;
    const model = this.#model.code(coder, given?.writer === "model");
    const pressed = this.#pressed.code(coder, given !== undefined && given.pressure !== null);
    const lifted = !this.#open.code(coder, given?.lifted === false);
    const n = this.#length.code(coder, given?.x.length ?? 0);
    this.#points += n;
    if (n < 1) throw new InkCodeError("a stroke without points");
    if (this.#points > MAX_POINTS) throw new InkCodeError(`at most ${MAX_POINTS} points expected`);
    const [x, y, time, pressure]: [number[], number[], number[], number[]] = [[], [], [], []];
    let known = 0;
    for (let k = 0; k < n; k++) {
      known = this.#move(given, k, grid, model, known);
      this.#tick(given?.time[k] ?? 0, k, model);
      if (pressed) this.#press(given?.pressure?.[k] ?? 0);
      if (Math.max(Math.abs(pen.x), Math.abs(pen.y)) > MAX_COORDINATE * grid || pen.time > 2 ** 31) {
        throw new InkCodeError("a point far outside the sheet");
      }
      x.push(pen.x / grid + 0);
      y.push(pen.y / grid + 0);
      time.push(pen.time);
      pressure.push(pen.pressure / PRESSURE_LEVELS);
      this.#check = (31 * this.#check + pen.x + 7 * pen.y + pen.time) % CHECK;
      if (this.#check < 0) this.#check += CHECK;
    }
    return { writer: model ? "model" : "hand", x, y, time, pressure: pressed ? pressure : null, lifted };
  }

  /** Returns how much the pen turned lately. */
  #move(given: Stroke | undefined, k: number, grid: number, model: boolean, known: number): number {
    const coder = this.#coder;
    const pen = this.#pen;
    const dx = given === undefined ? 0 : Math.round(given.x[k]! * grid) - pen.x;
    const dy = given === undefined ? 0 : Math.round(given.y[k]! * grid) - pen.y;
    let turned = known;
    if (k === 0) {
      [pen.dx, pen.dy] = [this.#jump[0].code(coder, dx), this.#jump[1].code(coder, dy)];
    } else {
      // After a jump the pen begins at rest.
      const [wasX, wasY] = k === 1 ? [0, 0] : [pen.dx, pen.dy];
      const writer = model ? CLASSES : 0;
      const turnX = this.#turn[0].code(coder, dx - wasX, writer + classOf(known));
      const turnY = this.#turn[1].code(coder, dy - wasY, writer + classOf((known + Math.abs(turnX)) / 2));
      [pen.dx, pen.dy] = [wasX + turnX, wasY + turnY];
      turned = (known + Math.abs(turnX) + Math.abs(turnY)) / 2;
    }
    pen.x += pen.dx;
    pen.y += pen.dy;
    return turned;
  }

  /** The model's points are MODEL_MS apart. */
  #tick(time: number, k: number, model: boolean): void {
    const pen = this.#pen;
    const before = k === 1 ? 0 : pen.elapsed;
    if (model) pen.elapsed = MODEL_MS;
    else if (k === 0) pen.elapsed = this.#pause.code(this.#coder, time - pen.time);
    else pen.elapsed = before + this.#elapsed.code(this.#coder, time - pen.time - before);
    pen.time += pen.elapsed;
  }

  #press(pressure: number): void {
    const pen = this.#pen;
    pen.pressure += this.#pressure.code(this.#coder, Math.round(pressure * PRESSURE_LEVELS) - pen.pressure);
    if (pen.pressure < 0 || pen.pressure > PRESSURE_LEVELS) throw new InkCodeError("a pressure above 1");
  }
}

const CLASSES = 7;

/** How much the pen turned lately, in powers of two. */
function classOf(turn: number): number {
  return Math.min(Math.floor(Math.log2(turn + 1)), CLASSES - 1);
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
