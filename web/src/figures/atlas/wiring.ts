/** What the figure has once it starts. */

import type { Signal } from "@preact/signals-core";
import { make } from "../../draw/element.ts";
import { bindText } from "../../frame/controls.ts";
import type { Frame } from "../../frame/figure.ts";
import type { Desk } from "../../views/writing-paper.ts";
import type { controls } from "./controls.ts";

export interface AtlasWiring extends Desk {
  readonly frame: Frame<typeof controls>;
  readonly parts: ReturnType<typeof partsOf> & { readonly change: HTMLButtonElement };
  /** The cells that the figure of interventions changes. */
  readonly changed: Signal<readonly number[]>;
}

/** Where things are. */
export function partsOf(frame: Frame<typeof controls>) {
  const parts = {
    ink: make("div", "atlas-ink"),
    moments: make("div", "atlas-moments"),
    legend: make("div", "cells-legend atlas-legend column"),
    findings: make("div", "atlas-findings"),
    features: make("div", "atlas-features", filterField(frame)),
    cells: make("div", "atlas-cells"),
    follows: make("div", "atlas-follows"),
    clusters: make("div", "atlas-clusters"),
  };
  const { findings, features, cells, follows, clusters } = parts;
  frame.view.append(parts.ink, parts.moments);
  frame.stage.append(parts.legend);
  frame.stage.after(make("div", "column atlas-details", findings, features, cells, follows, clusters));
  return parts;
}

/** The field that narrows down the table of features. */
function filterField({ state }: Frame<typeof controls>): HTMLInputElement {
  const input = make("input");
  input.type = "search";
  input.id = "atlas-filter";
  input.placeholder = "Find: lift, direction, word…";
  input.ariaLabel = "Find features";
  bindText(input, state.filter);
  return input;
}
