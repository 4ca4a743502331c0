/** What the figure of cells says in words. */

import type { ColourScale, Summary } from "../../cells/scale.ts";
import { cellsInWords } from "../../cells/words.ts";
import type { Quantity } from "../../engine/cell-trace.ts";
import { tellFacts } from "../../frame/facts.ts";

export const QUANTITIES: readonly (readonly [Quantity, string])[] = [
  ["c", "Cell state c"],
  ["h", "Hidden state h"],
  ["i", "Input gate i"],
  ["f", "Forget gate f"],
  ["g", "Candidate g"],
  ["o", "Output gate o"],
];

export function nameOf(what: Quantity): string {
  return QUANTITIES.find(([value]) => value === what)![1];
}

/** With three digits behind the point, and a true minus sign. */
export function number(value: number, digits = 3): string {
  const text = value.toFixed(digits);
  return (Number(text) === 0 ? text.replace("-", "") : text).replace("-", "\u2212");
}

/** With as many digits as a limit needs. */
function short(value: number): string {
  return number(value, Math.abs(value) >= 10 ? 1 : 2).replace(/\.?0+$/, "");
}

/** A limit as it is. */
function exact(value: number): string {
  return String(Number(value.toPrecision(3))).replace("-", "\u2212");
}

export function ticksOf({ limits }: ColourScale): [string, string, string] {
  if (limits.kind === "own") return ["lowest", exact(limits.centre), "highest"];
  const { centre, shared } = limits;
  return [exact(centre - shared), exact(centre), exact(centre + shared)];
}

/** What lies beyond the colours, in a sentence. */
export function clippingText({ limits, log }: ColourScale, summary: Summary, clipped: number): string {
  const scale = log ? " The scale is logarithmic on both sides of its middle." : "";
  const [least, greatest] = [short(summary.least), short(summary.greatest)];
  if (limits.kind === "own") {
    return `Each cell by its own largest distance from the middle; all values lie from ${least} to ${greatest}.${scale}`;
  }
  if (clipped === 0) return `Nothing is clipped: the values lie from ${least} to ${greatest}.${scale}`;
  const share = percent(clipped);
  return `${share} of the values lie beyond and have the last colour: they go from ${least} to ${greatest}.${scale}`;
}

function percent(share: number): string {
  const value = 100 * share;
  return value < 0.1 ? "Fewer than 0.1 %" : `${value >= 9.95 ? Math.round(value) : value.toFixed(1)} %`;
}

/** What a few cells are called: one by its number, more by how many they are. */
export function cellsName(cells: readonly number[]): string {
  if (cells.length === 1) return `Cell ${cells[0]}`;
  const words = cellsInWords(cells);
  return words.length <= 24 ? `Cells ${words}` : `${cells.length} cells`;
}

/** A step, and what is looked at there. */
export interface Looked {
  readonly row: number;
  /** Steps of the ink. */
  readonly length: number;
  /** By which the ink is coloured. */
  readonly cells: readonly number[];
  /** [n + 1]: their mean. */
  readonly values: Float32Array;
  /** What the ink is coloured by was chosen for the reader. */
  readonly byItself: boolean;
}

/** Writes what is known of the step and the cells that are looked at; returns it as one sentence. */
export function tell(el: HTMLElement, { row, length, cells, values, byItself }: Looked): string {
  const several = cells.length > 1;
  const name = cellsName(cells);
  const [least, greatest] = [
    values.reduce((a, b) => Math.min(a, b)),
    values.reduce((a, b) => Math.max(a, b)),
  ];
  const rows: [string, string][] = [
    [several ? `${name}, mean` : name, number(values[row]!)],
    ["Along this ink", `${number(least)} to ${number(greatest)}`],
  ];
  if (byItself) rows.push(["Why this one", "it varies most on this ink"]);
  return tellFacts(el, `Step ${row} of ${length}`, rows);
}
