/**
 * Inputs: what pen, memory, characters and hand add to the gates of a step, and what happens without one of them
 * (spec/explain.md); the twin of explain/inputs.py. Letter key: H cells, C code.
 */

import type { TextArchitecture } from "../checkpoint/architecture.ts";
import type { State } from "../engine/engine.ts";
import { mixtureOf } from "../engine/mixture.ts";
import type { SourceText } from "../engine/source.ts";
import { branches } from "../futures/branches.ts";
import { divergence } from "./density.ts";
import { type Reading, using } from "./reading.ts";
import { rounded, type Weights } from "./votes.ts";
import { weightOf } from "./ways.ts";

/** Added to a variance by layer normalisation (spec/engine.md). */
const EPSILON = 1e-5;
const MOST_STANDING = 48;
const GATES = 4;

/** What each input adds in the step that led to a prediction. */
export interface Inputs {
  /** By input, [4, H] in the order i, f, g, o: what it adds to what enters sigmoid or tanh. With "bias" it is all. */
  readonly parts: ReadonlyMap<string, Float64Array>;
  /** By input, the character at that place; only those that there are. */
  readonly characters: ReadonlyMap<string, string>;
}

/** The prediction without one input. */
export interface Without {
  /** From what is predicted with it, in nats. */
  readonly divergence: number;
  /** Of the likeliest way on, with all inputs and without this one. */
  readonly share: readonly [number, number];
}

/** The numbers that an input gives, and where its columns begin in the weights that it is multiplied with. */
interface Fed {
  readonly name: string;
  readonly numbers: Float64Array;
  /** Tensors of the gates, and of the code. */
  readonly weight: string;
  readonly code: string;
  readonly column: number;
}

/** step: 1 to n. */
export function inputs(weights: Weights, reading: Reading, step: number): Inputs {
  const { hidden, code, normalised, text } = weights.architecture;
  const rows = GATES * hidden;
  const fed = fedTo(weights, reading, step);
  const sums = fed.map(({ weight, column, numbers }) => times(weights, weight, rows, numbers, column));
  let parts = sums;
  if (normalised) {
    let gain = vector(weights, "lstm.0.gain");
    if (code > 0) {
      const said = total(fed.map((each) => times(weights, each.code, code, each.numbers, each.column)));
      gain = total([gain, times(weights, "lstm.0.modulation.weight", rows, said)]);
    }
    const whole = total(sums);
    parts = sums.map((sum) => normalisedBy(sum, whole, gain, hidden));
  }
  const named = fed.map(({ name }, k) => [name, parts[k]!] as const);
  return {
    parts: new Map([...named, ["bias", vector(weights, "lstm.0.bias")]]),
    characters: charactersAt(reading, step, text?.reach ?? 0),
  };
}

/** Root mean square over the cells of what an input adds, [4]. */
export function strength(part: Float64Array): number[] {
  const hidden = part.length / GATES;
  return Array.from({ length: GATES }, (_, gate) => {
    const values = part.subarray(gate * hidden, (gate + 1) * hidden);
    return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / hidden);
  });
}

/** Of each gate: less the mean of the part, times the gain, by the deviation of the whole. */
function normalisedBy(
  part: Float64Array,
  whole: Float64Array,
  gain: Float64Array,
  hidden: number,
): Float64Array {
  const result = new Float64Array(part.length);
  for (let begin = 0; begin < part.length; begin += hidden) {
    const all = whole.subarray(begin, begin + hidden);
    const middle = mean(all);
    const variance = mean(all.map((value) => (value - middle) ** 2));
    const own = mean(part.subarray(begin, begin + hidden));
    const deviation = Math.sqrt(variance + EPSILON);
    for (let k = begin; k < begin + hidden; k++) result[k] = (part[k]! - own) * (gain[k]! / deviation);
  }
  return result;
}

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function total(parts: readonly Float64Array[]): Float64Array {
  return parts.reduce((sum, part) => sum.map((value, k) => value + part[k]!));
}

/** A tensor of one dimension. */
function vector({ tensors }: Weights, name: string): Float64Array {
  return Float64Array.from(tensors.get(name)!);
}

/** The rows of a weight as float32, from a column on, times numbers. */
function times(
  { tensors }: Weights,
  name: string,
  rows: number,
  numbers: Float64Array,
  column = 0,
): Float64Array {
  const values = tensors.get(name)!;
  const scales = values instanceof Int8Array ? tensors.get(name.replace(/weight$/, "scale"))! : null;
  const width = values.length / rows;
  return Float64Array.from({ length: rows }, (_, row) => {
    const from = row * width + column;
    const scale = scales?.[row] ?? 1;
    let sum = 0;
    for (let k = 0; k < numbers.length; k++) sum += Math.fround(values[from + k]! * scale) * numbers[k]!;
    return sum;
  });
}

function placeName(place: number): string {
  if (place === 0) return "character";
  return `character ${place > 0 ? "+" : ""}${place}`;
}

/** Places from the farthest before the pointer to the farthest after it. */
function placesOf(reach: number): number[] {
  return Array.from({ length: 2 * reach + 1 }, (_, k) => k - reach);
}

function charactersAt(reading: Reading, step: number, reach: number): Map<string, string> {
  const { text } = reading;
  if (text === undefined) return new Map();
  const [words, at] = [Array.from(text.words), reading.pointer(step)];
  return new Map(
    placesOf(reach).flatMap((place) => {
      const character = words[at + place];
      return character === undefined ? [] : [[placeName(place), character] as const];
    }),
  );
}

