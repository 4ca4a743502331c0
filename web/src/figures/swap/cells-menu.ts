/** The menu of cells that can be put in, and the cells that a choice of it stands for. */

import { effect, type ReadonlySignal } from "@preact/signals-core";
import type { Atlas } from "../../atlas/atlas.ts";
import { make } from "../../draw/element.ts";
import type { StateOf } from "../../frame/control.ts";
import type { controls } from "./controls.ts";
import type { Wanted } from "./task.ts";

interface Known {
  readonly atlas: ReadonlySignal<Atlas | null>;
  /** Cells that are chosen in the page. */
  readonly chosen: ReadonlySignal<readonly number[]>;
  /** Those that tell hands apart best, where that was measured for this model. */
  readonly best: ReadonlySignal<readonly number[]>;
}

type State = Pick<StateOf<typeof controls>, "cells" | "count" | "draw">;

export function cellsMenu(
  menu: HTMLSelectElement,
  { cells }: State,
  { atlas, chosen }: Pick<Known, "atlas" | "chosen">,
): void {
  effect(() => {
    const clusters = (atlas.value?.about.clusters ?? []).map(
      ({ size, feature }, k) =>
        new Option(`Cluster ${k}: ${size} cells${feature === null ? "" : `, “${feature}”`}`, `cluster:${k}`),
    );
    const own = new Option(`Chosen in the page: ${chosen.value.length}`, "chosen");
    own.disabled = chosen.value.length === 0;
    const group = Object.assign(make("optgroup", "", ...clusters), {
      label: "Clusters",
      hidden: clusters.length === 0,
    });
    menu.replaceChildren(
      new Option("Those that tell hands apart best", ""),
      own,
      new Option("Random cells", "random"),
      new Option("All cells", "all"),
      group,
    );
    menu.value = cells.value;
    // A cluster of another atlas.
    if (menu.selectedIndex < 0) menu.value = "";
  });
  menu.addEventListener("change", () => {
    cells.value = menu.value;
  });
}

export function wantedOf({ cells, count, draw }: State, { atlas, chosen, best }: Known): Wanted {
  const [kind, number] = cells.value.split(":");
  if (kind === "all") return { kind: "all" };
  if (kind === "random") return { kind: "random", count: count.value, draw: draw.value };
  if (kind === "chosen") return { kind: "given", cells: chosen.value };
  if (kind === "cluster" && atlas.value !== null)
    return { kind: "given", cells: atlas.value.cluster(Number(number)) };
  if (best.value.length >= count.value) return { kind: "given", cells: best.value.slice(0, count.value) };
  return { kind: "telling", count: count.value };
}
