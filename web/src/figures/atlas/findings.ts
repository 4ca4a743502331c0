/** What was found in a model, in sentences. Every number and name in them comes from the atlas. */

import type { Atlas } from "../../atlas/atlas.ts";
import { fixed, signed } from "../../draw/words.ts";
import { arranged, type FeatureRow, featureRows, margin } from "./following.ts";

/** A sentence in parts: words, or a cell that can be chosen. */
export type Said = readonly (string | { readonly cell: number })[];

/** The feature that is shown first: what the model itself predicts of the pen. */
export const FIRST = "pen lift in 1 step";

/** It is part of the model's input, so it is no surprise that a cell follows it. */
const GIVEN = "pen lift";

/** The feature of this name if the atlas has it, otherwise the first. */
export function featureNamed(atlas: Atlas, name: string): string {
  const names = atlas.about.features.map((feature) => feature.name);
  return [name, FIRST].find((each) => names.includes(each)) ?? names[0] ?? "";
}

/** A few findings, the simplest first. */
export function findings(atlas: Atlas): Said[] {
  const rows = featureRows(atlas);
  if (rows.length === 0) return [];
  return [ahead(rows, atlas.cells), best(rows), hollow(rows, atlas.cells), together(rows)].filter(
    (said) => said !== null,
  );
}

/** A cell that predicts a pen lift. */
function ahead(rows: readonly FeatureRow[], cells: number): Said | null {
  const row = rows.find(({ name }) => name === FIRST);
  if (row === undefined) return null;
  const { cell, score, chance } = row;
  if (margin(row) <= 0) {
    return [
      `No single cell predicts a pen lift one step ahead better than chance: ${signed(score)}, where chance gives ${fixed(chance, 2)}.`,
    ];
  }
  const way = score > 0 ? "rises" : "falls";
  return [
    { cell },
    ` ${way} one step before the pen leaves the paper. How well it tells such steps from others is ${signed(score)}, on a scale from −1 to 1 on which 0 means not at all. By chance, the best of ${cells} cells would reach ${fixed(chance, 2)}.`,
  ];
}

/** The best of the other features. */
function best(rows: readonly FeatureRow[]): Said | null {
  const row = arranged(rows, "above", "").find(({ name }) => name !== FIRST && name !== GIVEN) ?? rows[0]!;
  if (margin(row) <= 0) return ["No cell follows any other feature better than chance."];
  return [
    `Of the other features, “${row.name}” is followed farthest above chance: `,
    { cell: row.cell },
    ` reaches ${signed(row.score)}, where chance gives ${fixed(row.chance, 2)}.`,
  ];
}

/** A large number that means little. */
function hollow(rows: readonly FeatureRow[], cells: number): Said | null {
  const row = [...rows].sort((a, b) => b.chance - a.chance)[0]!;
  return [
    `Not every large number is a finding. For “${row.name}”, the best of ${cells} cells reaches ${fixed(row.chance, 2)} even with labels from other lines. With the right labels, `,
    { cell: row.cell },
    ` reaches ${signed(row.score)}.`,
  ];
}

/** A feature that all cells together predict, and none alone. */
function together(rows: readonly FeatureRow[]): Said | null {
  const known = rows.filter(({ together: value }) => value !== null);
  const row = known.sort((a, b) => b.known - b.score ** 2 - (a.known - a.score ** 2))[0];
  if (row === undefined) return null;
  const control = row.control === null ? "" : `, against ${fixed(row.control, 2)} by chance`;
  return [
    `Much is known only to many cells together. From all of them, “${row.name}” can be predicted with ${metric(row.metric)} of ${fixed(row.together!, 2)}${control}. The best single one, `,
    { cell: row.cell },
    `, reaches ${signed(row.score)}.`,
  ];
}

/** The measure of the probe, with its article. */
function metric(name: string): string {
  return name === "R2" ? "an R²" : name === "AUC" ? "an AUC" : "an accuracy";
}