/** The numbers that each input gives to the step that consumed offset `step` - 1. */
function fedTo(weights: Weights, reading: Reading, step: number): Fed[] {
  const { hidden } = weights.architecture;
  const before = using(reading.state(step - 1), (state) => reading.engine.hiddenStates(state));
  const own = (name: string, which: string, numbers: Float64Array): Fed => ({
    ...{ name, numbers, column: 0 },
    ...{ weight: `lstm.0.${which}.weight`, code: `lstm.0.code.${which}.weight` },
  });
  const offset = Float64Array.from(reading.offsets.subarray(3 * step - 3, 3 * step));
  return [
    own("pen", "input", offset),
    own("memory", "recurrent", rounded(before.subarray(0, hidden))),
    ...fedByText(weights, reading, step),
  ];
}

function fedByText({ architecture, tensors }: Weights, reading: Reading, step: number): Fed[] {
  const known = architecture.text;
  if (reading.text === undefined || known === undefined) return [];
  const [words, at] = [Array.from(reading.text.words), reading.pointer(step)];
  const stood = Math.min(standing(reading, step, at), MOST_STANDING);
  const numbers = new Map<string, Float64Array>();
  for (const place of placesOf(known.reach)) {
    const character = words[at + place];
    const row = character === undefined ? 0 : 1 + known.alphabet.indexOf(character);
    const table = tensors.get("text.embedding")!;
    const embedded = table.subarray(row * known.embedding, (row + 1) * known.embedding);
    numbers.set(placeName(place), Float64Array.from(embedded));
  }
  numbers.set("standing", Float64Array.of(stood / MOST_STANDING, 1 / (1 + stood)));
  numbers.set("hand", handNumbers(known, tensors, reading.text.hand));
  let column = 0;
  return [...numbers].map(([name, each]) => {
    const fed = { name, numbers: each, weight: "text.weight", code: "text.code.weight", column };
    column += each.length;
    return fed;
  });
}

function handNumbers(
  known: TextArchitecture,
  tensors: Weights["tensors"],
  hand: SourceText["hand"],
): Float64Array {
  if (hand instanceof Float32Array) return Float64Array.from(hand);
  const scale = tensors.get("text.hands.scale");
  if (hand === null || scale === undefined) return new Float64Array(known.hand);
  const code = tensors.get("text.hands")!.subarray(hand * known.hand, (hand + 1) * known.hand);
  return Float64Array.from(code, (value) => Math.fround(value * scale[hand]!));
}

/** Steps that the pointer had already stood where it stands as offset `step` is predicted. */
function standing(reading: Reading, step: number, at: number): number {
  const { pointers } = reading.text!;
  let stood = 0;
  // The state before a line is one step at the first character.
  while (stood < step && pointers[step - 1 - stood] === at) stood++;
  return stood;
}

/** What each input does for the prediction of offset `step`, which is made again without it. */
export function without(reading: Reading, step: number): Map<string, Without> {
  const { engine } = reading;
  const whole = using(reading.state(step), (state) => engine.mixture(state));
  return new Map(
    removable(reading, step).map((name) => {
      const mixture = using(stateWithout(reading, step, name), (state) => engine.mixture(state));
      return [name, compared(whole, mixture)] as const;
    }),
  );
}

/** The inputs that can be taken away at a step. */
export function removable(reading: Reading, step: number): string[] {
  const { text, engine } = reading;
  const known = engine.architecture.text;
  if (text === undefined || known === undefined) return ["pen"];
  const characters = [...charactersAt(reading, step, known.reach)].flatMap(([name, character]) =>
    character === " " || !known.alphabet.includes(" ") ? [] : [name],
  );
  return ["pen", ...characters, ...(text.hand === null ? [] : ["hand"])];
}

/**
 * The state that predicts offset `step` without an input. The pen's last movement becomes (0, 0, 0). A character becomes
 * a space, and the hand none in particular, from the step on in which the pointer came to where it stands.
 */
export function stateWithout(reading: Reading, step: number, name: string): State {
  if (name === "pen") return still(reading, step);
  const at = reading.pointer(step);
  if (name === "hand") return reread(reading, step, at, { hand: false });
  const words = Array.from(reading.text!.words);
  words[at + Number(name.replace("character", ""))] = " ";
  return reread(reading, step, at, { words: words.join("") });
}

function still(reading: Reading, step: number): State {
  const state = reading.state(step - 1);
  const path = reading.text && Int32Array.of(state.pointer, reading.pointer(step));
  reading.engine.consume(state, new Float32Array(3), path);
  return state;
}

/** The state at a step if text or hand were others since the pointer came to where it stands. */
function reread(
  reading: Reading,
  step: number,
  at: number,
  { words, hand = true }: { words?: string; hand?: boolean },
): State {
  const { engine, text } = reading;
  const stood = standing(reading, step, at);
  if (stood === step) {
    // It has never moved: the line begins with the other text or hand.
    const state = engine.start(words ?? text!.words, hand ? (text!.hand ?? undefined) : undefined);
    reading.goOn(state, 0, step);
    return state;
  }
  const begin = step - 1 - stood;
  const state = reading.state(begin);
  const here = state.pointer;
  if (words !== undefined) {
    engine.setText(state, words);
    engine.point(state, here);
  }
  if (!hand) engine.setHand(state, null);
  reading.goOn(state, begin, step);
  return state;
}

function compared(p: Float32Array, q: Float32Array): Without {
  const mixture = mixtureOf(p);
  const weights = mixture.components.map(({ weight }) => weight);
  const way = branches(mixture)[0]?.components ?? [weights.indexOf(Math.max(...weights))];
  return { divergence: divergence(p, q), share: [weightOf(p, way), weightOf(q, way)] };
}
