/** The page's address: follows ink and controls, a moment after they change. */

import { effect, type ReadonlySignal } from "@preact/signals-core";
import { keep, read } from "../frame/storage.ts";
import { decodeInk, encodeWithin, InkCodeError } from "../ink/encode.ts";
import type { Stroke } from "../ink/stroke.ts";
import { type State, valuesOf, writeAddress } from "./state.ts";

const MOMENT_MS = 400;
/** Longer addresses are cut or refused by programs that people send links with. */
const LONGEST = 8000;
/** Which figure an address leads to. */
const AT = "at";
/** Where the exact ink of a shortened address is kept while the tab is open. */
const KEPT = "pentrace-ink";

/**
 * The ink of an address; none, and a sentence, where it cannot be read.
 *
 * reloaded: the page was reloaded. Then the ink is what the tab kept as the page went, even if the address had no time
 * to follow: browsers do not take a new address from a page that is going.
 */
export function readInk(code: string, reloaded = false): { strokes: readonly Stroke[]; error: string } {
  const exact = kept(code, reloaded) ?? code;
  if (exact === "") return { strokes: [], error: "" };
  try {
    return { strokes: decodeInk(exact), error: "" };
  } catch (error) {
    if (!(error instanceof InkCodeError)) throw error;
    return { strokes: [], error: `The ink in this link cannot be read: ${error.message}.` };
  }
}

/** The exact ink that this tab keeps, if it belongs to the address; otherwise it is of a page before, and goes. */
function kept(code: string, reloaded: boolean): string | null {
  const [short, exact] = (read("session", KEPT) ?? "").split(" ");
  if (exact !== undefined && (reloaded || short === code)) return exact;
  keep("session", KEPT, null);
  return null;
}

/** Goes where an address leads: `#field`, or `at=field` among other things. Returns whether it says nothing else. */
export function land(hash: string, still: boolean): boolean {
  const text = hash.replace(/^#/, "");
  const id = new URLSearchParams(text).get(AT) ?? text;
  const found = document.getElementById(id);
  // The middle of a figure that is higher than the window says nothing of it.
  const block = (found?.offsetHeight ?? 0) > window.innerHeight ? "start" : "center";
  found?.scrollIntoView({ behavior: still ? "instant" : "auto", block });
  return found !== null && text === id;
}

/** The figure in the middle of the window; none for the first one, where a page begins anyway. */
function figureInView(): string {
  const middle = window.innerHeight / 2;
  const [first, ...others] = document.querySelectorAll("figure");
  const seen = others.find((figure) => {
    const { top, bottom } = figure.getBoundingClientRect();
    return top < middle && bottom > middle;
  });
  return seen === undefined || seen === first ? "" : seen.id;
}

/** Keeps the address up to date. save: brings it up to date at once; flush: the same, if something has changed. */
export function keepAddress(
  state: State,
  ink: ReadonlySignal<readonly Stroke[]>,
  writing: ReadonlySignal<boolean>,
) {
  let timer = 0;
  /** The ink as it was written last, so that settings alone do not write it again. */
  let last: { strokes: readonly Stroke[]; code: ReturnType<typeof encodeWithin> } | null = null;
  const encoded = (strokes: readonly Stroke[], room: number): ReturnType<typeof encodeWithin> => {
    if (strokes.length === 0) return { short: "", exact: "" };
    const fits = last?.strokes === strokes && last.code.short.length <= room;
    last = fits ? last : { strokes, code: encodeWithin(strokes, room) };
    return last!.code;
  };
  const save = (): void => {
    window.clearTimeout(timer);
    timer = 0;
    const strokes = ink.peek();
    const settings = writeAddress(valuesOf(state), "");
    const at = figureInView();
    const room = LONGEST - new URL(settings, window.location.href).href.length - at.length - 10;
    const { short, exact } = encoded(strokes, room);
    // Where the browser keeps nothing, a reload has the ink of the address.
    keep("session", KEPT, `${short} ${exact}`);
    const address = writeAddress(valuesOf(state), short);
    const more = at === "" ? "" : `${address.endsWith("#") ? "" : "&"}${AT}=${at}`;
    window.history.replaceState(null, "", address + more);
  };
  let first = true;
  effect(() => {
    valuesOf(state);
    ink.value;
    window.clearTimeout(timer);
    timer = 0;
    // What the address asked for is there already; and a stroke that is being drawn is not in it.
    if (!first && !writing.value) timer = window.setTimeout(save, MOMENT_MS);
    first = false;
  });
  return { save, flush: () => timer !== 0 && save() };
}
