/** The alternatives that were tried, as thumbnails: each ink is a button, indented below the one that it parts from. */

import type { Path } from "../../futures/field.ts";
import { X_HEIGHT } from "../../ink/stroke.ts";

/** An ink that was tried. */
export interface Tried {
  readonly id: number;
  /** The one that it parts from; null for the ink that all began with. */
  readonly parent: number | null;
  /** Where it parts from it: offsets in common. */
  readonly row: number;
  readonly path: Path;
}

export interface TreeData {
  /** In the order in which they were tried. */
  readonly all: readonly Tried[];
  readonly current: number;
}

export interface TreeOptions {
  onChoose(id: number): void;
}

export interface Tree {
  update(data: TreeData): void;
  destroy(): void;
}

const SVG = "http://www.w3.org/2000/svg";

export function forkTree(el: HTMLElement, initial: TreeData, options: TreeOptions): Tree {
  const list = document.createElement("ul");
  const hint = document.createElement("p");
  list.className = "fork-tree";
  hint.textContent = "Click a strand: the ink goes on along it, and both are kept here.";
  el.append(list, hint);
  let shown: readonly Tried[] = [];

  const update = ({ all, current }: TreeData): void => {
    if (all !== shown) {
      list.replaceChildren(
        ...branchesBelow(all, null).map(({ tried, depth }) => entry(tried, depth, options)),
      );
      shown = all;
      hint.hidden = all.length > 1;
    }
    for (const button of list.querySelectorAll("button")) {
      button.ariaCurrent = button.dataset.id === String(current) ? "true" : null;
    }
  };
  update(initial);
  const destroy = (): void => {
    list.remove();
    hint.remove();
  };
  return { update, destroy };
}

/** Depth first, so that what parts from an ink follows it. */
function branchesBelow(
  all: readonly Tried[],
  parent: number | null,
  depth = 0,
): { tried: Tried; depth: number }[] {
  return all
    .filter((tried) => tried.parent === parent)
    .flatMap((tried) => [{ tried, depth }, ...branchesBelow(all, tried.id, depth + 1)]);
}

function entry({ id, row, path }: Tried, depth: number, { onChoose }: TreeOptions): HTMLElement {
  const item = document.createElement("li");
  const button = document.createElement("button");
  button.type = "button";
  button.dataset.id = String(id);
  button.ariaLabel = depth === 0 ? "The ink as it was" : `An ink that parts at step ${row}`;
  button.title = button.ariaLabel;
  button.append(thumbnail(path, depth === 0 ? null : row));
  button.addEventListener("click", () => onChoose(id));
  item.style.setProperty("--depth", String(Math.min(depth, 5)));
  item.append(button);
  return item;
}

/** The ink in small; what comes after the row where it parts is in the colour of futures. */
function thumbnail(path: Path, row: number | null): SVGElement {
  const svg = document.createElementNS(SVG, "svg");
  const xs = Array.from(path.x);
  const ys = Array.from(path.y);
  const least = (values: number[]): number => values.reduce((a, b) => Math.min(a, b));
  const greatest = (values: number[]): number => values.reduce((a, b) => Math.max(a, b));
  const margin = X_HEIGHT / 3;
  const [left, top] = [least(xs) - margin, least(ys) - margin];
  const box = [left, top, greatest(xs) + margin - left, greatest(ys) + margin - top];
  svg.setAttribute("viewBox", box.map((value) => value.toFixed(1)).join(" "));
  svg.setAttribute("preserveAspectRatio", "xMinYMid meet");
  const split = row ?? path.length;
  const text = { before: "", after: "" };
  for (let p = 0; p < path.length; p++) {
    if (path.lifted[p] === 1) continue;
    const part = p < split ? "before" : "after";
    text[part] +=
      `M${path.x[p]!.toFixed(1)} ${path.y[p]!.toFixed(1)}L${path.x[p + 1]!.toFixed(1)} ${path.y[p + 1]!.toFixed(1)}`;
  }
  for (const part of ["before", "after"] as const) {
    const line = document.createElementNS(SVG, "path");
    line.setAttribute("class", part);
    line.setAttribute("d", text[part]);
    svg.append(line);
  }
  svg.setAttribute("aria-hidden", "true");
  return svg;
}
