/** The page's address: follows ink and controls, a moment after they change. */

import { effect, type ReadonlySignal } from "@preact/signals-core";
import { decodeInk, encodeInk, InkCodeError } from "../ink/encode.ts";
import type { Stroke } from "../ink/stroke.ts";
import { type State, valuesOf, writeAddress } from "./state.ts";

const MOMENT_MS = 400;

/** The ink of an address; none, and a sentence, where it cannot be read. */
export function readInk(code: string): { strokes: readonly Stroke[]; error: string } {
  if (code === "") return { strokes: [], error: "" };
  try {
    return { strokes: decodeInk(code), error: "" };
  } catch (error) {
    if (!(error instanceof InkCodeError)) throw error;
    return { strokes: [], error: `The ink in this link cannot be read: ${error.message}.` };
  }
}

/** Keeps the address up to date; the returned function does so at once. */
export function keepAddress(
  state: State,
  ink: ReadonlySignal<readonly Stroke[]>,
  writing: ReadonlySignal<boolean>,
): () => void {
  let timer = 0;
  const save = (): void => {
    window.clearTimeout(timer);
    const strokes = ink.peek();
    const code = strokes.length === 0 ? "" : encodeInk(strokes);
    window.history.replaceState(null, "", writeAddress(valuesOf(state), code));
  };
  let first = true;
  effect(() => {
    valuesOf(state);
    ink.value;
    window.clearTimeout(timer);
    // What the address asked for is there already; and a stroke that is being drawn is not in it.
    if (!first && !writing.value) timer = window.setTimeout(save, MOMENT_MS);
    first = false;
  });
  return save;
}
