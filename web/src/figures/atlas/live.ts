/** The atlas at work: from the cell or the feature that is chosen to tables, to moments in ink, and to others like them. */

import { batch, computed, effect, signal } from "@preact/signals-core";
import type { Atlas } from "../../atlas/atlas.ts";
import { AtlasError } from "../../atlas/atlas.ts";
import { atlasOf } from "../../atlas/fetch.ts";
import type { Running } from "../../frame/figure.ts";
import { featureTable } from "./feature-table.ts";
import { featureNamed, findings } from "./findings.ts";
import { arranged, cellsFollowing, featureRows, featuresOf, type Sort } from "./following.ts";
import { startMoments } from "./moments.ts";
import { rankList } from "./rank-list.ts";
import type { AtlasWiring } from "./wiring.ts";
import { basis, featureLine, findingsList, rankedCell, rankedClusters, rankedFeature } from "./words.ts";

/** Cells that are listed for a feature. */
const MOST_CELLS = 25;

export async function startAtlas(wiring: AtlasWiring): Promise<Running> {
  const { frame, parts, changed } = wiring;
  const { state, chosen } = frame;
  const atlas = signal<Atlas | null>(null);
  const problem = signal("");

  // What is looked at.

  const feature = computed(() =>
    atlas.value === null ? "" : featureNamed(atlas.value, state.feature.value),
  );
  /** The chosen cells; where there are none, the one that follows the feature best. */
  const cells = computed((): readonly number[] => {
    const known = atlas.value;
    if (known === null) return [];
    const some = chosen.cells.value.filter((cell) => cell < known.cells);
    return some.length > 0 ? some : known.cellsFor(feature.value, 1);
  });
  const cell = computed(() => cells.value.at(-1) ?? -1);

  const falls = computed(() => (atlas.value?.scores(feature.value)?.[cell.value] ?? 0) < 0);

  const chooseCells = (some: readonly number[]): void => {
    chosen.cells.value = some;
    frame.announce(some.length === 1 ? `Cell ${some[0]}.` : `${some.length} cells.`);
  };
  const chooseFeature = (name: string): void =>
    batch(() => {
      state.feature.value = name;
      const best = atlas.value?.cellsFor(name, 1) ?? [];
      if (best.length > 0) chooseCells(best);
    });

  effect(() => {
    const loaded = frame.loaded.value;
    if (loaded === null) return;
    batch(() => {
      atlas.value = null;
      problem.value = "";
    });
    atlasOf(loaded)
      .then((found) => {
        if (frame.loaded.peek() !== loaded) return;
        if (found === null)
          problem.value = "This model has no atlas; the command “pentrace atlas” makes one.";
        else atlas.value = found;
      })
      .catch((error: unknown) => {
        if (!(error instanceof AtlasError)) throw error;
        if (frame.loaded.peek() === loaded) problem.value = error.message;
      });
  });

  // Tables and lists.

  const all = computed(() => (atlas.value === null ? [] : featureRows(atlas.value)));
  const lines = computed(() =>
    arranged(all.value, state.sort.value as Sort, state.filter.value).map(featureLine),
  );
  const table = featureTable(
    parts.features,
    { rows: [], sort: state.sort.peek(), chosen: "", empty: "" },
    {
      caption: "What the pen does, and which cell follows it",
      onSort(column) {
        state.sort.value = column;
      },
      onFeature: chooseFeature,
      onCell(one, name) {
        batch(() => {
          state.feature.value = name;
          chooseCells([one]);
        });
      },
    },
  );
  const following = rankList(
    parts.cells,
    { heading: "Cells that follow it", rows: [], chosen: "" },
    { onChoose: (key) => chooseCells([Number(key)]) },
  );
  const followed = rankList(
    parts.follows,
    { heading: "What the cell follows", rows: [], chosen: "" },
    {
      onChoose(key) {
        state.feature.value = key;
      },
    },
  );
  const clusters = rankList(
    parts.clusters,
    { heading: "Cells that go together", rows: [], chosen: "" },
    { onChoose: (key) => chooseCells(atlas.peek()?.cluster(Number(key)) ?? []) },
  );
  const cellRanks = computed(() =>
    atlas.value === null ? [] : cellsFollowing(atlas.value, feature.value, MOST_CELLS).map(rankedCell),
  );
  const featureRanks = computed(() =>
    atlas.value === null || cell.value < 0 ? [] : featuresOf(atlas.value, cell.value).map(rankedFeature),
  );
  const clusterRanks = computed(() => (atlas.value === null ? [] : rankedClusters(atlas.value)));
  const cluster = computed(() => {
    const one = atlas.value?.tensor("cluster")[cell.value];
    if (one === undefined || atlas.value === null || cells.value.length < 2) return "";
    return atlas.value.cluster(one).join() === cells.value.join() ? String(one) : "";
  });

  const disposals = [
    effect(() => {
      const empty = all.value.length > 0 ? "Nothing of that name." : "";
      table.update({ rows: lines.value, sort: state.sort.value, chosen: feature.value, empty });
    }),
    effect(() => {
      const heading = feature.value === "" ? "Cells that follow it" : `Cells that follow “${feature.value}”`;
      following.update({ heading, rows: cellRanks.value, chosen: String(cell.value) });
    }),
    effect(() => {
      const heading = cell.value < 0 ? "What the cell follows" : `What cell ${cell.value} follows`;
      followed.update({ heading, rows: featureRanks.value, chosen: feature.value });
    }),
    effect(() => {
      const rows = clusterRanks.value;
      clusters.update({ heading: "Cells that go together", rows, chosen: cluster.value });
    }),
    effect(() => {
      if (atlas.value === null) return parts.findings.replaceChildren();
      const said = findingsList(findings(atlas.value), (one) => chooseCells([one]));
      const note = document.createElement("p");
      note.textContent = basis(atlas.value);
      parts.findings.replaceChildren(said, note);
    }),
    effect(() => {
      parts.change.disabled = cells.value.length === 0;
    }),
  ];
  const take = (): void => {
    changed.value = cells.peek();
  };
  parts.change.addEventListener("click", take, { capture: true });

  const moments = startMoments(wiring, { atlas, cells, falls, problem });
  return {
    svg: moments.svg,
    destroy() {
      for (const dispose of disposals) dispose();
      for (const view of [table, following, followed, clusters]) view.destroy();
      parts.change.removeEventListener("click", take, { capture: true });
      moments.destroy();
    },
  };
}
