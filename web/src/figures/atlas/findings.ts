/** What was found in a model, in sentences: every number and every name in them is the atlas's. */

import type { Atlas } from "../../atlas/atlas.ts";
import { arranged, type FeatureRow, featureRows, margin } from "./following.ts";

/** Parts of a sentence: words, or a cell that can be chosen. */
export type Said = readonly (string | { readonly cell: number })[];

/** The feature that one looks for first: what the model predicts of the pen. */
export const FIRST = "pen lift in 1 step";

/** The model is told it in so many words. */
const GIVEN = "pen lift";

/** Which feature is looked at: the one that was asked for, where the atlas has it. */
export function featureNamed(atlas: Atlas, name: string): string {
  const names = atlas.about.features.map((feature) => feature.name);
  return [name, FIRST].find((each) => names.includes(each)) ?? names[0] ?? "";
}

/** A few findings, the plainest first. */
export function findings(atlas: Atlas): Said[] {
  const rows = featureRows(atlas);
  if (rows.length === 0) return [];
  return [ahead(rows, atlas.cells), best(rows), hollow(rows, atlas.cells), together(rows)].filter(
    (said) => said !== null,
  );
}

/** A cell that tells what has not happened yet. */
function ahead(rows: readonly FeatureRow[], cells: number): Said | null {
  const row = rows.find(({ name }) => name === FIRST);
  if (row === undefined) return null;
  const { cell, score, chance } = row;
  if (margin(row) <= 0) {
    return [
      `No cell alone tells a pen lift one step before it better than luck: ${compared(score, chance)}.`,
    ];
  }
  const way = score > 0 ? "rises" : "falls";
  return [
    { cell },
    ` ${way} one step before the pen leaves the paper. From −1 to 1, it tells such a step from others at ${signed(score)}; the luckiest of ${cells} cells would reach ${plain(chance)} by chance.`,
  ];
}

/** What is followed best. */
function best(rows: readonly FeatureRow[]): Said | null {
  const row = arranged(rows, "above", "").find(({ name }) => name !== FIRST && name !== GIVEN) ?? rows[0]!;
  if (margin(row) <= 0) return ["No cell follows any of the rest better than luck would have it."];
  return [
    "Of the rest, the farthest above luck is ",
    { cell: row.cell },
    `: it follows “${row.name}” at ${signed(row.score)}, where luck gives ${plain(row.chance)}.`,
  ];
}

/** Where a large number means little. */
function hollow(rows: readonly FeatureRow[], cells: number): Said | null {
  const row = [...rows].sort((a, b) => b.chance - a.chance)[0]!;
  return [
    `Not every large number is a finding. For “${row.name}”, the labels of other lines already give the luckiest of ${cells} cells ${plain(row.chance)}; the best, `,
    { cell: row.cell },
    `, has ${signed(row.score)} with the right ones.`,
  ];
}

/** What all cells know that none knows alone. */
function together(rows: readonly FeatureRow[]): Said | null {
  const known = rows.filter(({ together: value }) => value !== null);
  const row = known.sort((a, b) => b.known - b.score ** 2 - (a.known - a.score ** 2))[0];
  if (row === undefined) return null;
  const control = row.control === null ? "" : `, against ${plain(row.control)} by chance`;
  return [
    `Much is known to many cells and to none of them: from all together “${row.name}” can be read with ${metric(row.metric)} of ${plain(row.together!)}${control}, while the best single one, `,
    { cell: row.cell },
    `, has ${signed(row.score)}.`,
  ];
}

/** What the probe is measured by, with its article. */
function metric(name: string): string {
  return name === "R2" ? "an R²" : name === "AUC" ? "an AUC" : "an accuracy";
}

function compared(score: number, chance: number): string {
  return `${signed(score)}, where luck gives ${plain(chance)}`;
}

/** With two digits and a true minus sign. */
export function plain(value: number): string {
  const text = value.toFixed(2);
  return (Number(text) === 0 ? text.replace("-", "") : text).replace("-", "−");
}

export function signed(value: number): string {
  const text = plain(value);
  return Number(value.toFixed(2)) > 0 ? `+${text}` : text;
}
