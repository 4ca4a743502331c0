/** What the figure has once it starts. */

import type { ReadonlySignal, Signal } from "@preact/signals-core";
import { make } from "../../draw/element.ts";
import type { PathSource } from "../../engine/source.ts";
import { element } from "../../frame/controls.ts";
import type { Frame } from "../../frame/figure.ts";
import type { Desk } from "../../views/writing-paper.ts";
import type { controls } from "./controls.ts";

export interface FieldWiring extends Desk {
  readonly frame: Frame<typeof controls>;
  /** An ink that was dropped, or opened from another figure. */
  readonly opened: Signal<PathSource | null>;
  /** The ink that is shown, by its name in the menu. */
  readonly shown: ReadonlySignal<string>;
  /** Where the step that is looked at is shown: the lens, its figures, what was tried. */
  readonly details: ReturnType<typeof detailsBelow>;
}

/**
 * The strip lies on the paper, below the field; the rest between the paper and the controls.
 * `strand` is in the text above the figure: a single one.
 */
export function detailsBelow({ stage, before }: Frame<typeof controls>) {
  const strand = element("field-strand", HTMLElement);
  before.push(strand);
  const [strip, lens] = [make("div", "field-strip"), make("div", "field-lens")];
  const [facts, tried] = [make("div", "facts field-facts"), make("div", "field-tried")];
  stage.append(strip);
  stage.after(make("div", "column field-details", lens, facts, tried));
  return { strip, lens, facts, tried, strand };
}
