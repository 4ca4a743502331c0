/** What the figure has once it starts. */

import type { ReadonlySignal, Signal } from "@preact/signals-core";
import { make } from "../../draw/element.ts";
import type { PathSource, SourceText } from "../../engine/source.ts";
import type { Amounts } from "../../engine/traits.ts";
import type { Offer, Open } from "../../frame/checkpoints.ts";
import type { Frame } from "../../frame/figure.ts";
import type { TextInk } from "../../ink/files.ts";
import type { Continuation } from "../../ink/stroke.ts";
import type { Desk } from "../../views/writing-paper.ts";
import type { Pool } from "../../worker/pool.ts";
import type { controls } from "./controls.ts";

/** What is said before the model is wanted. */
export const BEFORE = "Type a sentence. The model is loaded when you come here.";

/** A written text that the reader wants to look at in another figure. */
export interface OpenedText {
  /** The offsets with their text; those of the reader's own line first, where it goes on from that. */
  readonly source: Extract<PathSource, { readonly kind: "offsets" }> & { readonly text: SourceText };
  /** Whether it goes on from the sheet's ink. */
  readonly primed: boolean;
  /** What the sheet has more then. */
  readonly continuation: Continuation;
  /** Which line it is, in words. */
  readonly line: string;
  /** The checkpoint that wrote it: its file. */
  readonly checkpoint: string;
}

/** What the page gives. */
export interface TypePage extends Pick<Open, "base" | "worn"> {
  readonly offers: ReadonlySignal<readonly Offer[]>;
  /** Workers of the figure's own, because the page's have another model. Called once, when the text model is wanted. */
  pool(): Pool;
  /** Opens a text in the figure of this name. */
  open(text: OpenedText, figure: string): void;
}

export interface TypeWiring {
  readonly desk: Desk;
  readonly frame: Frame<typeof controls>;
  readonly page: TypePage;
  readonly parts: Parts;
  /** What figure.ts gets from the running figure. */
  readonly at: Signal<Working | null>;
  /** Whether the traits of a hand can be changed in the model; true until it is there. */
  readonly knows: Signal<boolean>;
  /** What is changed. */
  readonly amounts: ReadonlySignal<Amounts | null>;
  /** Whether the reader has touched the figure: then the model is loaded. */
  readonly wanted: ReadonlySignal<boolean>;
}

interface Parts extends ReturnType<typeof partsOf> {
  readonly problem: HTMLElement;
  /** What is to be done for the reader's own hand. */
  readonly own: HTMLElement;
  /** How much of the reader's learned hand, and what there is to say about it. */
  readonly mine: HTMLElement;
  readonly mineHint: HTMLElement;
  readonly hands: HTMLElement;
  readonly hold: HTMLButtonElement;
}

export function partsOf({ view }: Frame<typeof controls>) {
  const parts = {
    ink: make("div", "type-ink"),
    letters: make("div", "type-letters"),
    stairs: make("div", "type-stairs"),
  };
  view.append(parts.ink, parts.letters, parts.stairs);
  return parts;
}

/** What the controls do with what is written. */
export interface Working {
  /** Whether all of the text is written. */
  readonly whole: ReadonlySignal<boolean>;
  /** The number of the line that other figures open; null where there is only one. */
  readonly line: ReadonlySignal<number | null>;
  /** The ink of the whole text; null while some of it is missing. */
  ink(): TextInk | null;
  /** The same as a drawing on paper. */
  svg(): string | null;
  opened(): OpenedText | null;
  /** Holds the pointer at the letter under the pen, or lets it go. */
  hold(): void;
}
