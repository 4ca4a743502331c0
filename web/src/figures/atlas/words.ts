/** What the figure of the atlas says in words. */

import type { Atlas } from "../../atlas/atlas.ts";
import type { FeatureLine } from "./feature-table.ts";
import { plain, type Said, signed } from "./findings.ts";
import { type FeatureRow, type Following, type StrongMoment, wayOf } from "./following.ts";
import type { Ranked } from "./rank-list.ts";
import type { Piece } from "./task.ts";

export function featureLine(row: FeatureRow): FeatureLine {
  const { name, what, cell, score, chance, together, control } = row;
  return {
    name,
    what,
    cell,
    score,
    chance,
    alone: signed(score),
    luck: plain(chance),
    together: together === null ? "?" : plain(together),
    control: control === null ? "?" : plain(control),
  };
}

/** A cell among those that follow a feature. */
export function rankedCell({ cell, score, chance, lag, lagged, toward }: Following): Ranked {
  const detail = signed(score) + (wayWords(toward) || lagWords(score, lag, lagged));
  return {
    key: String(cell),
    label: `Cell ${cell}`,
    score,
    chance,
    detail,
    title: `Colour the ink by cell ${cell}`,
  };
}

/** A feature among those that a cell follows. */
export function rankedFeature({ feature, what, score, chance, lag, lagged, toward }: Following): Ranked {
  const beaten = Math.abs(score) > chance ? "" : ", no better than luck";
  const detail = signed(score) + (beaten || wayWords(toward) || lagWords(score, lag, lagged));
  return { key: feature, label: feature, score, chance, detail, title: what };
}

/** Where a direction takes the cell highest. */
function wayWords(toward: number | null): string {
  return toward === null ? "" : `, going ${wayOf(toward)}`;
}

/** Said only where another step is clearly better. */
function lagWords(score: number, lag: number, lagged: number): string {
  if (lag === 0 || Math.abs(lagged) < Math.abs(score) + 0.03) return "";
  const steps = `${Math.abs(lag)} ${Math.abs(lag) === 1 ? "step" : "steps"}`;
  return `, ${signed(lagged)} ${steps} ${lag > 0 ? "ahead" : "late"}`;
}

export function rankedClusters(atlas: Atlas): Ranked[] {
  return atlas.about.clusters.map(({ size, feature, score }, k) => ({
    key: String(k),
    label: `${size} cells`,
    score: feature === null ? 0 : score,
    chance: null,
    detail: feature === null ? "" : `${feature} ${signed(score)}`,
    title: `Colour the ink by the mean of the ${size} cells of cluster ${k}`,
  }));
}

export function cellWords(cells: readonly number[]): string {
  return cells.length === 1 ? `cell ${cells[0]}` : `the mean of ${cells.length} cells`;
}

export function momentLabel({ line, step, value }: StrongMoment): string {
  return `${plain(value)} · line ${line + 1}, step ${step}`;
}

export function similarLabel({ line, begin, end, distance }: Piece & { distance: number }): string {
  const where = line === null ? "this ink" : `line ${line + 1}`;
  return `${distance.toFixed(2)} · ${where}, steps ${begin} to ${end - 1}`;
}

/** The lines of an atlas in words. */
export function linesWords({ about: { lines } }: Atlas): string {
  if (lines.source === "data") return `${lines.lengths.length} lines of the data`;
  return `${lines.count - (lines.collapsed?.length ?? 0)} lines that the model wrote`;
}

/** What the findings rest on. */
export function basis({ about: { data } }: Atlas): string {
  const count = (value: number): string => value.toLocaleString("en");
  return `Measured on ${count(data.held_out.lines)} lines by other writers than the ${count(data.fit.lines)} that it was fitted to.`;
}

/** Sentences with cells that can be chosen. */
export function findingsList(all: readonly Said[], onCell: (cell: number) => void): HTMLElement {
  const list = document.createElement("ul");
  for (const said of all) {
    const item = document.createElement("li");
    said.forEach((part, k) => {
      if (typeof part === "string") item.append(part);
      else item.append(cellButton(part.cell, k === 0, onCell));
    });
    list.append(item);
  }
  return list;
}

function cellButton(cell: number, begins: boolean, onCell: (cell: number) => void): HTMLButtonElement {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "in-text";
  made.textContent = `${begins ? "Cell" : "cell"} ${cell}`;
  made.title = "Colour the ink by it";
  made.addEventListener("click", () => onCell(cell));
  return made;
}
