/** What the figure has once it starts. */

import type { ReadonlySignal } from "@preact/signals-core";
import { make } from "../../draw/element.ts";
import type { Frame } from "../../frame/figure.ts";
import type { Desk } from "../../views/writing-paper.ts";
import type { controls } from "./controls.ts";

export interface ChangeWiring extends Desk {
  readonly frame: Frame<typeof controls>;
  readonly parts: Parts;
  /** Whether the samples continue the reader's ink. */
  readonly primed: ReadonlySignal<boolean>;
  /** Writes both sides from the beginning. */
  readonly again: { write(): void };
}

/** What is filled in when the figure has started. menu: where cells can be chosen by name. */
type Parts = ReturnType<typeof partsOf> &
  Readonly<Record<"menu" | "how" | "of", HTMLSelectElement>> &
  Readonly<Record<"see" | "measure", HTMLButtonElement>>;

/** Below the controls: presets to try, measured effects, and futures under the change. */
export function partsOf({ el }: Frame<typeof controls>) {
  const [told, effects] = [make("div", "change-told"), make("div", "change-effects")];
  // It may be longer than its place, and holds nothing that a key could reach.
  told.tabIndex = 0;
  told.role = "region";
  told.ariaLabel = "What the change does";
  const fields = make("div", "change-fields");
  el.querySelector("figcaption")!.before(make("div", "change-details", effects, told), fields);
  return { told, effects, fields };
}
