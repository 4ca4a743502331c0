/** The words of the atlas. */

import { type Atlas, lineNumbers } from "../../atlas/atlas.ts";
import { make, makeButton } from "../../draw/element.ts";
import { counted, fixed, signed } from "../../draw/words.ts";
import type { Said } from "./findings.ts";
import { type Following, type StrongMoment, wayOf } from "./following.ts";
import type { Ranked } from "./rank-list.ts";
import type { Span } from "./similar.ts";
import type { Piece } from "./task.ts";

/** A cell among those that follow a feature. */
export function rankedCell(following: Following): Ranked {
  const { cell, score, chance } = following;
  const detail = signed(score) + moreWords(following);
  const title = `Colour the ink by cell ${cell}`;
  return { key: String(cell), label: `Cell ${cell}`, score, chance, detail, title };
}

/** A feature among those that a cell follows. */
export function rankedFeature(following: Following): Ranked {
  const { feature, what, score, chance } = following;
  const beaten = Math.abs(score) > chance ? "" : ", no better than chance";
  const detail = signed(score) + (beaten || moreWords(following));
  return { key: feature, label: feature, score, chance, detail, title: what };
}

/** The direction in which the cell is highest, or another step that is clearly better; empty without either. */
function moreWords({ score, lag, lagged, toward }: Following): string {
  if (toward !== null) return `, going ${wayOf(toward)}`;
  if (lag === 0 || Math.abs(lagged) < Math.abs(score) + 0.03) return "";
  return `, ${signed(lagged)} ${counted(Math.abs(lag), "step")} ${lag > 0 ? "ahead" : "late"}`;
}

export function rankedClusters(atlas: Atlas): Ranked[] {
  return atlas.about.clusters.map(({ size, feature, score }, k) => ({
    key: String(k),
    label: `${size} cells`,
    score: feature === null ? 0 : score,
    chance: null,
    detail: feature === null ? "" : `${feature} ${signed(score)}`,
    title: `Colour the ink by the mean of the ${size} cells in cluster ${k}`,
  }));
}

function cellWords(cells: readonly number[]): string {
  return cells.length === 1 ? `cell ${cells[0]}` : `the mean of ${cells.length} cells`;
}

/** writes: what is written there; empty where that is not known, and then the place is told. */
export function momentLabel({ line, step, value }: StrongMoment, writes: string): string {
  return `${fixed(value, 2)} · ${writes || `line ${line + 1}, step ${step}`}`;
}

export function similarLabel({ line, begin, end, distance, writes }: Piece & { distance: number }): string {
  const where = line === null ? "this ink" : `line ${line + 1}`;
  return `${distance.toFixed(2)} · ${writes && `${writes}, `}${where}${writes ? "" : `, steps ${begin} to ${end - 1}`}`;
}

/** The lines of an atlas in words. */
function linesWords({ about: { lines } }: Atlas): string {
  const whose = lines.source === "data" ? "of the data" : "that the model wrote";
  return `${lineNumbers(lines).length} lines ${whose}`;
}

/** The lines that the findings come from. */
export function basis({ about: { data } }: Atlas): string {
  const count = (value: number): string => value.toLocaleString("en");
  return `Measured on ${count(data.held_out.lines)} lines; the atlas was fitted to ${count(data.fit.lines)} lines by other writers.`;
}

/** Sentences with cells that can be chosen. */
export function findingsList(
  all: readonly Said[],
  choose: (cells: readonly number[]) => void,
): HTMLUListElement {
  const items = all.map((said) => {
    const parts = said.map((part, k) =>
      typeof part === "string" ? part : cellButton(part.cell, k === 0, () => choose([part.cell])),
    );
    return make("li", "", ...parts);
  });
  return make("ul", "", ...items);
}

function cellButton(cell: number, begins: boolean, press: () => void): HTMLButtonElement {
  const made = makeButton(press, "in-text", `${begins ? "Cell" : "cell"} ${cell}`);
  made.title = "Colour the ink by this cell";
  return made;
}

/** What moments like a span are compared by, null for all cells, and how many lines were searched so far. */
interface Search {
  /** null where none is picked. */
  readonly span: Span | null;
  readonly by: readonly number[] | null;
  readonly searched: { readonly lines: number; readonly of: number };
}

/** The line above the figure. how: the search for similar moments, or whether the lowest are shown. */
export function headline(atlas: Atlas, cells: readonly number[], how: Search | boolean): string {
  const lines = linesWords(atlas);
  if (typeof how === "boolean") {
    const end = how ? "lowest" : "highest";
    return `Above, the ink coloured by ${cellWords(cells)}; below, where cell ${cells.at(-1)} is ${end} in ${lines}`;
  }
  const { span, by, searched } = how;
  if (span === null) return "Pick a span of the ink: drag along it";
  const where = searched.lines < searched.of ? `${searched.lines} of ${lines}, so far,` : lines;
  const compared = by === null ? "all cells" : cellWords(by).replace("the mean of ", "");
  return `${spanText(span)}, and the moments in ${where} and in this ink at which ${compared} were most alike`;
}

export function spanText(span: Span | null): string {
  return span === null ? "No span is picked" : `Steps ${span.begin} to ${span.end - 1}`;
}

/** What the number below a moment is. */
export function numberText(similar: boolean): string {
  return similar
    ? "The number is the distance from the span: the root mean square difference, in standard deviations of each cell. 0 means the same."
    : "The ring marks the moment; the number is its cell state. The colours reach as far as nine in ten of the cell’s values.";
}

/** Below the bar of colours. */
export function ticks(limits: readonly number[]): [string, string, string] {
  if (limits.length > 1) return ["low", "0", "high"];
  const end = limits[0]!.toPrecision(2);
  return [`−${end}`, "0", end];
}
