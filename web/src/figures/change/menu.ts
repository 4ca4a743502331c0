/** The menu of cells by name: presets, cells that follow a feature, clusters, and those chosen in the heatmap. */

import type { Atlas } from "../../atlas/atlas.ts";
import { optionGroup } from "../../draw/element.ts";
import type { Effect } from "./effect.ts";

/** Cells of a feature. */
const TOP = 10;

export interface Named {
  readonly atlas: Atlas | null;
  readonly effects: readonly Effect[];
  /** Cells that are chosen in the page. */
  readonly cells: readonly number[];
}

/** The values are `preset:NAME`, `feature:NAME`, `cluster:NUMBER`, `chosen`, and "" for cells by number. */
export function fillMenu(menu: HTMLSelectElement, { atlas, effects, cells }: Named): void {
  const presets = effects.map(({ name, title }) => new Option(title, `preset:${name}`));
  const features = (atlas?.about.features ?? []).map(
    ({ name }) => new Option(`${TOP} that follow “${name}”`, `feature:${name}`),
  );
  const clusters = (atlas?.about.clusters ?? []).map(({ size, feature }, k) => {
    const follows = feature === null ? "" : `, “${feature}”`;
    return new Option(`Cluster ${k}: ${size} cells${follows}`, `cluster:${k}`);
  });
  const own = [new Option("Cells by number", "")];
  if (cells.length > 0) own.push(new Option(`Chosen above: ${cells.length}`, "chosen"));
  menu.replaceChildren(
    optionGroup("Measured", presets),
    optionGroup("Your own", own),
    optionGroup("Cells that follow", features),
    optionGroup("Clusters", clusters),
  );
}
