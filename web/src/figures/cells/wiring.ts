/** What the figure has once it starts. */

import type { ReadonlySignal } from "@preact/signals-core";
import { make } from "../../draw/element.ts";
import type { Frame } from "../../frame/figure.ts";
import type { Desk } from "../../views/writing-paper.ts";
import type { controls } from "./controls.ts";

export interface CellsWiring extends Desk {
  readonly frame: Frame<typeof controls>;
  readonly parts: ReturnType<typeof partsOf> & { readonly order: HTMLSelectElement };
  /** The ink that is shown, by its name in the menu. */
  readonly shown: ReadonlySignal<string>;
  /** Zooms about the step that is looked at; 0 shows all of the ink. */
  readonly zoom: { by(factor: number): void };
}

/** On the paper the ink, the heatmap and its legend; below the controls the details. */
export function partsOf({ stage, view, controls: row }: Frame<typeof controls>) {
  const parts = {
    ink: make("div", "cells-ink"),
    map: make("div", "cells-map"),
    legend: make("div", "cells-legend column"),
    picker: make("div", "cells-picker"),
    facts: make("div", "facts cells-facts"),
    track: make("div", "cells-track"),
    multiples: make("div", "cells-multiples"),
  };
  view.append(parts.ink, parts.map);
  stage.append(parts.legend);
  row.el.after(make("div", "cells-details", parts.picker, parts.facts, parts.track, parts.multiples));
  return parts;
}
