/** The tables of the atlas: features, the cells that follow one, what a cell follows, clusters, and what was found. */

import { batch, computed, effect, type ReadonlySignal } from "@preact/signals-core";
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

export function tables({ frame, parts }: AtlasWiring, attention: Attention): void {
  const { atlas, feature, cells, cell, chooseCells } = attention;
  const { feature: chosen } = frame.state;

  features(frame, parts.features, attention);
  const following = ofAtlas(atlas, (all) => cellsFollowing(all, feature.value, MOST_CELLS).map(rankedCell));
  rankList(
    parts.cells,
    computed(() => ({
      heading: feature.value === "" ? "Cells that follow it" : `Cells that follow “${feature.value}”`,
      rows: following.value,
      chosen: String(cell.value),
    })),
    (key) => chooseCells([Number(key)]),
  );
  const followed = ofAtlas(atlas, (all) => featuresOf(all, cell.value).map(rankedFeature));
  rankList(
    parts.follows,
    computed(() => ({
      heading: cell.value < 0 ? "What the cell follows" : `What cell ${cell.value} follows`,
      rows: followed.value,
      chosen: feature.value,
    })),
    into(chosen),
  );
  const clusters = ofAtlas(atlas, rankedClusters);
  rankList(
    parts.clusters,
    computed(() => ({
      heading: "Cells that vary together",
      rows: clusters.value,
      chosen: clusterOf(atlas.value, cells.value),
    })),
    (key) => chooseCells(atlas.value?.cluster(Number(key)) ?? []),
  );
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

/** Rows of a list; none without an atlas. */
function ofAtlas(
  atlas: ReadonlySignal<Atlas | null>,
  rows: (atlas: Atlas) => Ranked[],
): ReadonlySignal<readonly Ranked[]> {
  return computed(() => (atlas.value === null ? [] : rows(atlas.value)));
}

/** The number of the cluster that several cells are; empty where they are none. */
function clusterOf(atlas: Atlas | null, cells: readonly number[]): string {
  const number = atlas?.tensor("cluster")[cells.at(-1) ?? -1];
  if (atlas === null || number === undefined || cells.length < 2) return "";
  return atlas.cluster(number).join() === cells.join() ? String(number) : "";
}
