/**
 * Writing in somebody's letters: at each character, of several candidates the one goes on that looks most like theirs
 * (spec/text.md, Letters): the twin of src/pentrace/engine/text/letters.py. Sums are made in the order of the points.
 */

import constants from "../../../../spec/constants.json" with { type: "json" };
import type { Draws, Engine, Line, State } from "../engine.ts";
import { CAP } from "./written.ts";

const { shape: SHAPE, place: PLACE, pace: PACE, lift: LIFT } = constants.letters;

/** How a character was written. */
export interface Letter {
  /** x and y of points evenly spaced along its path, around their mean, in model units. */
  readonly x: readonly number[];
  readonly y: readonly number[];
  /** That mean, from the end of the character before. */
  readonly middle: readonly [number, number];
  /** How many. */
  readonly offsets: number;
  /** Of the pen. */
  readonly lifts: number;
}

/** How somebody writes characters: all the ways that were seen of each. */
export type Letters = ReadonlyMap<string, readonly Letter[]>;

/** The characters of lines with their text. */
export function lettersOf(lines: readonly { readonly text: string; readonly line: Line }[]): Letters {
  const letters = new Map<string, Letter[]>();
  for (const { text, line } of lines) {
    Array.from(text).forEach((character, place) => {
      const own = offsetsOf(line, place);
      if (own.length > 0) letters.set(character, [...(letters.get(character) ?? []), letterOf(own)]);
    });
  }
  return letters;
}

/** A character that was written by offsets [n, 3], n at least 1. */
export function letterOf(offsets: Float32Array): Letter {
  const count = offsets.length / 3;
  const [along, xs, ys]: number[][] = [[], [], []];
  let [x, y, length, lifts] = [0, 0, 0, 0];
  for (let k = 0; k < count; k++) {
    const [dx, dy] = [offsets[3 * k]!, offsets[3 * k + 1]!];
    x += dx;
    y += dy;
    if (k > 0) length += Math.sqrt(dx * dx + dy * dy);
    if (offsets[3 * k + 2] !== 0) lifts++;
    along!.push(length);
    xs!.push(x);
    ys!.push(y);
  }
  const shape: { x: number[]; y: number[] } = { x: [], y: [] };
  const middle: [number, number] = [0, 0];
  let at = 0;
  for (let k = 0; k < SHAPE; k++) {
    const wanted = (length * k) / (SHAPE - 1);
    while (at < count - 2 && along![at + 1]! < wanted) at++;
    const next = Math.min(at + 1, count - 1);
    const span = along![next]! - along![at]!;
    const share = span > 0 ? (wanted - along![at]!) / span : 0;
    const [px, py] = [xs!, ys!].map((values) => values[at]! + share * (values[next]! - values[at]!));
    shape.x.push(px!);
    shape.y.push(py!);
    middle[0] += px!;
    middle[1] += py!;
  }
  middle[0] /= SHAPE;
  middle[1] /= SHAPE;
  const around = (values: number[], mean: number): number[] => values.map((value) => value - mean);
  return { x: around(shape.x, middle[0]), y: around(shape.y, middle[1]), middle, offsets: count, lifts };
}

/** How different two ways to write a character are. */
export function distanceOf(a: Letter, b: Letter): number {
  let square = 0;
  for (let k = 0; k < SHAPE; k++) {
    const [x, y] = [a.x[k]! - b.x[k]!, a.y[k]! - b.y[k]!];
    square += x * x + y * y;
  }
  const [x, y] = [a.middle[0] - b.middle[0], a.middle[1] - b.middle[1]];
  const pace = (2 * Math.abs(a.offsets - b.offsets)) / (a.offsets + b.offsets);
  const lifts = Math.abs(a.lifts - b.lifts);
  return Math.sqrt(square / SHAPE) + PLACE * Math.sqrt(x * x + y * y) + PACE * pace + LIFT * lifts;
}

/**
 * Writes the rest of a text in somebody's letters, a piece for each character; `state` moves on.
 *
 * text: all of the state's. candidates: of each character, drawn side by side; candidate k has stream `first` + k. A
 * character that is not among the letters is the first candidate.
 */
export function* writtenIn(
  engine: Engine,
  state: State,
  text: string,
  letters: Letters,
  candidates: number,
  draws: Draws & { readonly first: number },
): Generator<Line, void> {
  const characters = Array.from(text);
  let firstStep = 0;
  for (let place = state.pointer; place < characters.length; place++) {
    const known = letters.get(characters[place]!);
    const last = place === characters.length - 1;
    const drawn = engine.takes(state, known ? candidates : 1, {
      ...{ ...draws, cap: CAP, firstStep },
      ...(last ? {} : { stop: place + 1 }),
    });
    const best = known ? nearest(known, place, drawn) : drawn[0]!;
    if (!last) engine.consume(state, best.offsets, Int32Array.of(...best.pointers, place + 1));
    firstStep += best.pointers.length;
    yield best;
  }
}

/** The line that is nearest to a way that was seen, the first of equals; what follows the last character does not count. */
function nearest(known: readonly Letter[], place: number, drawn: readonly Line[]): Line {
  const distances = drawn.map((line) => {
    const letter = letterOf(offsetsOf(line, place));
    return Math.min(...known.map((each) => distanceOf(letter, each)));
  });
  return drawn[distances.indexOf(Math.min(...distances))]!;
}

/** The offsets of a character. */
function offsetsOf({ offsets, pointers }: Line, place: number): Float32Array {
  return offsets.filter((_, k) => pointers[Math.floor(k / 3)] === place);
}
