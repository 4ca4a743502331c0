/** The inks that were tried, as thumbnails: each is a button, indented below the ink that it branches off from. */

import { computed, effect, type ReadonlySignal } from "@preact/signals-core";
import { make, makeButton, makeSvg } from "../../draw/element.ts";
import { oneStop } from "../../draw/one-stop.ts";
import type { Path } from "../../futures/field.ts";
import { extent } from "../../ink/path.ts";
import { X_HEIGHT } from "../../ink/stroke.ts";

/** An ink that was tried. */
export interface Tried {
  readonly id: number;
  /** The ink that it branches off from; null for the first. */
  readonly parent: number | null;
  /** Where it branches off: offsets in common. */
  readonly row: number;
  readonly path: Path;
  /** As the address has them. */
  readonly forks: string;
}

export interface TreeData {
  /** In the order in which they were tried. */
  readonly all: readonly Tried[];
  readonly current: number;
}

export function forkTree(
  el: HTMLElement,
  data: ReadonlySignal<TreeData>,
  choose: (tried: Tried) => void,
): void {
  const list = make("ul", "fork-tree");
  const hint = make("p", "", "Click a strand: the ink goes on along it, and both inks are kept here.");
  el.append(list, hint);
  oneStop(list);
  const all = computed(() => data.value.all);
  effect(() => {
    const entries = branchesBelow(all.value, null).map(({ tried, depth }) => entry(tried, depth, choose));
    list.replaceChildren(...entries);
    hint.hidden = all.value.length !== 1;
  });
  effect(() => {
    const { current } = data.value;
    for (const button of list.querySelectorAll("button")) {
      button.ariaCurrent = button.dataset.id === String(current) ? "true" : null;
    }
  });
}

/** Depth first, so that what branches off from an ink follows it. */
function branchesBelow(
  all: readonly Tried[],
  parent: number | null,
  depth = 0,
): { tried: Tried; depth: number }[] {
  return all
    .filter((tried) => tried.parent === parent)
    .flatMap((tried) => [{ tried, depth }, ...branchesBelow(all, tried.id, depth + 1)]);
}

function entry(tried: Tried, depth: number, choose: (tried: Tried) => void): HTMLElement {
  const { id, row, path } = tried;
  const button = makeButton(() => choose(tried), "choice", thumbnail(path, depth === 0 ? null : row));
  button.dataset.id = String(id);
  button.ariaLabel = button.title =
    depth === 0 ? "The ink as it was" : `An ink that branches off at step ${row}`;
  const item = make("li", "", button);
  item.style.setProperty("--depth", String(Math.min(depth, 5)));
  return item;
}

/** A small picture of the ink. What comes after the row where it branches off has the colour of futures. */
function thumbnail(path: Path, row: number | null): SVGElement {
  const margin = X_HEIGHT / 3;
  const [[left, right], [top, bottom]] = [extent(path.x), extent(path.y)];
  const box = [left - margin, top - margin, right - left + 2 * margin, bottom - top + 2 * margin];
  const split = row ?? path.length;
  const text = { before: "", after: "" };
  for (let p = 0; p < path.length; p++) {
    if (path.lifted[p] === 1) continue;
    const part = p < split ? "before" : "after";
    text[part] +=
      `M${path.x[p]!.toFixed(1)} ${path.y[p]!.toFixed(1)}L${path.x[p + 1]!.toFixed(1)} ${path.y[p + 1]!.toFixed(1)}`;
  }
  const lines = Object.entries(text).map(([part, d]) => makeSvg("path", { class: part, d }));
  const viewBox = box.map((value) => value.toFixed(1)).join(" ");
  return makeSvg("svg", { viewBox, preserveAspectRatio: "xMinYMid meet", "aria-hidden": "true" }, ...lines);
}
