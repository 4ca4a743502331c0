/** What the reader looks at in the atlas: one feature, and some cells. */

import { batch, computed, type ReadonlySignal } from "@preact/signals-core";
import type { Atlas } from "../../atlas/atlas.ts";
import { followAtlas } from "../../atlas/fetch.ts";
import { featureNamed } from "./findings.ts";
import type { AtlasWiring } from "./wiring.ts";

export interface Attention {
  /** null until it has come. */
  readonly atlas: ReadonlySignal<Atlas | null>;
  /** Why there is no atlas: a sentence for people. */
  readonly problem: ReadonlySignal<string>;
  /** Its name; empty without an atlas. */
  readonly feature: ReadonlySignal<string>;
  /** The chosen cells; where there are none, the one that follows the feature best. */
  readonly cells: ReadonlySignal<readonly number[]>;
  /** The last of them; -1 without an atlas. */
  readonly cell: ReadonlySignal<number>;
  /** Whether the cell is low where the feature is there. */
  readonly falls: ReadonlySignal<boolean>;
  chooseCells(cells: readonly number[]): void;
  /** Also chooses the cell that follows the feature best. */
  chooseFeature(name: string): void;
}

export function attention({ frame }: AtlasWiring): Attention {
  const { state, chosen } = frame;
  const { atlas, settled, problem } = followAtlas(frame.loaded);
  const none = computed(
    () =>
      `This model has no atlas, so it is not known what its cells follow. “pentrace atlas ${frame.loaded.value?.name} LINES.parquet” makes one, from lines of handwriting.`,
  );
  const feature = computed(() =>
    atlas.value === null ? "" : featureNamed(atlas.value, state.feature.value),
  );
  const cells = computed((): readonly number[] => {
    const known = atlas.value;
    if (known === null) return [];
    const some = chosen.cells.value.filter((cell) => cell < known.cells);
    return some.length > 0 ? some : known.cellsFor(feature.value, 1);
  });
  const cell = computed(() => cells.value.at(-1) ?? -1);
  const chooseCells = (some: readonly number[]): void => {
    chosen.cells.value = some;
    frame.announce(some.length === 1 ? `Cell ${some[0]}.` : `${some.length} cells.`);
  };
  return {
    atlas,
    problem: computed(() => problem.value || (settled.value && atlas.value === null ? none.value : "")),
    feature,
    cells,
    cell,
    falls: computed(() => (atlas.value?.scores(feature.value)?.[cell.value] ?? 0) < 0),
    chooseCells,
    chooseFeature: (name) =>
      batch(() => {
        state.feature.value = name;
        const best = atlas.value?.cellsFor(name, 1) ?? [];
        if (best.length > 0) chooseCells(best);
      }),
  };
}
