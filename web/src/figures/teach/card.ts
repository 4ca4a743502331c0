/** The card at work: one line of it at a time, and the paper on which it is copied. */

import { batch, computed, effect, type ReadonlySignal, signal, untracked } from "@preact/signals-core";
import { make } from "../../draw/element.ts";
import { ending } from "../../draw/redraw.ts";
import type { Sheet } from "../../ink/sheet.ts";
import type { Stroke } from "../../ink/stroke.ts";
import { type Desk, followedSheet, writingPaper } from "../../views/writing-paper.ts";
import { forgetLines, keepLine, keptLines } from "./kept.ts";
import { PROMPTS } from "./prompts.ts";

/** line: the one that is shown, from 1. */
export function card(view: HTMLElement, line: ReadonlySignal<number>, still: boolean) {
  const prompt = make("strong", "teach-prompt");
  const el = make("div", "paper");
  view.append(make("p", "teach-copy column", "Copy: ", prompt), el);
  const lines = signal(keptLines(PROMPTS.length));
  /** Whether the browser keeps them. */
  const kept = signal(true);
  /** Lines that were written here, and that the browser does not keep so. */
  const unkept = new Set<number>();
  /** Another sheet takes the place of this one when it changes. */
  const cleared = signal(0);
  const shown = signal<Desk | null>(null);

  const write = (k: number, ink: readonly Stroke[]): void => {
    lines.value = lines.value.map((before, other) => (other === k ? ink : before));
    unkept.add(k);
    for (const each of unkept) if (keepLine(each, lines.value[each]!)) unkept.delete(each);
    kept.value = unkept.size === 0;
  };

  effect(() => {
    cleared.value;
    const k = line.value - 1;
    prompt.textContent = PROMPTS[k]!;
    return untracked(() => {
      const desk = deskOf(lines.value[k]!, (ink) => write(k, ink));
      const label = `Paper to copy on: ${PROMPTS[k]}`;
      const end = ending(() => writingPaper(el, desk, { label, still }));
      shown.value = desk;
      return () => {
        desk.sheet.penUp();
        end();
      };
    });
  });
  const onTheSheet = (change: (sheet: Sheet) => void) => (): void => {
    if (shown.value !== null) change(shown.value.sheet);
  };
  return {
    lines,
    kept,
    canUndo: computed(() => shown.value?.canUndo.value ?? false),
    undo: onTheSheet((sheet) => sheet.undo()),
    /** Empties the line that is shown. */
    again: onTheSheet((sheet) => sheet.clear()),
    /** Empties all. */
    clear() {
      batch(() => {
        lines.value = lines.value.map(() => []);
        unkept.clear();
        kept.value = forgetLines();
        cleared.value++;
      });
    },
  };
}

/** A sheet with the ink of a line. written: gets the ink whenever the pen has finished a stroke. */
function deskOf(before: readonly Stroke[], written: (ink: readonly Stroke[]) => void): Desk {
  let begun = false;
  const { written: ink, ...onSheet } = followedSheet(({ open, strokes }) => {
    if (begun && open === null) written(strokes);
  });
  if (before.length > 0) onSheet.sheet.replace(before);
  begun = true;
  return { ...onSheet, ink, said: signal(null) };
}
