/** The words of the figure of cells. */

import type { ColourScale, Summary } from "../../cells/scale.ts";
import { cellsInWords } from "../../cells/words.ts";
import { finePercent, fixed } from "../../draw/words.ts";
import type { Quantity } from "../../engine/cell-trace.ts";
import { tellFacts } from "../../frame/facts.ts";
import { letter, letterAt } from "../../ink/letter.ts";
import { extent } from "../../ink/path.ts";
import type { Read } from "./reading.ts";
import type { Seen } from "./seen.ts";
import type { CellsWiring } from "./wiring.ts";

export const QUANTITIES: readonly (readonly [Quantity, string])[] = [
  ["c", "Cell state c"],
  ["h", "Hidden state h"],
  ["i", "Input gate i"],
  ["f", "Forget gate f"],
  ["g", "Candidate g"],
  ["o", "Output gate o"],
];

function nameOf(what: Quantity): string {
  return QUANTITIES.find(([value]) => value === what)![1];
}

/** With as many digits as a limit needs. */
function short(value: number): string {
  return fixed(value, Math.abs(value) >= 10 ? 1 : 2).replace(/\.?0+$/, "");
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

/** How many values lie beyond the colours, in a sentence. */
export function clippingText({ limits, log }: ColourScale, summary: Summary, clipped: number): string {
  const scale = log ? " The scale is logarithmic on both sides of the middle." : "";
  const [least, greatest] = [short(summary.least), short(summary.greatest)];
  if (limits.kind === "own") {
    return `Each cell has its own scale, up to its largest distance from the middle. The values of all cells lie between ${least} and ${greatest}.${scale}`;
  }
  if (clipped === 0) return `No value is clipped: they lie between ${least} and ${greatest}.${scale}`;
  const share = percent(clipped);
  return `${share} of the values lie beyond these limits and are shown in the last colour. All values lie between ${least} and ${greatest}.${scale}`;
}

function percent(share: number): string {
  return share < 0.001 ? "Fewer than 0.1 %" : finePercent(share);
}

/** What a few cells are called: one by its number, more by how many they are. */
export function cellsName(cells: readonly number[]): string {
  if (cells.length === 1) return `Cell ${cells[0]}`;
  const words = cellsInWords(cells);
  return words.length <= 24 ? `Cells ${words}` : `${cells.length} cells`;
}

/** The text beside the pointer. */
export function pointedText({ matrix, row, cell, read }: Seen): string {
  const place = read.text?.characters[row];
  const writes = read.text && place !== undefined ? ` · ${letter(read.text.words, place)}` : "";
  return `Cell ${cell} · step ${row}${writes} · ${fixed(matrix.value(row, cell), 3)}`;
}

/** The line above the figure. */
export function inkWords({ matrix, left }: Read, { frame, shown, isExample }: CellsWiring): string {
  const { state } = frame;
  if (isExample.value && shown.value === "yours") return "Write on the line: the cells follow your pen.";
  const size = `${matrix.cells} cells over ${matrix.rows - 1} steps`;
  const cut = left > 0 ? `; the last ${left.toLocaleString("en")} are left out` : "";
  const sample = `sample ${state.seed.value}, variation ${state.variation.value.toFixed(2)}`;
  const name = { sample, yours: "your writing" }[shown.value] ?? "an opened ink, which links do not include";
  const order = frame.loaded.value?.atlas === null ? "; in the model’s order, for it has no atlas" : "";
  return `${nameOf(matrix.what)}: ${size}, ${name}${cut}${order}`;
}

/** Writes what is known of the step that is looked at and of some cells; returns it as one text. */
export function tell(
  el: HTMLElement,
  { matrix, row, read }: Seen,
  cells: readonly number[],
  byItself: boolean,
): string {
  const values = matrix.means(cells);
  const name = cellsName(cells);
  const [least, greatest] = extent(values);
  const rows: [string, string][] = [
    [cells.length > 1 ? `${name}, mean` : name, fixed(values[row]!, 3)],
    ["Along this ink", `${fixed(least, 3)} to ${fixed(greatest, 3)}`],
  ];
  if (byItself) rows.push(["Why this one", "it swings in time with the pen"]);
  const written = letterAt(read.text, row);
  const title = `Step ${row} of ${matrix.rows - 1}${written === null ? "" : `: ${written}`}`;
  return tellFacts(el, title, rows);
}
