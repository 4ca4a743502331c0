/** The menu of what can be taken from the donor, and what a choice of it stands for. */

import { effect, type ReadonlySignal } from "@preact/signals-core";
import type { Atlas } from "../../atlas/atlas.ts";
import { optionGroup } from "../../draw/element.ts";
import { type Direction, featureDirection, signedFeatures } from "../../explain/directions.ts";
import type { StateOf } from "../../frame/control.ts";
import type { controls } from "./controls.ts";
import type { Wanted } from "./task.ts";

interface Known {
  readonly atlas: ReadonlySignal<Atlas | null>;
  /** Cells that are chosen in the page. */
  readonly chosen: ReadonlySignal<readonly number[]>;
  /** Those that tell hands apart best, where that was measured for this model. */
  readonly best: ReadonlySignal<readonly number[]>;
  /** Directions of hands that are stored for this model, by trait. */
  readonly directions: ReadonlySignal<ReadonlyMap<string, Direction>>;
}

type State = Pick<StateOf<typeof controls>, "cells" | "count" | "draw">;

/** Fills the menu; the control keeps what is chosen. */
export function cellsMenu(
  menu: HTMLSelectElement,
  { cells }: State,
  { atlas, chosen, directions }: Known,
): void {
  effect(() => {
    const clusters = (atlas.value?.about.clusters ?? []).map(
      ({ size, feature }, k) =>
        new Option(`Cluster ${k}: ${size} cells${feature === null ? "" : `, “${feature}”`}`, `cluster:${k}`),
    );
    const own = new Option(`Chosen in the page: ${chosen.value.length}`, "chosen");
    own.disabled = chosen.value.length === 0;
    const hands = [...directions.value.keys()].map(
      (name) => new Option(`Direction of ${name}`, `direction:${name}`),
    );
    const features = (atlas.value === null ? [] : signedFeatures(atlas.value)).map(
      (name) => new Option(`Direction of “${name}”`, `feature:${name}`),
    );
    menu.replaceChildren(
      new Option("Those that tell hands apart best", ""),
      own,
      new Option("Random cells", "random"),
      new Option("All cells", "all"),
      optionGroup("Clusters", clusters),
      optionGroup("Directions of hands", hands),
      optionGroup("Directions of the atlas", features),
    );
    menu.value = cells.value;
    // Something of another model.
    if (menu.selectedIndex < 0) menu.value = "";
  });
}

export function wantedOf({ cells, count, draw }: State, { atlas, chosen, best, directions }: Known): Wanted {
  const [kind, name = ""] = cells.value.split(":");
  if (kind === "all") return { kind };
  if (kind === "random") return { kind, count: count.value, draw: draw.value };
  if (kind === "chosen") return { kind: "given", cells: chosen.value };
  if (kind === "cluster" && atlas.value !== null)
    return { kind: "given", cells: atlas.value.cluster(Number(name)) };
  const stored = kind === "direction" && directions.value.get(name);
  if (stored) return { kind: "direction", of: "hand", name, ...stored };
  const feature = kind === "feature" && atlas.value !== null && featureDirection(atlas.value, name);
  if (feature) return { kind: "direction", of: "atlas", name, ...feature };
  if (best.value.length >= count.value) return { kind: "given", cells: best.value.slice(0, count.value) };
  return { kind: "telling", count: count.value };
}
