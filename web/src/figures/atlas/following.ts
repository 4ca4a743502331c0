/** Which cell follows what by an atlas: rows of tables, and how they are sorted. */

import type { Atlas, AtlasFeature } from "../../atlas/atlas.ts";
import type { LineStep } from "./task.ts";

/** What the table of features may be sorted by. */
export const SORTS = ["alone", "above", "together", "name", "cell"] as const;
export type Sort = (typeof SORTS)[number];

export interface FeatureRow {
  readonly name: string;
  readonly what: string;
  /** The best single cell, how well it follows, -1 to 1, and what the best of all reaches by chance. */
  readonly cell: number;
  readonly score: number;
  readonly chance: number;
  /** All cells together, the same with the labels of other lines, and the metric; null: not known. */
  readonly together: number | null;
  readonly control: number | null;
  readonly metric: string;
  /** 0 for chance, 1 for all that there is to know: metrics compare by it. */
  readonly known: number;
}

export function featureRows(atlas: Atlas): FeatureRow[] {
  return atlas.about.features.map((feature) => {
    const { name, what, best, chance, probe } = feature;
    const [cell, score] = best.c;
    const { value: together, control, metric } = probe;
    return { name, what, cell, score, chance: chance.c, together, control, metric, known: knownOf(feature) };
  });
}

/** Below 0 the probe does worse than a guess that is always the same. */
function knownOf({ probe: { metric, value } }: AtlasFeature): number {
  if (value === null) return Number.NEGATIVE_INFINITY;
  return metric === "AUC" ? 2 * value - 1 : value;
}

/** Sorted, and only those in whose name or explanation all words of a text are. */
export function arranged(rows: readonly FeatureRow[], sort: Sort, filter: string): FeatureRow[] {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  const kept = rows.filter(({ name, what, cell }) => {
    const text = `${name} ${what} cell ${cell}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
  const by: Record<Sort, (a: FeatureRow, b: FeatureRow) => number> = {
    alone: (a, b) => Math.abs(b.score) - Math.abs(a.score),
    above: (a, b) => margin(b) - margin(a),
    together: (a, b) => b.known - a.known,
    name: (a, b) => a.name.localeCompare(b.name, "en"),
    cell: (a, b) => a.cell - b.cell,
  };
  return kept.sort(by[sort]);
}

/** How far the best cell is above the best by chance. */
export function margin({ score, chance }: Pick<FeatureRow, "score" | "chance">): number {
  return Math.abs(score) - chance;
}

/** How well one cell follows one feature. */
export interface Following {
  readonly cell: number;
  readonly feature: string;
  readonly what: string;
  readonly score: number;
  /** What the best of all cells reaches by chance. */
  readonly chance: number;
  /** Steps by which the cell runs ahead of the pen (below 0: behind) where it follows best, and the score there. */
  readonly lag: number;
  readonly lagged: number;
  /** Of a direction: at which the cell is highest, degrees, 0 to the right and 90 down; null for other features. */
  readonly toward: number | null;
}

/** The cells that follow a feature, the best first, whichever the sign. */
export function cellsFollowing(atlas: Atlas, feature: string, count: number): Following[] {
  return atlas.cellsFor(feature, count).map((cell) => following(atlas, rowOf(atlas, feature), cell));
}

/** What a cell follows, the best followed first. */
export function featuresOf(atlas: Atlas, cell: number): Following[] {
  const all = atlas.about.features.map((_, row) => following(atlas, row, cell));
  return all.sort((a, b) => Math.abs(b.score) - Math.abs(a.score));
}

function rowOf(atlas: Atlas, feature: string): number {
  return atlas.about.features.findIndex(({ name }) => name === feature);
}

function following(atlas: Atlas, row: number, cell: number): Following {
  const { name, what, chance, kind } = atlas.about.features[row]!;
  const at = row * atlas.cells + cell;
  return {
    cell,
    feature: name,
    what,
    score: atlas.tensor("score.c")[at]!,
    chance: chance.c,
    lag: atlas.tensor("lag.c")[at]!,
    lagged: atlas.tensor("lagged.c")[at]!,
    toward: kind === "circular" ? atlas.tensor("preferred.c")[cell]! : null,
  };
}

const WAYS = ["right", "down right", "down", "down left", "left", "up left", "up", "up right"];

/** A direction in words; degrees, 0 to the right and 90 down. */
export function wayOf(degrees: number): string {
  return WAYS[(Math.round(degrees / 45) + 8 * Math.ceil(Math.abs(degrees) / 360)) % 8]!;
}

export interface StrongMoment extends LineStep {
  /** c there. */
  readonly value: number;
}

/** Where a cell is highest in the atlas's lines, or lowest; the strongest first. */
export function momentsOf(atlas: Atlas, cell: number, lowest: boolean): StrongMoment[] {
  const lines = atlas.tensor("strongest.line");
  const most = lines.length / (2 * atlas.cells);
  const begin = (Number(lowest) * atlas.cells + cell) * most;
  return Array.from({ length: most }, (_, k) => ({
    line: lines[begin + k]!,
    step: atlas.tensor("strongest.step")[begin + k]!,
    value: atlas.tensor("strongest.value")[begin + k]!,
  }));
}

/** How far from 0 a cell usually goes: the farther of the percentiles 5 and 95, for colours. */
export function usualReach(atlas: Atlas, cell: number): number {
  const range = atlas.tensor("range.c");
  const [low, high] = [range[atlas.cells + cell]!, range[3 * atlas.cells + cell]!];
  return Math.max(Math.abs(low), Math.abs(high)) || 1;
}
