/** The tables of the atlas: features, the cells that follow one, what a cell follows, clusters, and what was found. */

import { batch, computed, effect } from "@preact/signals-core";
import type { Atlas } from "../../atlas/atlas.ts";
import { make } from "../../draw/element.ts";
import { into } from "../../draw/redraw.ts";
import type { Attention } from "./attention.ts";
import { featureTable } from "./feature-table.ts";
import { findings } from "./findings.ts";
import { arranged, cellsFollowing, featureRows, featuresOf, type Sort } from "./following.ts";
import { type Ranked, rankList } from "./rank-list.ts";
import type { AtlasWiring } from "./wiring.ts";
import { basis, findingsList, rankedCell, rankedClusters, rankedFeature } from "./words.ts";

/** Cells that are listed for a feature. */
const MOST_CELLS = 25;

/** A list of an atlas; its heading and what is chosen in it are there without one too. */
interface List {
  rows(atlas: Atlas): Ranked[];
  heading(): string;
  chosen(): string;
  choose(key: string): void;
}

export function tables({ frame, parts }: AtlasWiring, attention: Attention): void {
  const { atlas, feature, cells, cell, chooseCells } = attention;

  features(frame, parts.features, attention);
  const list = (el: HTMLElement, { rows, heading, chosen, choose }: List): void => {
    const known = computed(() => (atlas.value === null ? [] : rows(atlas.value)));
    const data = computed(() => ({ heading: heading(), rows: known.value, chosen: chosen() }));
    rankList(el, data, choose);
  };
  list(parts.cells, {
    rows: (all) => cellsFollowing(all, feature.value, MOST_CELLS).map(rankedCell),
    heading: () => `Cells that follow ${feature.value === "" ? "it" : `“${feature.value}”`}`,
    chosen: () => String(cell.value),
    choose: (key) => chooseCells([Number(key)]),
  });
  list(parts.follows, {
    rows: (all) => featuresOf(all, cell.value).map(rankedFeature),
    heading: () => `What ${cell.value < 0 ? "the cell" : `cell ${cell.value}`} follows`,
    chosen: () => feature.value,
    choose: into(frame.state.feature),
  });
  list(parts.clusters, {
    rows: rankedClusters,
    heading: () => "Cells that vary together",
    chosen: () => clusterOf(atlas.value, cells.value),
    choose: (key) => chooseCells(atlas.value?.cluster(Number(key)) ?? []),
  });
  effect(() => {
    const all = atlas.value;
    const found = all === null ? [] : [findingsList(findings(all), chooseCells), make("p", "", basis(all))];
    parts.findings.replaceChildren(...found);
  });
}

function features({ state }: AtlasWiring["frame"], el: HTMLElement, attention: Attention): void {
  const { atlas, feature, chooseCells, chooseFeature } = attention;
  const all = computed(() => (atlas.value === null ? [] : featureRows(atlas.value)));
  const rows = computed(() => arranged(all.value, state.sort.value as Sort, state.filter.value));
  const data = computed(() => ({
    rows: rows.value,
    sort: state.sort.value,
    chosen: feature.value,
    empty: all.value.length > 0 ? "No feature matches." : "",
  }));
  featureTable(el, data, {
    onSort: into(state.sort),
    onFeature: chooseFeature,
    onCell: (one, name) =>
      batch(() => {
        state.feature.value = name;
        chooseCells([one]);
      }),
  });
}

/** The number of the cluster that several cells are; empty where they are none. */
function clusterOf(atlas: Atlas | null, cells: readonly number[]): string {
  const number = atlas?.tensor("cluster")[cells.at(-1) ?? -1];
  if (atlas === null || number === undefined || cells.length < 2) return "";
  return atlas.cluster(number).join() === cells.join() ? String(number) : "";
}
