/** What the reader looks at in the atlas: one feature, and some cells. */

import { batch, computed } from "@preact/signals-core";
import { followAtlas } from "../../atlas/fetch.ts";
import { featureNamed } from "./findings.ts";
import type { AtlasWiring } from "./wiring.ts";

export type Attention = ReturnType<typeof attention>;

/** The atlas is null until it has come. */
export function attention({ frame }: AtlasWiring) {
  const { state, chosen } = frame;
  const { atlas, settled, problem: failed } = followAtlas(frame.loaded);
  /** Why there is no atlas: a sentence for people. */
  const problem = computed(() => {
    if (failed.value !== "" || !settled.value || atlas.value !== null) return failed.value;
    return `This model has no atlas, so it is not known what its cells follow. “pentrace atlas ${frame.loaded.value?.name} LINES.parquet” makes one, from lines of handwriting.`;
  });
  /** Its name; empty without an atlas. */
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
  /** The last of them; -1 without an atlas. */
  const cell = computed(() => cells.value.at(-1) ?? -1);
  /** Whether the cell is low where the feature is there. */
  const falls = computed(() => (atlas.value?.scores(feature.value)?.[cell.value] ?? 0) < 0);
  const chooseCells = (some: readonly number[]): void => {
    chosen.cells.value = some;
    frame.announce(some.length === 1 ? `Cell ${some[0]}.` : `${some.length} cells.`);
  };
  /** Also chooses the cell that follows the feature best. */
  const chooseFeature = (name: string): void =>
    batch(() => {
      state.feature.value = name;
      const best = atlas.value?.cellsFor(name, 1) ?? [];
      if (best.length > 0) chooseCells(best);
    });
  return { atlas, problem, feature, cells, cell, falls, chooseCells, chooseFeature };
}
