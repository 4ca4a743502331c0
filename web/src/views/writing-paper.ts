/** Paper that is written on. Every paper of the page that takes a pen is one of these, and they all share one sheet. */

import { batch, computed, effect, type ReadonlySignal, signal } from "@preact/signals-core";
import { whenEnded } from "../draw/redraw.ts";
import type { InkText } from "../ink/letter.ts";
import { listenToPen } from "../ink/pointer.ts";
import { Sheet } from "../ink/sheet.ts";
import type { Stroke } from "../ink/stroke.ts";
import { type Paper, type PaperData, type PaperOptions, paper } from "./paper.ts";

/** What the reader writes on, and what lies there. */
export interface Desk {
  readonly sheet: Sheet;
  /** The sheet's ink; the page's example where that is nothing. A new array whenever it changes. */
  readonly ink: ReadonlySignal<readonly Stroke[]>;
  readonly isExample: ReadonlySignal<boolean>;
  /**
   * What the ink says, for a model that knows text: of a text that was opened, as long as the ink is as it was; else
   * null.
   */
  readonly said: ReadonlySignal<InkText | null>;
  /** Whether the pen is down. */
  readonly writing: ReadonlySignal<boolean>;
  readonly canUndo: ReadonlySignal<boolean>;
  readonly canRedo: ReadonlySignal<boolean>;
}

/** An empty sheet, and what is to be known of it. changed: called after every change of it, in the same batch. */
export function followedSheet(changed: (sheet: Sheet) => void) {
  /** All strokes, the open one too: a new array at every change. */
  const written = signal<readonly Stroke[]>([]);
  const writing = signal(false);
  const canUndo = signal(false);
  const canRedo = signal(false);
  const sheet = new Sheet(() =>
    batch(() => {
      written.value = sheet.ink;
      writing.value = sheet.open !== null;
      canUndo.value = sheet.canUndo;
      canRedo.value = sheet.canRedo;
      changed(sheet);
    }),
  );
  return { sheet, written, writing, canUndo, canRedo, isExample: computed(() => written.value.length === 0) };
}

/** A row of controls. */
interface Row {
  button(label: string, press: () => void): HTMLButtonElement;
}

/** Buttons that take back what was written. active: whether the figure shows the sheet now. */
export function sheetButtons(
  row: Row,
  { sheet, canUndo, canRedo, isExample }: Desk,
  active: ReadonlySignal<boolean> = signal(true),
): void {
  const undo = row.button("Undo", () => sheet.undo());
  const redo = row.button("Redo", () => sheet.redo());
  const clear = row.button("Clear", () => sheet.clear());
  effect(() => {
    undo.disabled = !active.value || !canUndo.value;
    redo.disabled = !active.value || !canRedo.value;
    clear.disabled = !active.value || isExample.value;
  });
}

/** A switch for samples in the reader's hand: of a text that was opened, samples write that text. */
export function namePrimed(input: HTMLInputElement, { said }: Desk): void {
  effect(() => {
    const text = said.value !== null;
    input.nextElementSibling!.textContent = text ? "The opened text" : "In your hand";
    input.parentElement!.title = text
      ? "The samples write the text that was opened"
      : "The samples continue what you have written above";
  });
}

/** What a paper shows besides the ink. */
export type Beside = Pick<PaperData, "futures" | "shown" | "playing" | "marked">;

export const NOTHING_BESIDE: Beside = { futures: null, shown: 0, playing: false, marked: false };

export interface WritingOptions extends PaperOptions {
  /** What assistive technology calls it. */
  readonly label: string;
  /** What else is shown; signals that it reads are followed. */
  beside?(): Beside;
  /** Another paper that moves along with this one. */
  readonly companion?: Paper;
}

export function writingPaper(el: HTMLElement, desk: Desk, options: WritingOptions): Paper {
  const { sheet, ink, isExample, writing } = desk;
  const data = (): PaperData => ({
    ink: ink.value,
    faint: isExample.value,
    writing: writing.value,
    ...(options.beside?.() ?? NOTHING_BESIDE),
  });
  const made = paper(el, data(), options);
  const { surface } = made;
  surface.tabIndex = 0;
  surface.role = "application";
  surface.ariaLabel = options.label;
  // A surface that got the focus from a pointer has no ring: that is for those who came by the keyboard.
  surface.addEventListener("pointerdown", () => surface.classList.add("touched"));
  surface.addEventListener("blur", () => surface.classList.remove("touched"));
  const forget = listenToPen(surface, {
    toSheet: made.toSheet,
    down: (point) => sheet.penDown(point),
    move: (points) => sheet.penMove(points),
    up: () => sheet.penUp(),
    discard: () => sheet.discard(),
    erase: (points, first) => sheet.erase(points, first),
    pan(dx, dy) {
      made.pan(dx, dy);
      options.companion?.pan(0, dy);
    },
    zoom(x, y, factor) {
      made.zoom(x, y, factor);
      options.companion?.zoom(x, y, factor);
    },
  });
  whenEnded(forget);
  effect(() => made.update(data()));
  return made;
}
