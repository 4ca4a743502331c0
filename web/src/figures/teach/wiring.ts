/** What the figure has once it starts. */

import type { ReadonlySignal, Signal } from "@preact/signals-core";
import type { Offer, Open } from "../../frame/checkpoints.ts";
import type { Frame } from "../../frame/figure.ts";
import type { Pool } from "../../worker/pool.ts";
import type { controls } from "./controls.ts";

/** What the page gives. */
export interface TeachPage extends Pick<Open, "base" | "worn"> {
  readonly offers: ReadonlySignal<readonly Offer[]>;
  /** Workers that learn, because the page's write meanwhile. */
  pool(): Pool;
}

export interface TeachWiring {
  readonly frame: Frame<typeof controls>;
  readonly open: TeachPage;
  readonly parts: Parts;
  /** What figure.ts gets from the running figure. */
  readonly at: Signal<Working | null>;
  /** The files of the hands that the browser keeps. */
  readonly kept: readonly Uint8Array<ArrayBuffer>[];
}

/** Controls whose state the running figure sets. All are disabled until then. */
export interface Parts {
  readonly before: HTMLButtonElement;
  readonly next: HTMLButtonElement;
  readonly undo: HTMLButtonElement;
  readonly again: HTMLButtonElement;
  readonly learn: HTMLButtonElement;
  /** The switch. */
  readonly wear: HTMLInputElement;
  /** How much of the hand. */
  readonly share: HTMLInputElement;
  /** Whether the next hand that is learned holds the lines. */
  readonly keepInk: HTMLInputElement;
  readonly save: HTMLButtonElement;
  /** The hand that was learned on the model that knows text. */
  readonly saveText: HTMLButtonElement;
  readonly load: HTMLButtonElement;
  readonly forget: HTMLButtonElement;
  readonly forgetLines: HTMLButtonElement;
  /** What is wrong, in words. */
  readonly problem: HTMLElement;
}

/** What the controls do. */
export interface Working {
  undo(): void;
  /** Empties the line, to be written again. */
  again(): void;
  /** Learns, or stops and keeps the best so far. */
  learn(): void;
  wear(on: boolean): void;
  /** The file of the hand. */
  save(): void;
  saveText(): void;
  load(file: File): void;
  forget(): void;
  forgetLines(): void;
}
